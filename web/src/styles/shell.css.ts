/** The frame: header, start screen, composer. */
export const shellCss = `
.root { position: absolute; inset: 0; display: flex; flex-direction: column; container: chat / size; }
.main { flex: 1; min-height: 0; display: flex; flex-direction: column; position: relative; }
.column { width: 100%; max-width: 800px; margin-inline: auto; padding-inline: 24px; }
@container chat (max-width: 560px) { .column { padding-inline: 16px; } }

.header { display: flex; align-items: center; gap: 4px; flex: none; min-height: calc(44px + 12px * var(--chatkit-density)); padding: 0 12px 0 12px; }
.header-title { font-size: var(--chatkit-text-md); font-weight: 600; letter-spacing: -0.01em; padding-inline: 8px; min-width: 0; white-space: nowrap; }
/* The text has a direction of its own; what is around it, that of the interface. */
.header-title > span { display: block; overflow: hidden; text-overflow: ellipsis; }
/* As wide as what is left beside the brand; where that is too little for words, only read out. */
.header-room { display: flex; flex: 1; min-width: 0; container: title / inline-size; }
@container title (max-width: 88px) { .header-title { position: absolute; width: 1px; height: 1px; overflow: hidden; padding: 0 !important; border: 0 !important; clip-path: inset(50%); } }

.header ::slotted(*) { flex: none; }
.header ::slotted([slot=header-start]) { flex: 0 1 auto; min-width: 0; max-width: 50%; }
@container chat (max-width: 420px) { .header ::slotted([slot=header-start]) { max-width: none; } }

/* --- start screen --- */
.start { flex: 1; min-height: 0; overflow-y: auto; display: flex; flex-direction: column; justify-content: safe center; gap: calc(24px * var(--chatkit-density)); width: 100%; max-width: 800px; margin-inline: auto; padding: 24px; }
.greeting { font-size: clamp(var(--chatkit-title-md), 5cqi, var(--chatkit-title-xl)); line-height: 1.25; font-weight: 600; letter-spacing: -0.02em; text-wrap: balance; }
.greeting-more { margin-block-start: calc(-18px * var(--chatkit-density)); color: var(--chatkit-color-text-secondary); text-wrap: pretty; }
.prompts { display: flex; flex-direction: column; gap: 2px; }
.prompt {
  display: flex; align-items: flex-start; gap: 12px; width: calc(100% + 24px); padding: calc(8px + 2px * var(--chatkit-density)) 12px; margin-inline: -12px; line-height: 24px;
  border-radius: min(var(--chatkit-radius-control), 12px); color: var(--chatkit-color-text-secondary); transition: background var(--chatkit-duration), color var(--chatkit-duration);
}
.prompt:hover { background: var(--chatkit-color-hover); color: var(--chatkit-color-text); }
.prompt span { min-width: 0; overflow-wrap: anywhere; }
.prompt .ck-icon { inline-size: 18px; block-size: 18px; margin-block: 3px; }
@container chat (max-width: 560px) { .start { padding: 16px; justify-content: safe end; } }

/* --- composer --- */
.foot { flex: none; padding-bottom: max(calc(16px * var(--chatkit-density)), env(safe-area-inset-bottom)); position: relative; }
/* The conversation fades out towards the composer instead of being cut off. */
.foot::before { content: ''; position: absolute; inset-block: -24px auto; inset-inline: 0 16px; height: 24px; background: linear-gradient(to top, var(--chatkit-color-surface), transparent); pointer-events: none; }
.foot > .column { position: relative; }
@container chat (max-width: 560px) { .foot { padding-bottom: max(12px, env(safe-area-inset-bottom)); } }
.composer, .question, .closed {
  border-radius: var(--chatkit-radius-composer); background: var(--chatkit-color-surface-elevated);
  box-shadow: 0 0 0 1px var(--chatkit-color-border), var(--chatkit-shadow-md);
}
.composer { box-shadow: 0 0 0 1px var(--chatkit-color-border-field), var(--chatkit-shadow-md); }
.composer { display: grid; grid-template-columns: 1fr auto; align-items: end; padding: calc(8px * var(--chatkit-density)); transition: box-shadow var(--chatkit-duration); cursor: text; }
.composer:focus-within { box-shadow: 0 0 0 1px var(--chatkit-color-text-secondary), var(--chatkit-shadow-md); }
.composer-full { grid-template-columns: minmax(0, 1fr); }
.composer-field {
  display: block; width: 100%; min-height: 40px; max-height: min(240px, 40cqh); padding: 8px 12px; margin: 0;
  border: 0; background: none; resize: none; overflow-y: auto; field-sizing: content; line-height: 24px; font-size: max(16px, var(--chatkit-text-md));
  scrollbar-width: thin;
}
.composer-field:focus-visible { outline: none; }
.composer-field::placeholder { color: var(--chatkit-color-text-tertiary); opacity: 1; }
.composer-bar { display: flex; align-items: center; gap: 8px; min-height: 40px; }
.composer-locked { background: var(--chatkit-color-surface-secondary); box-shadow: 0 0 0 1px var(--chatkit-color-border-subtle); cursor: default; }
.composer-context { grid-column: 1 / -1; display: flex; flex-direction: column; gap: 8px; padding: 4px 4px 8px; }
.composer-reply { display: flex; align-items: center; gap: 8px; padding-block: 4px; padding-inline: 12px 4px; border-radius: var(--chatkit-radius-xl); background: var(--chatkit-color-surface-tertiary); color: var(--chatkit-color-text-secondary); font-size: var(--chatkit-text-sm); }
.composer-reply > span { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.composer-tags { display: flex; flex-wrap: wrap; gap: 6px; }
.send {
  display: grid; place-items: center; flex: none; width: 40px; height: 40px; border-radius: min(var(--chatkit-radius-control), 20px);
  background: var(--chatkit-color-accent); color: var(--chatkit-color-accent-text); transition: background var(--chatkit-duration), color var(--chatkit-duration), opacity var(--chatkit-duration);
}
.send .ck-icon { inline-size: 20px; block-size: 20px; }
.send[part=stop-button] .ck-icon { inline-size: 16px; block-size: 16px; }
.send:hover:not(:disabled) { opacity: 0.86; }
.send:disabled { background: var(--chatkit-color-surface-tertiary); color: var(--chatkit-color-text-tertiary); }
.foot .disclaimer { line-height: 1.4; padding: 8px 12px 0; text-align: center; font-size: var(--chatkit-text-xs); color: var(--chatkit-color-text-tertiary); text-wrap: balance; }
.foot .disclaimer-strong { color: var(--chatkit-color-text); }
.closed { display: flex; align-items: center; gap: 12px; padding: 12px 16px; font-size: var(--chatkit-text-sm); flex-wrap: wrap; }
.closed > span { flex: 1; min-width: 12ch; }

/* --- behind the history --- */
.overlay { position: absolute; inset: 0; z-index: 5; display: flex; }
.scrim { position: absolute; inset: 0; background: var(--chatkit-color-scrim); cursor: default; animation: ck-fade var(--chatkit-duration); }
.leaving { pointer-events: none; }
.leaving > * { animation-direction: reverse; animation-fill-mode: forwards; }

/* --- nothing to show --- */
.unavailable { flex: 1; display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 12px; padding: 32px 24px; text-align: center; overflow-y: auto; }
.unavailable h3 { font-size: var(--chatkit-title-sm); font-weight: 600; }
.unavailable p { max-width: 52ch; color: var(--chatkit-color-text-secondary); font-size: var(--chatkit-text-sm); overflow-wrap: anywhere; text-wrap: pretty; }
.unavailable p.small { color: var(--chatkit-color-text-tertiary); font-size: var(--chatkit-text-xs); }
.unavailable-bar:empty { display: none; }
.unavailable-bar { display: flex; flex-wrap: wrap; justify-content: center; gap: 8px; margin-top: 4px; }
.unavailable-icon { display: grid; place-items: center; width: 48px; height: 48px; border-radius: var(--chatkit-radius-2xl); background: var(--chatkit-color-danger-soft); color: var(--chatkit-color-danger); }

@keyframes ck-fade { from { opacity: 0; } }
@media (prefers-reduced-motion: reduce) { .scrim { animation: none; } }
@media (forced-colors: active) {
  .composer, .question, .closed { border: 1px solid CanvasText; }
  .send { border: 1px solid ButtonBorder; }
}
`;
