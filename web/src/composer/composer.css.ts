/** Tools, models, files, mentions and commands, replies, dictation. */
export const composerCss = `
.composer { position: relative; }
.composer-problem, .composer-pasted, .tray { grid-column: 1 / -1; }
.composer-pasted:not([hidden]) { display: flex; align-items: center; gap: 8px; padding: 4px 4px 4px 12px; color: var(--chatkit-color-text-secondary); font-size: var(--chatkit-text-sm); }
.composer-pasted > span { flex: 1; min-width: 0; }
.composer-pasted > * { flex-shrink: 0; }
.composer-pasted > span { flex-shrink: 1; }
.bar { display: flex; align-items: center; justify-content: space-between; gap: 4px; flex: 1; min-width: 0; }
/* With more than there is room for, the row scrolls: targets keep their size. */
.bar-start { display: flex; align-items: center; gap: 4px; flex: 1 1 0; min-width: 0; overflow-x: auto; scrollbar-width: none; }
.bar-start > * { flex: none; }
.bar-button:focus-visible { outline-offset: -2px; }
.bar-end { display: flex; align-items: center; gap: 2px; min-width: 0; flex: 0 1 auto; }
.dictation { display: flex; align-items: center; justify-content: center; gap: 4px; min-width: 36px; height: 36px; flex: none; }
.dictation-finish { background: var(--chatkit-color-info-soft); color: var(--chatkit-color-info); }
.dictation .icon-button { width: 36px; height: 36px; }
.level { display: flex; align-items: center; gap: 2px; height: 24px; padding-inline: 4px; direction: ltr; }
.level i { display: block; width: 3px; height: 24px; border-radius: 2px; background: var(--chatkit-color-info); transform: scaleY(max(0.12, var(--level, 0))); transition: transform 80ms linear; }
.bar + .grow { display: none; }
.bar-button {
  display: inline-flex; align-items: center; justify-content: center; gap: 6px; min-width: 36px; height: 36px; padding: 0 10px;
  border-radius: min(var(--chatkit-radius-control), 18px); color: var(--chatkit-color-text-secondary); font-size: var(--chatkit-text-sm); white-space: nowrap;
  transition: background var(--chatkit-duration), color var(--chatkit-duration);
}
.bar-button .ck-icon { inline-size: 18px; block-size: 18px; }
.bar-button .ck-icon:last-child:not(:first-child) { inline-size: 14px; block-size: 14px; }
.bar-icon { padding: 0; flex: none; }
.bar-icon .ck-icon { inline-size: 20px; block-size: 20px; }
.bar-button:hover:not(:disabled), .bar-button[aria-expanded=true] { background: var(--chatkit-color-hover); color: var(--chatkit-color-text); }
.bar-button:disabled { opacity: 0.45; }
.bar-tool { max-width: min(200px, 50cqi); overflow: hidden; }
.bar-tool .ck-icon { flex: none; }
.bar-tool[aria-pressed=true] { background: var(--chatkit-color-info-soft); color: var(--chatkit-color-info); font-weight: 500; }
.bar-label { overflow: hidden; text-overflow: ellipsis; }
.bar-model { min-width: 0; max-width: min(200px, 34cqi); }
.menu { display: flex; min-width: 0; flex: none; }
.menu:has(.bar-model) { flex-shrink: 1; }
/* Where there is no room for both, the recording takes it. */
@container chat (max-width: 480px) { .bar:has(.dictation) :is(.bar-start, .menu) { display: none; } .bar:has(.dictation) .bar-end { flex: 1; justify-content: flex-end; } }
@container chat (max-width: 480px) { .bar-label-wide, .bar-tool .ck-icon:last-child:not(:first-child) { display: none; } .bar-button { padding: 0 8px; } .bar-start { gap: 0; } .bar-model { max-width: 26cqi; } }
@media (pointer: coarse) { .bar-button { min-width: 40px; height: 44px; } .menu-item { min-height: 44px; } }

.menu-layer {
  position: fixed; inset: auto; margin: 0; padding: 6px; border: 0; border-radius: var(--chatkit-radius-card); background: var(--chatkit-color-surface-elevated); color: var(--chatkit-color-text);
  box-shadow: 0 0 0 1px var(--chatkit-color-border), var(--chatkit-shadow-lg); overflow-y: auto; overscroll-behavior: contain; scrollbar-width: thin; min-inline-size: 200px; max-inline-size: min(340px, calc(100vw - 16px));
  font-size: var(--chatkit-text-sm); line-height: 1.4;
}
.menu-layer:popover-open { animation: ck-enter var(--chatkit-duration) var(--chatkit-ease); }
.menu-item { display: flex; align-items: center; gap: 12px; width: 100%; min-height: 36px; padding: 7px 10px; border-radius: calc(var(--chatkit-radius-card) - 6px); }
.menu-item:focus { background: var(--chatkit-color-hover); }
.menu-item:focus-visible { outline-offset: -2px; }
.menu-item .ck-icon { flex: none; inline-size: 18px; block-size: 18px; color: var(--chatkit-color-text-secondary); }
.menu-item[aria-disabled=true] { cursor: default; color: var(--chatkit-color-text-tertiary); }
.menu-text { flex: 1; min-width: 0; overflow-wrap: anywhere; }
/* In a line with their icons, whatever their own direction. */
.menu-text, .suggestion-group { text-align: var(--ck-start, start); }
.menu-description { display: block; color: var(--chatkit-color-text-secondary); font-size: var(--chatkit-text-xs); }
.menu-check { flex: none; width: 16px; display: grid; }

.composer-rich { white-space: pre-wrap; overflow-wrap: anywhere; cursor: text; position: relative; }
.composer-rich:empty::before { content: attr(data-placeholder); color: var(--chatkit-color-text-tertiary); pointer-events: none; }
.composer-rich .tag { display: inline-block; line-height: 22px; border-radius: 6px; user-select: all; }

.previews { position: absolute; }
.preview { padding: 12px 14px; max-inline-size: min(320px, calc(100vw - 16px)); font-size: var(--chatkit-text-md); }
.reply-layer { min-inline-size: 0; padding: 4px; }
.reply-layer .menu-item { min-height: 32px; padding: 4px 12px 4px 10px; gap: 8px; font-weight: 500; border-radius: calc(var(--chatkit-radius-card) - 4px); }
.reply-layer .menu-item:hover { background: var(--chatkit-color-hover); }
.suggestions { box-sizing: border-box; }
.suggestion { cursor: pointer; }
.suggestion[aria-selected=true] { background: var(--chatkit-color-hover); }
.suggestion-group { padding: 8px 10px 4px; font-size: var(--chatkit-text-xs); font-weight: 500; color: var(--chatkit-color-text-secondary); }
.suggestions-note { display: flex; align-items: center; gap: 8px; padding: 10px; color: var(--chatkit-color-text-secondary); }

.composer-problem { display: flex; align-items: flex-start; gap: 8px; padding: 6px 4px 6px 12px; margin-bottom: 8px; border-radius: calc(var(--chatkit-radius-composer) - 8px); background: var(--chatkit-color-danger-soft); color: var(--chatkit-color-danger); font-size: var(--chatkit-text-sm); overflow-wrap: anywhere; }
.composer-problem[hidden] { display: none; }
.composer-problem .ck-icon { flex: none; }
.composer-problem > .ck-icon { inline-size: 18px; block-size: 18px; margin-top: 7px; }
.composer-problem > span { flex: 1; min-width: 0; padding-block: 5px; }

.tray { display: flex; flex-wrap: wrap; gap: 10px; padding: 6px 6px 8px; max-height: 40cqh; overflow-y: auto; scrollbar-width: thin; }
.tile { position: relative; display: flex; align-items: center; gap: 10px; max-width: min(240px, 100%); height: 60px; padding: 0 36px 0 8px; border-radius: min(var(--chatkit-radius-card), 16px); background: var(--chatkit-color-surface-tertiary); font-size: var(--chatkit-text-sm); }
:host(:state(rtl)) .tile { padding: 0 8px 0 36px; }
.tile-image, :host(:state(rtl)) .tile-image { width: 60px; padding: 0; background: var(--chatkit-color-surface-tertiary); }
.tile-preview { display: block; width: 100%; height: 100%; object-fit: cover; border-radius: inherit; }
.tile-icon { display: grid; place-items: center; flex: none; width: 40px; height: 40px; border-radius: 10px; background: var(--chatkit-color-surface-elevated); color: var(--chatkit-color-text-secondary); }
.tile-icon .ck-icon { inline-size: 20px; block-size: 20px; }
.tile-text { display: flex; flex-direction: column; min-width: 0; line-height: 1.35; }
.tile-name { font-weight: 500; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.tile-detail { color: var(--chatkit-color-text-secondary); font-size: var(--chatkit-text-xs); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.tile-failed { background: var(--chatkit-color-danger-soft); }
.tile-failed .tile-detail, .tile-failed .tile-icon { color: var(--chatkit-color-danger); }
.tile-failed:not(.tile-image), :host(:state(rtl)) .tile-failed:not(.tile-image) { padding-inline-end: 72px; }
.tile-image.tile-failed .tile-preview { opacity: 0.4; }
.tile-remove, .tile-retry { position: absolute; inset-block-start: -6px; inset-inline-end: -6px; }
.tile:not(.tile-image) :is(.tile-remove, .tile-retry) { inset-block-start: calc(50% - 14px); inset-inline-end: 6px; }
.tile:not(.tile-image) .tile-retry { inset-inline-end: 36px; }
.tile .tile-retry { inset-inline-end: 16px; }
.tile-image .tile-retry { inset-block-start: 16px; }
.tile :is(.tile-remove, .tile-retry) .icon-button { width: 28px; height: 28px; border-radius: 50%; }
.tile-image .tile-remove .icon-button { width: 24px; height: 24px; background: var(--chatkit-color-text); color: var(--chatkit-color-surface); box-shadow: 0 0 0 2px var(--chatkit-color-surface-elevated); }
.tile-image .tile-remove .icon-button:hover { background: var(--chatkit-color-text-secondary); color: var(--chatkit-color-surface); }
.tile-image .tile-retry .icon-button { background: var(--chatkit-color-surface-elevated); }
.tile-remove .icon-button .ck-icon { inline-size: 14px; block-size: 14px; }
.tile-progress { position: absolute; display: grid; place-items: center; }
.tile-image .tile-progress { inset: 0; border-radius: inherit; background: oklch(0.2 0 0 / 0.45); color: white; }
.tile:not(.tile-image) .tile-progress { inset-block-start: 10px; inset-inline-start: 8px; width: 40px; height: 40px; border-radius: 10px; background: var(--chatkit-color-surface-elevated); }
.ring { display: block; rotate: -90deg; fill: none; stroke: currentColor; stroke-width: 2.5; stroke-linecap: round; }
.ring-track { opacity: 0.25; }
.ring-value { transition: stroke-dashoffset var(--chatkit-duration); }
.ring-turning { animation: composer-turn 1s linear infinite; }
@keyframes composer-turn { to { rotate: 270deg; } }
.drop {
  position: absolute; inset: 0; z-index: 2; display: flex; align-items: center; justify-content: center; gap: 10px; border-radius: var(--chatkit-radius-composer); pointer-events: none; font-weight: 500; font-size: var(--chatkit-text-sm);
  background: color-mix(in oklab, var(--chatkit-color-info-soft) 92%, var(--chatkit-color-surface)); color: var(--chatkit-color-info); outline: 2px dashed currentColor; outline-offset: -6px;
}
@media (pointer: coarse) { .tile:not(.tile-image) :is(.tile-remove, .tile-retry) .icon-button { width: 32px; height: 32px; } }
@media (prefers-reduced-motion: reduce) { .menu-layer:popover-open { animation: none; } .ring-turning { animation-duration: 3s; } .level i { transition: none; } }
@media (forced-colors: active) { .menu-layer, .tile, .bar-button { border: 1px solid ButtonBorder; } .menu-item:focus, .suggestion[aria-selected=true] { outline: 2px solid Highlight; } .level i { background: CanvasText; } }
`;
