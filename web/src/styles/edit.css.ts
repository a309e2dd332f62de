/** A user's message while it is edited. */
export const editCss = `
.edit { width: min(100%, 640px); padding: 4px; border-radius: min(var(--chatkit-radius-bubble), 20px); background: var(--chatkit-color-bubble); }
.edit { box-shadow: 0 0 0 1px var(--chatkit-color-border-field); }
.edit:focus-within { box-shadow: 0 0 0 1px var(--chatkit-color-text-secondary); }
.edit-field { display: block; width: 100%; max-height: min(320px, 50cqh); padding: calc(10px * var(--chatkit-density) - 4px) 12px 4px; border: 0; background: none; resize: none; overflow-y: auto; field-sizing: content; line-height: 24px; font-size: max(16px, var(--chatkit-text-md)); scrollbar-width: thin; }
.edit-field:focus-visible { outline: none; }
.edit-bar { display: flex; flex-wrap: wrap; align-items: center; justify-content: flex-end; gap: 8px; padding: 4px; }
.edit-hint { flex: 1 1 20ch; padding-inline: 8px; color: var(--chatkit-color-text-secondary); font-size: var(--chatkit-text-xs); line-height: 1.4; text-wrap: pretty; }
@container chat (max-width: 480px) { .edit-hint { flex-basis: 100%; padding-block: 4px; } }
@media (pointer: fine) { .edit-field { font-size: var(--chatkit-text-md); } }
@media (forced-colors: active) { .edit { border: 1px solid CanvasText; } }
`;
