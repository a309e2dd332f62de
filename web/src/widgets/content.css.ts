/** Styles of widgets: containers and content. */

const textSizes = ['xs', 'sm', 'md', 'lg', 'xl'].map((size) => `.w-text-${size} { font-size: var(--chatkit-text-${size}); }`).join('\n');
const titleSizes = ['sm', 'md', 'lg', 'xl', '2xl', '3xl', '4xl', '5xl']
  .map((size) => `.w-title-${size} { font-size: var(--chatkit-title-${size}); }`).join('\n');
const iconSizes = Object.entries({ xs: 12, sm: 14, md: 16, lg: 20, xl: 24, '2xl': 28, '3xl': 36 })
  .map(([size, pixels]) => `.w-icon-${size} { font-size: ${pixels}px; }`).join('\n');
const columns = Object.entries({ xs: 64, sm: 96, md: 144, lg: 208, xl: 288 })
  .map(([size, pixels]) => `.w-column-${size} { inline-size: ${pixels}px; min-inline-size: ${pixels}px; }`).join('\n');

/*
 * Lines beside each other in a row share their visual centre when the space above and below their letters is a whole number
 * of pixels: 18 px for letters of 12 px, 19 px for 13 px, 20 px for 14 px.
 */
const containers = `
.w-root { --w-yield: 1000000; --w-inset: calc(var(--chatkit-space) * 4); --w-leading-sm: calc(10 / 7); box-sizing: border-box; max-inline-size: 100%; font-family: var(--chatkit-font-body); font-size: var(--chatkit-text-md); line-height: 1.5; color: var(--chatkit-color-text); transition: opacity var(--chatkit-duration); }
/* A card is elevated already: what is elevated on it shows against it, in every scheme and theme. */
.w-root, .w-root [data-scheme] { --chatkit-color-surface-raised: color-mix(in oklab, var(--chatkit-color-surface-elevated) 98.5%, var(--chatkit-color-text)); }
.w-root *, .w-root *::before { box-sizing: border-box; }
.w-busy { opacity: 0.55; }
.w-busy .w-card, .w-busy .w-list { position: relative; }
.w-busy .w-card::after, .w-busy .w-list::after { content: ""; position: absolute; inset-block-start: 0; inset-inline: 0; block-size: 2px; background: linear-gradient(90deg, transparent, var(--chatkit-color-accent), transparent) 0 / 40% 100% no-repeat; animation: w-progress 1.2s ease-in-out infinite; }
@keyframes w-progress { from { background-position: -60% 0; } to { background-position: 160% 0; } }
.w-root [data-scheme] { color: var(--chatkit-color-text); }

.w-card, .w-list {
  inline-size: 100%; overflow: clip; border: 1px solid var(--chatkit-color-border); border-radius: var(--chatkit-radius-card); background-color: var(--chatkit-color-surface-elevated); box-shadow: var(--chatkit-shadow-sm);
}
.w-card-sm { max-inline-size: 360px; } .w-card-md { max-inline-size: 448px; } .w-card-lg { max-inline-size: 576px; } .w-card-full { max-inline-size: none; }
.w-card-body { display: flex; flex-direction: column; gap: calc(var(--chatkit-space) * 3); padding: var(--w-inset); }
.w-card-body[inert] { color: var(--chatkit-color-text-secondary); }
.w-status { display: flex; align-items: center; gap: calc(var(--chatkit-space) * 2); padding: calc(var(--chatkit-space) * 2.5) var(--w-inset); border-block-end: 1px solid var(--chatkit-color-border-subtle); font-size: var(--chatkit-text-sm); color: var(--chatkit-color-text-secondary); }
.w-status-text { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.w-favicon { inline-size: 16px; block-size: 16px; flex: none; border-radius: var(--chatkit-radius-xs); object-fit: contain; }
.w-favicon.w-frame { inline-size: 20px; block-size: 20px; padding: 1px; border: 1px solid var(--chatkit-color-border); }
.w-card-footer { display: flex; flex-wrap: wrap; justify-content: flex-end; gap: calc(var(--chatkit-space) * 2); padding: calc(var(--chatkit-space) * 3) var(--w-inset); border-block-start: 1px solid var(--chatkit-color-border-subtle); }
.w-outcome { display: flex; align-items: center; gap: calc(var(--chatkit-space) * 2); margin: 0; padding: calc(var(--chatkit-space) * 3) var(--w-inset); border-block-start: 1px solid var(--chatkit-color-border-subtle); font-size: var(--chatkit-text-sm); font-weight: 500; color: var(--chatkit-color-text-secondary); outline: none; }
.w-status + .w-outcome, .w-outcome:first-child { border-block-start: 0; }
.w-outcome .ck-icon { inline-size: 18px; block-size: 18px; }
.w-outcome-confirm .ck-icon { color: var(--chatkit-color-success); }

.w-list { max-inline-size: 576px; }
.w-list-items { margin: 0; padding: calc(var(--chatkit-space) * 1.5); list-style: none; }
.w-item { position: relative; border-radius: calc(var(--chatkit-radius-card) - var(--chatkit-space) * 1.5); outline: none; }
.w-item-content { position: relative; display: flex; align-items: center; gap: calc(var(--chatkit-space) * 3); padding: calc(var(--chatkit-space) * 2.5) calc(var(--chatkit-space) * 2.5); min-block-size: 44px; }
.w-item-content > * { min-inline-size: 0; }
.w-item + .w-item::before { content: ""; position: absolute; inset-inline: calc(var(--chatkit-space) * 2.5); inset-block-start: 0; block-size: 1px; background: var(--chatkit-color-border-subtle); transition: opacity var(--chatkit-duration); }
.w-item-button { all: unset; position: absolute; inset: 0; border-radius: inherit; cursor: pointer; transition: background-color var(--chatkit-duration); -webkit-tap-highlight-color: transparent; }
.w-item-button[aria-disabled="true"] { cursor: progress; }
@media (hover: hover) { .w-item-button:hover { background: var(--chatkit-color-hover); } .w-item:has(> .w-item-button:hover)::before, .w-item:has(> .w-item-button:hover) + .w-item::before { opacity: 0; } }
.w-item-button:active { background: var(--chatkit-color-active); }
.w-item-button:focus-visible { outline: 2px solid var(--chatkit-color-focus); outline-offset: -2px; }
.w-item-action > .w-item-content { pointer-events: none; }
.w-item-action > .w-item-content :is(button, a, input, textarea, label, [tabindex]) { pointer-events: auto; }
.w-item > .w-spinner { position: absolute; inset-inline-end: 12px; inset-block-start: calc(50% - 0.5em); }
.w-more { all: unset; box-sizing: border-box; display: flex; align-items: center; justify-content: center; gap: 6px; inline-size: 100%; min-block-size: 40px; border-block-start: 1px solid var(--chatkit-color-border-subtle); font-size: var(--chatkit-text-sm); font-weight: 500; color: var(--chatkit-color-text-secondary); cursor: pointer; transition: background-color var(--chatkit-duration), color var(--chatkit-duration); }
.w-more:hover { background: var(--chatkit-color-hover); color: var(--chatkit-color-text); }
.w-more:focus-visible { outline-offset: -3px; border-radius: var(--chatkit-radius-lg); }

.w-basic, .w-box, .w-form { display: flex; min-inline-size: 0; max-inline-size: 100%; }
.w-basic { gap: calc(var(--chatkit-space) * 3); }
.w-col { flex-direction: column; }
.w-row { flex-direction: row; align-items: center; }
.w-row > * { min-inline-size: 0; }
/* What has no size of its own gives way first; only where that is not enough do fixed sizes shrink, so that nothing is cut off. */
:where(.w-row, .w-col, .w-item-content) > * { flex-shrink: var(--w-yield); }
.w-form.w-col { align-items: stretch; gap: calc(var(--chatkit-space) * 3); }
.w-spacer { flex: 1 1 auto; align-self: stretch; }
.w-divider { flex: none; align-self: stretch; inline-size: auto; block-size: var(--w-divider-size, 1px); margin: var(--w-divider-spacing, 0) 0; border: 0; background: var(--w-divider-color, var(--chatkit-color-border)); }
.w-row > .w-divider { inline-size: var(--w-divider-size, 1px); block-size: auto; margin: 0 var(--w-divider-spacing, 0); }
:is(.w-card-body, .w-card-body > .w-form, .w-card-body > .w-col) > .w-divider.w-flush { margin-inline: calc(var(--w-inset) * -1); }
.w-transition { min-inline-size: 0; }
`;

