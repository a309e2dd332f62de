/** Styles of drawn diagrams; they come with the chunk that draws them. */
export const diagramsCss = `
.ck-diagram-frame { position: fixed; inset-block-start: 0; inset-inline-start: 0; inline-size: 1200px; block-size: 800px; border: 0; visibility: hidden; pointer-events: none; z-index: -1; contain: strict; }
.ck-diagram-view { padding: calc(var(--chatkit-space) * 4); overflow: auto; max-block-size: min(70vh, 640px); scrollbar-width: thin; }
.ck-diagram-view:focus-visible { outline: 2px solid var(--chatkit-color-focus); outline-offset: -2px; border-radius: var(--chatkit-radius-xl); }
/* Shrinks to where its words are still read; from there on it scrolls. */
.ck-md .ck-diagram-picture { display: block; margin-inline: auto; max-inline-size: max(100%, var(--ck-diagram-least)); block-size: auto; border-radius: 0; }
.ck-diagram-source { border-block-start: 1px solid var(--chatkit-color-border-subtle); }
.ck-diagram-source summary { display: flex; align-items: center; gap: 6px; list-style: none; padding: calc(var(--chatkit-space) * 2) calc(var(--chatkit-space) * 4); font-size: var(--chatkit-text-xs); line-height: 1.5; color: var(--chatkit-color-text-secondary); cursor: pointer; }
.ck-diagram-source summary::-webkit-details-marker { display: none; }
/* The chevron of everything that folds. */
.ck-diagram-source summary::before { content: ''; inline-size: 5px; block-size: 5px; border: solid currentColor; border-width: 1.5px 1.5px 0 0; rotate: 45deg; transition: rotate var(--chatkit-duration); }
.ck-diagram-source summary:dir(rtl)::before { rotate: -135deg; }
.ck-diagram-source[open] summary::before { rotate: 135deg; }
.ck-diagram-source summary:hover { color: var(--chatkit-color-text); }
.ck-diagram-source summary:focus-visible { outline: 2px solid var(--chatkit-color-focus); outline-offset: -2px; border-radius: var(--chatkit-radius-xl); }
.ck-code > .ck-diagram-problem { display: flex; align-items: center; gap: calc(var(--chatkit-space) * 2); margin: 0; padding: calc(var(--chatkit-space) * 2) calc(var(--chatkit-space) * 4); border-block-start: 1px solid var(--chatkit-color-border-subtle); font-size: var(--chatkit-text-xs); line-height: 1.5; color: var(--chatkit-color-text-secondary); }
.ck-diagram-problem .ck-icon { flex: none; inline-size: 14px; block-size: 14px; }
@supports (animation-timeline: scroll()) { .ck-diagram-view:not(:focus-visible) { animation: ck-more linear; animation-timeline: scroll(self inline); } }
@media (pointer: coarse) { .ck-diagram-source summary { padding-block: calc(var(--chatkit-space) * 3); } }
`;
