/** Styles of drawn formulas: what Temml marks by classes because browsers know no element or attribute for it. */
export const mathCss = `
.ck-math math { font-family: "ChatKit Math", "STIX Two Math", "Cambria Math", "Latin Modern Math", math; font-size: 1.08em; direction: ltr; }
.ck-math-display math { display: block math; inline-size: 100%; }
.ck-md .ck-math-display:focus-visible { outline: 2px solid var(--chatkit-color-focus); outline-offset: -2px; border-radius: var(--chatkit-radius-2xs); }
/* Engines leave the slope of an integral free behind its lower limit, which stands under it. */
.ck-math .ck-integral { margin-inline-end: -0.22em; }
/* Columns of equations meet at their signs. Inside a cell stand blocks, which only the prefixed words move. */
.ck-math .tml-right { text-align: right; text-align: -webkit-right; }
.ck-math .tml-left { text-align: left; text-align: -webkit-left; }
.ck-math mtd { padding-block: 0.5ex; }
.ck-math .tml-jot > mtr > mtd { padding-block: 0.75ex; }
.ck-math .tml-small mtd { padding-block: 0.3ex; }
/* A prime is raised in the font already. */
.ck-math .tml-prime { translate: 0 0.15em; }
/* The font's own signs: script letters beside calligraphic ones. */
.ck-math .mathscr { font-feature-settings: "ss01"; }
.ck-math .tml-sml-pad { padding-inline-start: 0.05em; }
.ck-math .tml-med-pad { padding-inline-start: 0.1em; }
.ck-math .tml-lrg-pad { padding-inline-start: 0.15em; }
/* Accents follow the slope of their letters. */
.ck-math .chr-sml { translate: 0.06em; }
.ck-math .chr-med { translate: 0.12em; }
.ck-math .chr-lrg { translate: 0.18em; }
.ck-math .tml-hat-1 { scale: 1.6 1; }
.ck-math .tml-hat-2 { scale: 2.6 1; }
.ck-math .tml-hat-3 { scale: 3.8 1.1; }
.ck-math .tml-hat-4 { scale: 5 1.1; }
.ck-math .tml-tilde-2 { scale: 2 1.1; }
.ck-math .tml-tilde-3 { scale: 2.8 1.1; }
.ck-math .tml-tilde-4 { scale: 3.6 1.1; }
.ck-math .tml-vec { scale: 0.75; }
.ck-math .tml-overline { border-block-start: 0.06em solid; padding-block-start: 0.1em; }
.ck-math .tml-underline { border-block-end: 0.06em solid; padding-block-end: 0.1em; }
.ck-math .tml-fbox { border: 1px solid; padding: 0.25em; }
.ck-math menclose { position: relative; }
.ck-math .tml-cancel { position: absolute; inset: 0; display: block; print-color-adjust: exact; --up: to bottom right; --down: to top right; --line: transparent calc(50% - 0.035em), currentColor 0 calc(50% + 0.035em), transparent 0; }
.ck-math .upstrike { background: linear-gradient(var(--up), var(--line)); }
.ck-math .downstrike { background: linear-gradient(var(--down), var(--line)); }
.ck-math .sout { background: linear-gradient(var(--line)); }
.ck-math .tml-xcancel { background: linear-gradient(var(--up), var(--line)), linear-gradient(var(--down), var(--line)); }
`;
