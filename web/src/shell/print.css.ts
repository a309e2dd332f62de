/** On paper: the whole conversation, black on white, without what is there to be pressed. */
const ink = [
  'text', 'text-emphasis', 'link', 'accent', 'danger', 'success', 'warning', 'info', 'discovery',
].map((name) => `--chatkit-color-${name}: black !important;`).join('');
const gray = ['text-secondary', 'text-tertiary'].map((name) => `--chatkit-color-${name}: #444 !important;`).join('');
const paper = ['surface', 'surface-secondary', 'surface-elevated', 'surface-elevated-secondary', 'bubble'].map((name) => `--chatkit-color-${name}: white !important;`).join('');

export const printCss = `
@media print {
  :host, [data-scheme] { ${ink} ${gray} ${paper} --chatkit-color-border: #999 !important; --chatkit-color-border-subtle: #bbb !important; --chatkit-color-accent-text: white !important; --chatkit-shadow-sm: none !important; --chatkit-shadow-md: none !important; color-scheme: light !important; --ck-light: initial !important; --ck-dark: !important; }
  :host { position: static !important; height: auto !important; min-height: 0 !important; max-height: none !important; overflow: visible !important; contain: none !important; background: none !important; color: black !important; }
  *, *::before, *::after { animation: none !important; transition: none !important; text-shadow: none !important; }
  .root { position: static; display: block; container: none; }
  .main, .thread, .rows { display: block; overflow: visible; height: auto; position: static; }
  .column { max-width: none; padding: 0; }
  .row { content-visibility: visible; contain: none; margin-block: 0 16px !important; }
  .header { padding: 0; margin-block-end: 12px; }
  .header-title { padding: 0; white-space: normal; }
  .start { display: block; padding: 0; }
  .greeting-more { margin: 4px 0 12px; }
  .foot, .jump, .older, .overlay, .tail, .scrim, .row-actions, .own-actions, .header .icon-button, .copy-button, [popover], .w-button, .code-bar button { display: none !important; }
  .bubble { max-width: 100%; border: 1px solid #999; }
  h1, h2, h3, h4, h5, h6 { break-after: avoid; }
  figure, img, svg, tr, .w-card, .w-chart { break-inside: avoid; }
  pre, pre code { white-space: pre-wrap !important; overflow: visible !important; overflow-wrap: anywhere; max-height: none !important; }
  table, .table-wrap, .w-table-wrap, .w-list, .w-card, .w-root { overflow: visible !important; max-height: none !important; }
  .w-card, .w-list { border: 1px solid #999; box-shadow: none; }
  /* What is filled says something: a box that is ticked, a bar, a badge. */
  .w-root *, .ck-md input { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  a { color: black !important; text-decoration: underline; }
  a[href^="http"]::after, a[href^="mailto:"]::after { content: " (" attr(href) ")"; font-size: 0.85em; overflow-wrap: anywhere; unicode-bidi: isolate; }
}
`;
