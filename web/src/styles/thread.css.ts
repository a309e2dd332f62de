/**
 * The conversation: rows, messages, notices.
 *
 * `A + B` makes the browser look at all rows again whenever one comes, if A is `.row` or has neither class nor attribute.
 */
export const threadCss = `
.thread { flex: 1; min-height: 0; overflow-y: auto; overflow-x: hidden; overscroll-behavior: contain; scrollbar-gutter: stable both-edges; scrollbar-width: thin; scrollbar-color: var(--chatkit-color-border-strong) transparent; position: relative; }
.thread:focus-visible { outline-offset: -2px; }
.rows { padding-block: 8px calc(24px * var(--chatkit-density)); display: flex; flex-direction: column; gap: calc(20px * var(--chatkit-density)); }
.row { display: block; min-width: 0; content-visibility: auto; contain-intrinsic-size: auto 96px; }
.row-end { content-visibility: visible; }
.row:empty { display: none; }
.row[data-type=assistant_message], .row[data-type=workflow], .row[data-type=task] { contain-intrinsic-size: auto 160px; }
/* A turn stands further from the one before than from its own answer; the room kept for the message's buttons is part of that gap. */
.row[data-type=user_message] { margin-block: calc(12px * var(--chatkit-density)) calc(-16px * var(--chatkit-density)); }
.tail { flex: none; }
.older { display: flex; align-items: center; justify-content: center; gap: 8px; min-height: 56px; }

/* --- messages --- */
.user { display: flex; flex-direction: column; align-items: flex-end; gap: 4px; }
.bubble {
  max-width: min(85%, 60ch); padding: calc(10px * var(--chatkit-density)) 16px; border-radius: var(--chatkit-radius-bubble);
  background: var(--chatkit-color-bubble); white-space: pre-wrap; overflow-wrap: anywhere;
}
.quoted { display: flex; gap: 6px; max-width: min(85%, 60ch); color: var(--chatkit-color-text-secondary); font-size: var(--chatkit-text-sm); }
.quoted svg { flex: none; margin-top: 4px; }
.quoted span { display: -webkit-box; -webkit-line-clamp: 3; -webkit-box-orient: vertical; overflow: hidden; }
.tag { display: inline; padding: 1px 6px; border-radius: var(--chatkit-radius-sm); background: var(--chatkit-color-info-soft); color: var(--chatkit-color-info); font-weight: 500; }
.attachments { display: flex; flex-wrap: wrap; align-items: flex-end; gap: 8px; }
.user .attachments { justify-content: flex-end; margin-block-end: 4px; }
.attachment img { display: block; height: 120px; max-width: 240px; object-fit: cover; border-radius: min(var(--chatkit-radius-card), 16px); }
.attachment-file { display: flex; align-items: center; gap: 8px; max-width: 240px; min-height: 44px; padding: 8px 14px; border-radius: min(var(--chatkit-radius-card), 16px); box-shadow: inset 0 0 0 1px var(--chatkit-color-border); font-size: var(--chatkit-text-sm); }
.attachment-file span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }

.assistant { min-width: 0; }
.prose { overflow-wrap: anywhere; line-height: 1.65; }
.prose + .prose { margin-top: 1em; }
.row-loading { min-height: 32px; }
.own-actions { display: contents; }
.row-actions { display: flex; align-items: center; gap: 2px; height: 32px; margin-top: 4px; margin-inline-start: -8px; color: var(--chatkit-color-text-secondary); }
.row-actions-user { margin: 0; margin-inline-end: -4px; opacity: 0; transition: opacity var(--chatkit-duration); }
.user:hover .row-actions-user, .user:focus-within .row-actions-user { opacity: 1; }
@media (hover: none) { .row-actions-user { opacity: 1; } }
@media (pointer: coarse) { .row-actions { height: 40px; } }

/* --- said about the conversation --- */
/* As high as a line of the answer that takes its place. */
.progress { display: flex; align-items: center; gap: 8px; min-height: 1.65em; line-height: 1.65; color: var(--chatkit-color-text-secondary); }
.progress > .shimmer { font-size: var(--chatkit-text-sm); }
/* Below the last words, in the room that is there anyway: nothing moves when it comes or goes. */
.stalled { position: relative; block-size: 0; min-height: 0; margin-block-start: calc(-20px * var(--chatkit-density)); animation: ck-fade var(--chatkit-duration); }
.stalled > .pulse { position: absolute; inset-block-start: 8px; width: 8px; height: 8px; }
.notice { display: flex; align-items: flex-start; gap: 12px; padding-block: 12px; padding-inline: 16px 12px; border-radius: min(var(--chatkit-radius-card), 14px); font-size: var(--chatkit-text-sm); color: var(--chatkit-color-text); background: var(--chatkit-color-info-soft); animation: ck-enter var(--chatkit-duration) var(--chatkit-ease); }
.notice > svg { flex: none; margin-top: 7px; color: var(--chatkit-color-info); }
.notice-warning { background: var(--chatkit-color-warning-soft); }
.notice-warning > svg { color: var(--chatkit-color-warning); }
.notice-danger { background: var(--chatkit-color-danger-soft); }
.notice-danger > svg { color: var(--chatkit-color-danger); }
.notice-body { flex: 1; min-width: 0; padding-block: 5px; overflow-wrap: anywhere; }
.notice-body > strong { display: block; font-weight: 600; unicode-bidi: plaintext; }
.details { margin-top: 4px; color: var(--chatkit-color-text-secondary); font-size: var(--chatkit-text-xs); overflow-wrap: anywhere; }
.details p { text-align: var(--ck-start); }
.details summary { width: fit-content; padding-block: 4px; cursor: pointer; border-radius: 4px; }
.notice .button { min-height: 32px; padding-inline: 12px; }
.missing { display: flex; align-items: center; gap: 8px; padding-block: 4px; color: var(--chatkit-color-text-secondary); font-size: var(--chatkit-text-sm); }
.missing .button { min-height: 32px; padding-inline: 12px; }
.foot .missing { justify-content: center; padding-bottom: 8px; }
/* Where there is no room beside it, the button stands below the text. */
@container chat (max-width: 560px) {
  .notice:has(> .button) { display: grid; grid-template-columns: auto 1fr auto; column-gap: 12px; }
  .notice > .button { grid-area: 2 / 2; justify-self: start; margin-block: 4px; }
  .notice > .icon-button { grid-area: 1 / 3; }
}

.jump { position: sticky; bottom: 20px; height: 0; display: flex; justify-content: center; align-items: flex-end; pointer-events: none; }
.jump-button { pointer-events: auto; display: grid; place-items: center; width: 36px; height: 36px; border-radius: 50%; background: var(--chatkit-color-surface-elevated); box-shadow: 0 0 0 1px var(--chatkit-color-border), var(--chatkit-shadow-md); color: var(--chatkit-color-text-secondary); animation: ck-enter var(--chatkit-duration) var(--chatkit-ease); }
.jump-button:hover { color: var(--chatkit-color-text); background: var(--chatkit-color-surface-elevated-secondary); }
@media (pointer: coarse) { .jump-button { width: 44px; height: 44px; } }

/* In the rhythm of a conversation: bubbles as high as one line of text makes them, lines as far apart as lines are. */
.skeleton > div { display: grid; }
.skeleton { opacity: 0; animation: ck-appear var(--chatkit-duration) 0.25s forwards; }
.bone { display: block; height: 14px; margin-block: calc((1.65em - 14px) / 2); border-radius: 7px; background: var(--chatkit-color-surface-tertiary); }
.bone:last-child:not(:first-child) { width: 55%; }
.bone-user { width: 40%; height: calc(24px + 20px * var(--chatkit-density)); margin-block: calc(12px * var(--chatkit-density)) calc(36px - 16px * var(--chatkit-density)); margin-inline-start: auto; border-radius: var(--chatkit-radius-bubble); background: var(--chatkit-color-bubble); }
@keyframes ck-appear { to { opacity: 1; } }
@media (prefers-reduced-motion: reduce) { .notice, .jump-button { animation: none; } }
@media (forced-colors: active) { .bubble, .notice, .jump-button, .attachment-file, .tag { border: 1px solid CanvasText; } }
`;