const content = `
.w-text, .w-caption, .w-title { margin: 0; min-inline-size: 0; overflow-wrap: anywhere; white-space: pre-wrap; }
.w-title { font-weight: 600; line-height: 1.28; letter-spacing: -0.014em; color: var(--chatkit-color-text-emphasis); text-wrap: balance; }
.w-title:is(.w-title-2xl, .w-title-3xl, .w-title-4xl, .w-title-5xl) { letter-spacing: -0.024em; line-height: 1.15; font-variant-numeric: tabular-nums; }
.w-caption { color: var(--chatkit-color-text-secondary); line-height: 1.5; }
.w-caption-sm { font-size: var(--chatkit-text-xs); } .w-caption-md { font-size: calc(var(--chatkit-base) * 0.8125); line-height: calc(19 / 13); } .w-caption-lg { font-size: var(--chatkit-text-sm); line-height: var(--w-leading-sm); }
.w-label { font-weight: 500; color: var(--chatkit-color-text); line-height: 1.4; }
.w-field + .w-label, .w-select-frame + .w-label { margin-block-start: var(--chatkit-space); }
/* A label belongs to the field below it: half as far from it as from what is above, where nobody chose a distance. */
:is(.w-card-body, .w-form.w-col:not([style*="gap:"])) > .w-label:has(+ :is(.w-field, .w-select-frame)) { margin-block-end: calc(var(--chatkit-space) * -1.5); }
.w-weight-normal { font-weight: 400; } .w-weight-medium { font-weight: 500; } .w-weight-semibold { font-weight: 600; } .w-weight-bold { font-weight: 700; }
.w-italic { font-style: italic; } .w-line-through { text-decoration: line-through; }
.w-truncate { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; max-inline-size: 100%; }
.w-clamp { display: -webkit-box; -webkit-box-orient: vertical; overflow: hidden; }
${textSizes}
${titleSizes}
.w-badge { display: inline-flex; align-items: center; flex: none; inline-size: fit-content; max-inline-size: 100%; border: 1px solid transparent; border-radius: var(--chatkit-radius-sm); font-weight: 550; line-height: calc(1em + 4px); letter-spacing: 0.004em; color: var(--w-ink); white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.w-badge-sm { padding: 1px 6px; font-size: var(--chatkit-text-xs); } .w-badge-md { padding: 2px 8px; font-size: calc(var(--chatkit-base) * 0.8125); } .w-badge-lg { padding: 3px 10px; font-size: var(--chatkit-text-sm); }
.w-badge.w-pill { padding-inline: 9px; }
.w-badge.w-solid { background: var(--w-solid); color: var(--w-on-solid); }
.w-badge.w-soft { background: var(--w-soft); }
.w-badge.w-outline { border-color: var(--w-line); }
.w-icon { display: inline-flex; flex: none; line-height: 1; }
${iconSizes}
.w-image { display: block; max-inline-size: 100%; flex: 0 var(--w-yield) auto; object-fit: cover; border-radius: var(--chatkit-radius-md); }
.w-image.w-frame { border: 1px solid var(--chatkit-color-border); }
.w-card-body > .w-image.w-flush { max-inline-size: none; inline-size: calc(100% + var(--w-inset) * 2); margin-inline: calc(var(--w-inset) * -1); border-radius: 0; }
.w-card-body > .w-image.w-flush:first-child { margin-block-start: calc(var(--w-inset) * -1); }
.w-card-body > .w-image.w-flush:last-child { margin-block-end: calc(var(--w-inset) * -1); }
.w-image-blocked { display: inline-flex; align-items: center; justify-content: center; gap: 6px; min-inline-size: 40px; min-block-size: 40px; padding: 6px; background: var(--chatkit-color-surface-tertiary); color: var(--chatkit-color-text-secondary); font-size: var(--chatkit-text-xs); overflow: hidden; }
.w-markdown { min-inline-size: 0; text-align: start; font-size: var(--chatkit-text-sm); }
.w-table { overflow-x: auto; scrollbar-width: thin; max-inline-size: 100%; border-radius: var(--chatkit-radius-md); }
.w-table:focus-visible { outline: 2px solid var(--chatkit-color-focus); outline-offset: 2px; }
.w-table table { inline-size: 100%; border-collapse: collapse; font-size: var(--chatkit-text-sm); font-variant-numeric: tabular-nums; }
.w-cell { padding: calc(var(--chatkit-space) * 2) calc(var(--chatkit-space) * 3); text-align: var(--ck-start, start); vertical-align: middle; }
.w-cell:first-child { padding-inline-start: 0; } .w-cell:last-child { padding-inline-end: 0; }
.w-cell > * { margin-inline-start: 0; }
/* Words make a column as wide as they are: a table that is too wide scrolls. */
.w-cell :is(.w-text, .w-caption, .w-title) { overflow-wrap: break-word; }
.w-align-end > :is(.w-box, .w-badge) { margin-inline-start: auto; } .w-align-center > :is(.w-box, .w-badge) { margin-inline: auto; }
.w-table tr + tr > .w-cell { border-block-start: 1px solid var(--chatkit-color-border-subtle); }
.w-table-header > .w-cell { font-weight: 500; color: var(--chatkit-color-text-secondary); }
.w-table-header .w-text { color: inherit; font-weight: inherit; }
${columns}
@media (forced-colors: active) { .w-card, .w-list { border-color: CanvasText; } .w-divider { background: CanvasText; } .w-item-button:hover { background: Highlight; } }
@media (prefers-reduced-motion: reduce) { .w-busy .w-card::after, .w-busy .w-list::after { animation: none; background: var(--chatkit-color-accent); opacity: 0.5; } }
`;

export const contentCss = containers + content;
