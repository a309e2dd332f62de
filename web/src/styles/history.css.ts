/** The panel with all threads. */
export const historyCss = `
.history {
  position: relative; display: flex; flex-direction: column; width: min(340px, 100%); height: 100%; margin-inline-start: auto;
  background: var(--chatkit-color-surface-elevated); box-shadow: var(--chatkit-shadow-lg); animation: ck-slide var(--chatkit-duration) var(--chatkit-ease);
}
.history:focus-visible { outline: none; }
@container chat (max-width: 480px) { .history { width: 100%; box-shadow: none; } }
.history-head { display: flex; align-items: center; flex: none; min-height: 56px; padding-inline: 20px 12px; }
.history-title { flex: 1; font-weight: 600; letter-spacing: -0.01em; }
.history-filter { display: flex; align-items: center; gap: 8px; flex: none; margin: 0 12px 8px; padding-inline: 12px; min-height: 36px; border-radius: min(var(--chatkit-radius-control), 10px); background: var(--chatkit-color-surface-tertiary); box-shadow: inset 0 0 0 1px var(--chatkit-color-border-field); color: var(--chatkit-color-text-secondary); }
.history-filter:focus-within { outline: 2px solid var(--chatkit-color-focus); outline-offset: 1px; }
.history-filter input { flex: 1; min-width: 0; height: 36px; border: 0; background: none; color: var(--chatkit-color-text); font-size: max(16px, var(--chatkit-text-sm)); }
.history-filter input:focus-visible { outline: none; }
/* The browser's own cross would have the browser's own colour. */
.history-filter input::-webkit-search-cancel-button {
  appearance: none; inline-size: 20px; block-size: 20px; cursor: pointer;
  background: linear-gradient(45deg, transparent 47%, currentColor 47% 53%, transparent 53%) center / 10px 10px no-repeat, linear-gradient(-45deg, transparent 47%, currentColor 47% 53%, transparent 53%) center / 10px 10px no-repeat;
}
.history-filter input::placeholder { color: var(--chatkit-color-text-tertiary); opacity: 1; }
@media (pointer: fine) { .history-filter input { font-size: var(--chatkit-text-sm); } }
.history-list { flex: 1; min-height: 0; overflow-y: auto; padding: 0 12px 16px; scrollbar-width: thin; }
.history-day { padding: 12px 8px 6px; font-size: var(--chatkit-text-xs); font-weight: 500; color: var(--chatkit-color-text-secondary); }
/* Weeks and months have the small letter that they have in a sentence. */
.history-day::first-letter { text-transform: capitalize; }
.history-row { position: relative; display: flex; align-items: center; border-radius: min(var(--chatkit-radius-control), 10px); padding-inline-end: 4px; min-height: 40px; }
.history-row:hover, .history-row:focus-within { background: var(--chatkit-color-hover); }
.history-current { background: var(--chatkit-color-active); }
.history-open { flex: 1; min-width: 0; min-height: 40px; padding: 0 8px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: var(--chatkit-text-sm); border-radius: inherit; }
/* The thread is being answered. */
.history-answering { display: inline-flex; flex: none; padding-inline: 6px; }
.history-answering > .spinner { width: 12px; height: 12px; }
.history-open:focus-visible { outline-offset: -2px; }
.history-actions { display: flex; opacity: 0; transition: opacity var(--chatkit-duration); }
.history-row:hover .history-actions, .history-row:focus-within .history-actions, .history-current .history-actions { opacity: 1; }
@media (hover: none) { .history-actions { opacity: 1; } }
/* Out of the title's way until they are wanted; the keyboard reaches them all the same. */
@media (hover: hover) { .history-row:not(:hover, :focus-within, .history-current) .history-actions { position: absolute; inset-inline-end: 4px; } }
.history-name { flex: 1; min-width: 0; height: 36px; margin: 2px; padding: 0 8px; border: 0; border-radius: 8px; background: var(--chatkit-color-surface); box-shadow: inset 0 0 0 1.5px var(--chatkit-color-focus); font-size: var(--chatkit-text-sm); }
.history-name:focus-visible { outline: none; }
.history-confirm { padding: 12px; margin-block: 4px; border-radius: min(var(--chatkit-radius-card), 12px); background: var(--chatkit-color-danger-soft); font-size: var(--chatkit-text-sm); overflow-wrap: anywhere; }
.history-confirm-bar { display: flex; justify-content: flex-end; gap: 8px; margin-top: 12px; }
.history-note { display: flex; flex-direction: column; align-items: center; gap: 8px; padding: 48px 16px; text-align: center; font-size: var(--chatkit-text-sm); overflow-wrap: anywhere; }
.history-problem { margin: 0 8px 8px; padding: 8px 12px; border-radius: var(--chatkit-radius-md); background: var(--chatkit-color-danger-soft); color: var(--chatkit-color-danger); font-size: var(--chatkit-text-sm); overflow-wrap: anywhere; }
.history-bone { height: 40px; padding: 13px 8px; }
.history-bone::before { content: ''; display: block; width: var(--bone); height: 14px; border-radius: 7px; background: var(--chatkit-color-surface-tertiary); }
.history-bones { padding-top: 34px; opacity: 0; animation: ck-appear var(--chatkit-duration) 0.25s forwards; }
.history-more { display: flex; justify-content: center; padding: 12px; }
@keyframes ck-slide { from { transform: translateX(calc(24px * var(--ck-forward))); opacity: 0; } }
@media (prefers-reduced-motion: reduce) { .history { animation: none; } }
@media (forced-colors: active) { .history, .history-filter, .history-name, .history-confirm, .history-problem { border: 1px solid CanvasText; } }
`;
