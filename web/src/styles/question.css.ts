/** Structured input in the composer's place; its box is that of the composer (shell.css.ts). */
export const questionCss = `
.question { padding: 12px; display: flex; flex-direction: column; gap: 12px; animation: ck-enter var(--chatkit-duration) var(--chatkit-ease); }
.question-head { display: flex; align-items: center; gap: 4px; min-height: 32px; padding-inline-start: 8px; font-size: var(--chatkit-text-sm); }
.question-head:has(> .icon-button + .muted) { padding-inline-start: 0; }
/* Back is where one came from: to the right where one reads to the left. */
:host(:state(rtl)) .question-head > .icon-button:has(+ .muted) svg { scale: -1 1; }
/* With nothing but its button, the head shares the title's row. */
.question { position: relative; }
.question-head:not(:has(> .muted)) { position: absolute; inset-block-start: 12px; inset-inline-end: 12px; }
.question-head:not(:has(> .muted)) + .question-body > .question-title { min-height: 28px; padding-inline-end: 40px; padding-block-start: 3px; }
.question-body { display: flex; flex-direction: column; gap: 8px; min-height: 0; max-height: 60cqh; overflow-y: auto; padding: 3px 8px 4px; }
/* Where there is little room, the card has all that is left below the header: its buttons stay in view, its answers scroll. */
.foot:has(> .column > .question) { flex: 0 1 auto; min-height: 0; display: flex; flex-direction: column; }
.foot > .column:has(> .question) { flex: 0 1 auto; min-height: 0; display: flex; flex-direction: column; }
.question { min-height: 0; }
.question > :not(.question-body) { flex: none; }
@container chat (max-height: 420px) {
  .question { gap: 8px; padding-block: 8px; }
  .question-bar { padding-bottom: 0; }
  .choices { gap: 4px; }
  .choice { min-height: 40px; padding-block: 4px; }
  .foot:has(> .column > .question) { padding-bottom: 8px; }
  .foot:has(> .column > .question) .disclaimer { display: none; }
}
/* Less than its buttons and one answer: then all of it scrolls. */
@container chat (max-height: 260px) {
  .question { overflow-y: auto; }
  .question-body { flex: none; max-height: none; }
}
.question-title { font-weight: 600; font-size: var(--chatkit-text-md); text-wrap: pretty; }
.question-title:focus-visible { outline: none; }
.question-description { font-size: var(--chatkit-text-sm); }
.choices { display: flex; flex-direction: column; gap: 6px; }
.choice { position: relative; display: flex; align-items: center; gap: 12px; min-height: 44px; padding: 8px 14px; border-radius: min(var(--chatkit-radius-menu), 14px); box-shadow: inset 0 0 0 1px var(--chatkit-color-border-field); cursor: pointer; transition: background var(--chatkit-duration), box-shadow var(--chatkit-duration); }
.choice:hover { background: var(--chatkit-color-hover); }
.choice input { position: absolute; inset-inline-start: 14px; margin: 0; opacity: 0; pointer-events: none; }
.choice span { flex: 1; min-width: 0; }
.choice svg { flex: none; visibility: hidden; }
.choice-chosen { background: var(--chatkit-color-accent-soft); box-shadow: inset 0 0 0 1.5px var(--chatkit-color-accent); }
.choice-chosen svg { visibility: visible; }
.choice:has(:focus-visible) { outline: 2px solid var(--chatkit-color-focus); outline-offset: 2px; }
.question-own { display: block; width: 100%; min-height: 44px; max-height: 160px; padding: 10px 14px; border: 0; border-radius: min(var(--chatkit-radius-menu), 14px); background: var(--chatkit-color-surface-tertiary); box-shadow: inset 0 0 0 1px var(--chatkit-color-border-field); resize: none; field-sizing: content; line-height: 24px; font-size: max(16px, var(--chatkit-text-md)); }
.question-bar { display: flex; gap: 8px; padding: 0 8px 4px; }
.question-own::placeholder { color: var(--chatkit-color-text-tertiary); opacity: 1; }
@media (prefers-reduced-motion: reduce) { .question { animation: none; } }
@media (forced-colors: active) { .choice, .question-own { border: 1px solid ButtonBorder; } }
`;
