/** The look of the button: the chat's, whose tokens are copied to the host; the second values are for a page without one. */
export const askCss = `
:host {
  all: initial;
  position: fixed;
  inset: 0 auto auto 0;
  margin: 0;
  padding: 0;
  border: 0;
  background: none;
  overflow: visible;
  z-index: 2147483647;
  --ask-line: #00000024; --ask-surface: #fff; --ask-text: #1b1b1f; --ask-focus: #2563eb;
}
@media (prefers-color-scheme: dark) { :host { --ask-line: #ffffff2e; --ask-surface: #2b2b2f; --ask-text: #f4f4f5; --ask-focus: #60a5fa; } }
:host(:not(:popover-open)) { display: none; }
button {
  display: inline-flex;
  align-items: center;
  gap: 6px;
  min-height: 32px;
  margin: 0;
  padding: 0 12px 0 10px;
  border: 1px solid var(--chatkit-color-border, var(--ask-line));
  border-radius: var(--chatkit-radius-control, 999px);
  background: var(--chatkit-color-surface-elevated, var(--ask-surface));
  box-shadow: var(--chatkit-shadow-md, 0 4px 12px #0000001f);
  color: var(--chatkit-color-text, var(--ask-text));
  font: 500 14px/20px var(--chatkit-font-body, system-ui, sans-serif);
  white-space: nowrap;
  cursor: pointer;
  user-select: none;
  touch-action: manipulation;
}
button:hover { background: linear-gradient(var(--chatkit-color-hover, transparent) 0 0), var(--chatkit-color-surface-elevated, var(--ask-surface)); }
button:active { background: linear-gradient(var(--chatkit-color-active, transparent) 0 0), var(--chatkit-color-surface-elevated, var(--ask-surface)); }
button:focus-visible { outline: 2px solid var(--chatkit-color-focus, var(--ask-focus)); outline-offset: 2px; }
svg { width: 16px; height: 16px; flex: none; }
.hint { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (pointer: coarse) { button { min-height: 44px; padding-inline: 16px; } }
@media (forced-colors: active) { button { border-color: ButtonBorder; } }
@media (prefers-reduced-motion: no-preference) {
  button { animation: appear 120ms cubic-bezier(0.2, 0, 0, 1); }
  @keyframes appear { from { opacity: 0; transform: translateY(2px); } }
}
`;
