/** The host, resets inside the shadow root, and the small parts everything is made of. */
export const baseCss = `
:host {
  display: block;
  position: relative;
  box-sizing: border-box;
  width: 100%;
  height: 100%;
  /* A page that forgot to give it a height must not find it blank. */
  min-height: 320px;
  min-width: 0;
  overflow: hidden;
  background: var(--chatkit-color-surface);
  color: var(--chatkit-color-text);
  font: 400 var(--chatkit-text-md) / 1.5 var(--chatkit-font-body);
  -webkit-font-smoothing: antialiased;
  text-align: start;
  contain: layout paint style;
}
:host([hidden]) { display: none; }
:host { --ck-forward: 1; --ck-start: left; --ck-end: right; }
:host(:state(rtl)) { direction: rtl; --ck-forward: -1; --ck-start: right; --ck-end: left; }
/* Labels line up with the interface whatever their own direction; an empty field has none of its own yet. */
:is(.greeting, .greeting-more, .history-open, .history-confirm p, .notice-body, .task, .choice span, .question-title, .question-description, .w-root, .w-input:placeholder-shown, .w-textarea:placeholder-shown, .closed > span, .composer-reply > span, .composer-field:placeholder-shown, .question-own:placeholder-shown, .composer-rich:empty) { text-align: var(--ck-start); }
:is(.composer-field, .question-own)::placeholder, .composer-rich:empty::before { unicode-bidi: plaintext; }
/* Letters that join must not be moved together. */
*:dir(rtl) { letter-spacing: normal !important; }
:host(:state(rtl)) :is(.composer-reply, .quoted) > svg:first-child { scale: -1 1; }
*, *::before, *::after { box-sizing: border-box; }
p, h1, h2, h3, h4, h5, h6, ul, ol, dl, dd, figure, blockquote { margin: 0; padding: 0; font: inherit; }
ul, ol { list-style: none; }
.ck-md ul { list-style: disc; }
.ck-md ol { list-style: decimal; }
.ck-md ul ul { list-style: circle; }
button, input, textarea, select { font: inherit; color: inherit; letter-spacing: inherit; }
button { background: none; border: 0; padding: 0; cursor: pointer; text-align: inherit; touch-action: manipulation; -webkit-tap-highlight-color: transparent; }
button:disabled { cursor: default; }
a { color: var(--chatkit-color-link); }
img { max-width: 100%; }
:focus { outline: none; }
:focus-visible { outline: 2px solid var(--chatkit-color-focus); outline-offset: 2px; }
::selection { background: color-mix(in oklab, var(--chatkit-color-focus) 28%, transparent); }

.hidden { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.grow { flex: 1 1 auto; min-width: 0; }
.muted { color: var(--chatkit-color-text-secondary); }
.small { font-size: var(--chatkit-text-xs); }

.icon-button {
  display: inline-grid; place-items: center; flex: none;
  width: var(--chatkit-control-lg); height: var(--chatkit-control-lg);
  border-radius: min(var(--chatkit-radius-control), 10px);
  color: var(--chatkit-color-text-secondary);
  transition: background var(--chatkit-duration), color var(--chatkit-duration);
}
/* The icon component sizes itself by the font. */
.icon-button .ck-icon { inline-size: 20px; block-size: 20px; }
.icon-button-sm .ck-icon { inline-size: 17px; block-size: 17px; }
.icon-button-sm { width: var(--chatkit-control-md); height: var(--chatkit-control-md); border-radius: min(var(--chatkit-radius-control), 8px); }
.icon-button:hover:not(:disabled) { background: var(--chatkit-color-hover); color: var(--chatkit-color-text); }
.icon-button:active:not(:disabled) { background: var(--chatkit-color-active); }
.icon-button:disabled { opacity: 0.4; }
.icon-button[aria-pressed=true] { color: var(--chatkit-color-text); background: var(--chatkit-color-active); }

.button {
  display: inline-flex; align-items: center; justify-content: center; gap: 6px; flex: none;
  min-height: var(--chatkit-control-lg); padding: 0 14px; border-radius: var(--chatkit-radius-lg);
  font-size: var(--chatkit-text-sm); font-weight: 500; white-space: nowrap;
  transition: background var(--chatkit-duration), opacity var(--chatkit-duration), scale var(--chatkit-duration);
}
.button:active:not(:disabled) { scale: 0.98; }
.button-plain { box-shadow: inset 0 0 0 1px var(--chatkit-color-border); background: var(--chatkit-color-surface-elevated); }
.button-plain:hover:not(:disabled) { background: var(--chatkit-color-surface-tertiary); }
.button-primary { background: var(--chatkit-color-accent); color: var(--chatkit-color-accent-text); }
.button-primary:hover:not(:disabled) { opacity: 0.86; }
.button-danger { background: var(--chatkit-red-600); color: white; }
.button-danger:hover:not(:disabled) { background: var(--chatkit-red-700); }
.button:disabled { opacity: 0.5; }

.chip {
  display: inline-flex; align-items: center; gap: 6px; min-height: var(--chatkit-control-md); padding: 0 10px;
  border-radius: var(--chatkit-radius-control); background: var(--chatkit-color-accent-soft); font-size: var(--chatkit-text-sm); font-weight: 500;
}

.spinner { display: inline-block; flex: none; width: 14px; height: 14px; border-radius: 50%; border: 2px solid var(--chatkit-color-border-strong); border-top-color: var(--chatkit-color-text-secondary); animation: ck-turn 0.8s linear infinite; }
@keyframes ck-turn { to { transform: rotate(1turn); } }

.shimmer {
  color: transparent;
  background: linear-gradient(90deg, var(--chatkit-color-text-secondary) 35%, var(--chatkit-color-border-strong) 50%, var(--chatkit-color-text-secondary) 65%) 100% 0 / 300% 100%;
  background-clip: text; -webkit-background-clip: text;
  animation: ck-shimmer 2.2s linear infinite;
}
@keyframes ck-shimmer { from { background-position: 100% 0; } to { background-position: 0 0; } }

/* How everything comes that comes over or into the conversation. */
@keyframes ck-enter { from { opacity: 0; translate: 0 4px; } }

.pulse { display: block; width: 12px; height: 12px; border-radius: 50%; background: var(--chatkit-color-text); animation: ck-pulse 1.3s ease-in-out infinite; }
@keyframes ck-pulse { 0%, 100% { transform: scale(0.72); opacity: 0.55; } 50% { transform: scale(1); opacity: 1; } }

/* What scrolls sideways fades out at its end until that is reached. Where the browser cannot tell, it is only cut off. */
@supports (animation-timeline: scroll()) {
  :is(.ck-table, .w-table, .ck-code-body, .bar-start) { animation: ck-more linear; animation-timeline: scroll(self inline); }
  :is(.ck-table, .w-table, .ck-code-body, .bar-start, .ck-diagram-view):dir(rtl) { animation-name: ck-more-rtl; }
  :is(.ck-table, .w-table, .ck-code-body):focus-visible { animation: none; }
}
@keyframes ck-more-rtl { from, 99% { mask-image: linear-gradient(to left, black calc(100% - 28px), transparent); } }
@keyframes ck-more { from, 99% { mask-image: linear-gradient(to right, black calc(100% - 28px), transparent); } }

@media (pointer: coarse) {
  .icon-button { width: 44px; height: 44px; }
  .icon-button-sm { width: 40px; height: 40px; }
  .button { min-height: 44px; }
}
@media (prefers-reduced-motion: reduce) {
  .shimmer { animation: none; color: var(--chatkit-color-text-secondary); background: none; }
  .pulse { animation: none; opacity: 0.7; }
  .spinner { animation-duration: 2.4s; }
  .button:active:not(:disabled) { scale: none; }
}
@media (forced-colors: active) {
  .shimmer { color: CanvasText; background: none; }
  .icon-button, .button, .chip { border: 1px solid ButtonBorder; }
  /* Pressed, chosen, on show: what is a colour elsewhere is the system's own here. */
  :is([aria-pressed=true], [aria-current=true], .choice-chosen) { background: Highlight !important; color: HighlightText !important; forced-color-adjust: none; }
  .pulse { background: CanvasText; }
}
`;
