/** Styles of rendered Markdown. */
export const markdownCss = `
.ck-md { line-height: 1.65; overflow-wrap: anywhere; overflow-x: clip; overflow-clip-margin: 8px; color: var(--chatkit-color-text); }
/* Each block is painted by itself: what has not changed is not gone through again while an answer grows. */
.ck-md > * { isolation: isolate; }
.ck-md > :first-child { margin-block-start: 0; }
.ck-md > :last-child { margin-block-end: 0; }
.ck-md p, .ck-md ul, .ck-md ol, .ck-md blockquote, .ck-code, .ck-table { margin-block: 0 calc(var(--chatkit-space) * 4); }
.ck-md li > p { margin-block: 0 calc(var(--chatkit-space) * 2); }
.ck-md :is(h1, h2, h3, h4, h5, h6) {
  margin-block: calc(var(--chatkit-space) * 7) calc(var(--chatkit-space) * 2); line-height: 1.3; font-weight: 600; letter-spacing: -0.012em; text-wrap: balance;
  color: var(--chatkit-color-text-emphasis);
}
.ck-md .ck-md-h + .ck-md-h { margin-block-start: 0; }
.ck-md .ck-md-h1 { font-size: var(--chatkit-title-lg); letter-spacing: -0.02em; }
.ck-md .ck-md-h2 { font-size: var(--chatkit-title-md); letter-spacing: -0.016em; }
.ck-md .ck-md-h3 { font-size: var(--chatkit-title-sm); }
.ck-md :is(.ck-md-h4, .ck-md-h5, .ck-md-h6) { font-size: var(--chatkit-text-md); }
.ck-md .ck-md-h6 { color: var(--chatkit-color-text-secondary); }
.ck-md strong { font-weight: 600; color: var(--chatkit-color-text-emphasis); }
.ck-md a {
  color: var(--chatkit-color-link); text-decoration: underline; text-decoration-thickness: 1px; text-underline-offset: 0.2em;
  text-decoration-color: color-mix(in oklab, currentColor 40%, transparent); border-radius: var(--chatkit-radius-2xs); transition: text-decoration-color var(--chatkit-duration);
}
.ck-md a:hover { text-decoration-color: currentColor; }
.ck-md :is(a, .ck-code-body, .ck-code-copy, .ck-table):focus-visible { outline: 2px solid var(--chatkit-color-focus); outline-offset: 2px; }
.ck-md ul, .ck-md ol { padding-inline-start: calc(var(--chatkit-space) * 6.5); }
/* Room for longer numbers, which stand before the edge. */
.ck-md ol:is([start], :has(> li:nth-child(10))) { padding-inline-start: calc(var(--chatkit-space) * 8.5); }
.ck-md ol:has(> li:nth-child(100)) { padding-inline-start: calc(var(--chatkit-space) * 11); }
.ck-md li { margin-block-end: calc(var(--chatkit-space) * 1.5); padding-inline-start: var(--chatkit-space); }
.ck-md li::marker { color: var(--chatkit-color-text-tertiary); font-variant-numeric: tabular-nums; }
.ck-md li > :is(ul, ol) { margin-block: calc(var(--chatkit-space) * 1.5) 0; }
.ck-md li:last-child { margin-block-end: 0; }
.ck-md blockquote { margin-inline: 0; padding-inline-start: calc(var(--chatkit-space) * 4); border-inline-start: 3px solid var(--chatkit-color-border-strong); color: var(--chatkit-color-text-secondary); }
/* The line stands where its text begins. */
.ck-md blockquote:has(> :first-child:dir(rtl)) { direction: rtl; }
.ck-md blockquote > :last-child { margin-block-end: 0; }
.ck-md hr { border: 0; block-size: 1px; background: var(--chatkit-color-border); margin-block: calc(var(--chatkit-space) * 7); }
.ck-md img { max-inline-size: 100%; block-size: auto; border-radius: var(--chatkit-radius-lg); vertical-align: middle; }
.ck-md .ck-image-link { display: inline-flex; align-items: center; gap: 0.4em; padding: 0.1em 0.6em 0.1em 0.45em; border: 1px solid var(--chatkit-color-border); border-radius: var(--chatkit-radius-sm); font-size: 0.9em; text-decoration: none; color: var(--chatkit-color-text-secondary); }
.ck-md :is(a, button).ck-image-link:hover { background: var(--chatkit-color-hover); }
.ck-md li.ck-task { list-style: none; position: relative; }
.ck-task-box {
  position: absolute; inset-inline-start: calc(var(--chatkit-space) * -5); inset-block-start: calc(0.825em - 7px); inline-size: 16px; block-size: 16px; display: inline-grid; place-content: center;
  border: 1.5px solid var(--chatkit-color-border-strong); border-radius: var(--chatkit-radius-xs); font-size: 12px;
}
.ck-task-done { background: var(--chatkit-color-accent); border-color: var(--chatkit-color-accent); color: var(--chatkit-color-accent-text); }
.ck-md code { font-family: var(--chatkit-font-mono); font-size: 0.875em; }
.ck-md :not(pre) > code { padding: 0.16em 0.4em; border-radius: var(--chatkit-radius-xs); background: var(--chatkit-color-surface-tertiary); overflow-wrap: anywhere; }

.ck-code { border: 1px solid var(--chatkit-color-border); border-radius: var(--chatkit-radius-xl); background: var(--chatkit-color-surface-secondary); overflow: clip; }
.ck-code-bar { display: flex; align-items: center; justify-content: space-between; gap: calc(var(--chatkit-space) * 2); padding: calc(var(--chatkit-space) * 1.5) calc(var(--chatkit-space) * 1.5) 0 calc(var(--chatkit-space) * 4); font-size: var(--chatkit-text-xs); line-height: 1.5; color: var(--chatkit-color-text-secondary); user-select: none; }
.ck-code-copy {
  all: unset; box-sizing: border-box; display: inline-flex; align-items: center; gap: 6px; min-block-size: 28px; padding-inline: calc(var(--chatkit-space) * 2); border-radius: var(--chatkit-radius-sm);
  cursor: pointer; color: var(--chatkit-color-text-secondary); transition: background-color var(--chatkit-duration), color var(--chatkit-duration);
}
.ck-code-copy:hover { background: var(--chatkit-color-hover); color: var(--chatkit-color-text); }
.ck-code-copied-icon, .ck-copied .ck-code-copy-icon { display: none; }
.ck-copied .ck-code-copied-icon { display: inline-block; color: var(--chatkit-color-success); }
.ck-code-body { margin: 0; padding: calc(var(--chatkit-space) * 2) calc(var(--chatkit-space) * 4) calc(var(--chatkit-space) * 4); overflow-x: auto; font-size: var(--chatkit-text-sm); line-height: 1.6; tab-size: 2; scrollbar-width: thin; text-align: start; }
.ck-code-body code { font-size: 1em; white-space: pre; overflow-wrap: normal; }
.ck-md .ck-code-body:focus-visible { outline-offset: -2px; border-radius: var(--chatkit-radius-xl); }

.ck-table { overflow-x: auto; border: 1px solid var(--chatkit-color-border); border-radius: var(--chatkit-radius-xl); scrollbar-width: thin; inline-size: fit-content; max-inline-size: 100%; margin-inline-end: auto; }
/* A column lies as its table does, also where a cell reads the other way. */
.ck-table tr { text-align: start; }
.ck-table table { border-collapse: collapse; font-size: var(--chatkit-text-sm); line-height: 1.5; font-variant-numeric: tabular-nums; }
.ck-table :is(th, td) { padding: calc(var(--chatkit-space) * 2.25) calc(var(--chatkit-space) * 4); text-align: -webkit-match-parent; text-align: match-parent; vertical-align: top; min-inline-size: 5em; max-inline-size: 28em; overflow-wrap: break-word; }
.ck-table th { font-weight: 550; color: var(--chatkit-color-text-secondary); background: var(--chatkit-color-surface-secondary); white-space: nowrap; }
.ck-table td { border-block-start: 1px solid var(--chatkit-color-border-subtle); }
.ck-table [data-align="center"] { text-align: center; }
.ck-table:dir(ltr) [data-align="right"], .ck-table:dir(rtl) [data-align="left"] { text-align: right; }
.ck-table:dir(rtl) [data-align="right"], .ck-table:dir(ltr) [data-align="left"] { text-align: left; }

.ck-footnote-ref { all: unset; cursor: pointer; font-size: 0.72em; line-height: 1; vertical-align: super; min-inline-size: 1.5em; padding: 0.2em 0.35em; margin-inline: 0.15em; box-sizing: border-box; text-align: center; border-radius: var(--chatkit-radius-xs); background: var(--chatkit-color-surface-tertiary); color: var(--chatkit-color-text-secondary); font-variant-numeric: tabular-nums; }
.ck-footnote-ref:hover { background: var(--chatkit-color-active); color: var(--chatkit-color-text); }
.ck-md .ck-footnote-ref:focus-visible, .ck-md .ck-footnote:focus-visible { outline: 2px solid var(--chatkit-color-focus); outline-offset: 2px; }
.ck-footnote { display: flex; gap: calc(var(--chatkit-space) * 2); margin-block: 0 calc(var(--chatkit-space) * 2); font-size: var(--chatkit-text-sm); line-height: 1.55; color: var(--chatkit-color-text-secondary); border-radius: var(--chatkit-radius-xs); }
.ck-footnote-label { flex: none; min-inline-size: 1.4em; color: var(--chatkit-color-text-tertiary); font-variant-numeric: tabular-nums; }
.ck-footnote > div { min-inline-size: 0; }
.ck-footnote > div > :last-child { margin-block-end: 0; }

.ck-math-display { display: block; overflow-x: auto; overflow-y: hidden; padding-block: calc(var(--chatkit-space) * 1); text-align: center; scrollbar-width: thin; }
.ck-math:not([data-drawn]), .ck-math-source { font-family: var(--chatkit-font-mono); font-size: 0.875em; color: var(--chatkit-color-text-secondary); }

@media (pointer: coarse) { .ck-code-copy { min-block-size: 44px; padding-inline: calc(var(--chatkit-space) * 3); } }
@media (forced-colors: active) { .ck-task-done { background: Highlight; color: HighlightText; forced-color-adjust: none; } .ck-code, .ck-table { border-color: CanvasText; } }
`;
