/** Styles of widget controls: buttons, fields, choices. */
import { lightDark } from '../ui/scheme';

const hue = (name: string, color: string, solid: { light: number; dark: number } = { light: 600, dark: 600 }): string => `
.w-hue-${name} {
  --w-solid: ${lightDark(`var(--chatkit-${color}-${solid.light})`, `var(--chatkit-${color}-${solid.dark})`)}; --w-solid-hover: ${lightDark(`var(--chatkit-${color}-700)`, `var(--chatkit-${color}-700)`)}; --w-on-solid: white;
  --w-ink: ${lightDark(`var(--chatkit-${color}-700)`, `var(--chatkit-${color}-300)`)};
  --w-soft: ${lightDark(`color-mix(in oklab, var(--chatkit-${color}-500) 11%, transparent)`, `color-mix(in oklab, var(--chatkit-${color}-500) 20%, transparent)`)};
  --w-soft-hover: ${lightDark(`color-mix(in oklab, var(--chatkit-${color}-500) 18%, transparent)`, `color-mix(in oklab, var(--chatkit-${color}-500) 28%, transparent)`)};
  --w-line: ${lightDark(`color-mix(in oklab, var(--chatkit-${color}-600) 34%, transparent)`, `color-mix(in oklab, var(--chatkit-${color}-400) 45%, transparent)`)};
}`;

const heights = ['3xs', '2xs', 'xs', 'sm', 'md', 'lg', 'xl', '2xl', '3xl'] as const;
const textOf: Readonly<Record<(typeof heights)[number], string>> = {
  '3xs': 'xs', '2xs': 'xs', xs: 'xs', sm: 'sm', md: 'sm', lg: 'sm', xl: 'md', '2xl': 'md', '3xl': 'md',
};
const gutters: Readonly<Record<string, number>> = { '2xs': 1.5, xs: 2, sm: 2.5, md: 3, lg: 3.5, xl: 4 };

export const controlsCss = `
.w-hue-primary {
  --w-solid: var(--chatkit-color-accent); --w-solid-hover: color-mix(in oklab, var(--chatkit-color-accent) 86%, var(--chatkit-color-surface)); --w-on-solid: var(--chatkit-color-accent-text);
  --w-ink: var(--chatkit-color-text-emphasis); --w-soft: var(--chatkit-color-accent-soft); --w-soft-hover: color-mix(in oklab, var(--chatkit-color-accent) 18%, transparent); --w-line: var(--chatkit-color-border-strong);
}
.w-hue-secondary {
  --w-solid: var(--chatkit-color-surface-tertiary); --w-solid-hover: color-mix(in oklab, var(--chatkit-color-surface-tertiary), var(--chatkit-color-text) 7%); --w-on-solid: var(--chatkit-color-text);
  --w-ink: var(--chatkit-color-text); --w-soft: var(--chatkit-color-hover); --w-soft-hover: var(--chatkit-color-active); --w-line: var(--chatkit-color-border);
}
.w-badge.w-hue-secondary.w-solid { --w-solid: ${lightDark('var(--chatkit-gray-600)', 'var(--chatkit-gray-200)')}; --w-on-solid: ${lightDark('white', 'var(--chatkit-gray-950)')}; }
.w-badge.w-hue-secondary { --w-ink: var(--chatkit-color-text-secondary); --w-soft: var(--chatkit-color-surface-tertiary); }
${hue('info', 'blue')}${hue('discovery', 'purple')}${hue('success', 'green', { light: 700, dark: 700 })}${hue('warning', 'orange', { light: 700, dark: 700 })}${hue('caution', 'yellow', { light: 700, dark: 700 })}${hue('danger', 'red')}
.w-hue-success, .w-hue-warning, .w-hue-caution { --w-solid-hover: color-mix(in oklab, var(--w-solid), black 12%); }

.w-control { --w-height: var(--chatkit-control-lg); --w-gutter: calc(var(--chatkit-space) * 3); font: inherit; font-size: var(--w-font, var(--chatkit-text-sm)); letter-spacing: inherit; }
${heights.map((size) => `.w-size-${size} { --w-height: var(--chatkit-control-${size}); --w-font: var(--chatkit-text-${textOf[size]}); --w-gutter: calc(var(--w-height) * 0.34); --w-corner: ${size.endsWith('xs') ? 'var(--chatkit-radius-sm)' : size === 'sm' || size === 'md' ? 'var(--chatkit-radius-md)' : 'var(--chatkit-radius-lg)'}; }`).join('\n')}
${Object.entries(gutters).map(([size, units]) => `.w-gutter-${size} { --w-gutter: calc(var(--chatkit-space) * ${units}); }`).join('\n')}

.w-button {
  appearance: none; box-sizing: border-box; display: inline-flex; align-items: center; justify-content: center; gap: 0.45em; flex: none; max-inline-size: 100%; min-block-size: var(--w-height); margin: 0;
  padding: 2px var(--w-gutter); border: 1px solid transparent; border-radius: var(--w-corner); font-weight: 500; line-height: calc(1em + 4px); text-align: center; cursor: pointer; user-select: none;
  background: transparent; color: var(--w-ink); -webkit-tap-highlight-color: transparent;
  transition: background-color var(--chatkit-duration), border-color var(--chatkit-duration), color var(--chatkit-duration), scale var(--chatkit-duration), opacity var(--chatkit-duration);
}
.w-button:active:not(:disabled, [aria-disabled="true"]) { scale: 0.98; }
.w-button.w-solid { background: var(--w-solid); color: var(--w-on-solid); }
.w-button.w-soft { background: var(--w-soft); }
.w-button.w-outline { border-color: var(--w-line); }
.w-button.w-outline.w-hue-secondary { background: var(--chatkit-color-surface-elevated); box-shadow: var(--chatkit-shadow-sm); }
@media (hover: hover) {
  .w-button.w-solid:hover:not(:disabled, [aria-disabled="true"]) { background: var(--w-solid-hover); }
  .w-button.w-soft:hover:not(:disabled, [aria-disabled="true"]) { background: var(--w-soft-hover); }
  .w-button:is(.w-outline, .w-ghost):hover:not(:disabled, [aria-disabled="true"]) { background: var(--w-soft); }
}
.w-button:disabled, .w-control:disabled { opacity: 0.5; cursor: not-allowed; }
.w-select[aria-disabled="true"], .w-choice:has([aria-disabled="true"]) { opacity: 0.62; cursor: progress; }
.w-button[aria-disabled="true"] { opacity: 0.62; cursor: progress; }
.w-button-label { overflow: hidden; text-overflow: ellipsis; }
.w-button.w-block { display: flex; inline-size: 100%; flex: 1 var(--w-yield) auto; }
.w-button.w-ghost.w-hue-secondary.w-uniform:not(:hover, :focus-visible) { color: var(--chatkit-color-text-tertiary); }
.w-button.w-uniform { inline-size: var(--w-height); padding-inline: 0; }
.w-button .ck-icon { flex: none; inline-size: var(--w-icon, 1.15em); block-size: var(--w-icon, 1.15em); }
.w-button:is(.w-icon-sm) { --w-icon: 14px; } .w-button.w-icon-md { --w-icon: 16px; } .w-button.w-icon-lg { --w-icon: 18px; } .w-button.w-icon-xl { --w-icon: 20px; } .w-button.w-icon-2xl { --w-icon: 24px; }
.w-pill.w-control, .w-pill.w-badge { border-radius: var(--chatkit-radius-full); }
.w-button[aria-busy="true"] > .ck-icon:first-of-type { display: none; }

.w-spinner { flex: none; inline-size: 1em; block-size: 1em; box-sizing: border-box; border: 2px solid color-mix(in oklab, currentColor 28%, transparent); border-block-start-color: currentColor; border-radius: 50%; animation: w-turn 0.7s linear infinite; }
@keyframes w-turn { to { rotate: 1turn; } }

.w-field { display: flex; flex-direction: column; gap: calc(var(--chatkit-space) * 1.5); min-inline-size: 0; inline-size: 100%; flex: 1 var(--w-yield) auto; }
.w-input, .w-textarea, .w-select {
  appearance: none; box-sizing: border-box; inline-size: 100%; min-inline-size: 0; min-block-size: var(--w-height); margin: 0; padding: 0 var(--w-gutter); border: 1px solid var(--chatkit-color-border-field); border-radius: var(--w-corner);
  background: var(--chatkit-color-surface); color: var(--chatkit-color-text); line-height: 1.4; transition: border-color var(--chatkit-duration), background-color var(--chatkit-duration), box-shadow var(--chatkit-duration);
}
.w-field-soft { background: var(--chatkit-color-surface-tertiary); }
.w-field-ghost { border-color: transparent; background: transparent; }
.w-field-solid.w-control { background: var(--chatkit-color-surface-tertiary); font-weight: 500; }
.w-control::placeholder { color: var(--chatkit-color-text-tertiary); opacity: 1; }
@media (hover: hover) { .w-field-outline:hover:not(:disabled) { border-color: color-mix(in oklab, var(--chatkit-color-border-field), var(--chatkit-color-text) 22%); } .w-field-soft:hover:not(:disabled), .w-field-ghost:hover:not(:disabled) { background: var(--chatkit-color-hover); } }
:is(.w-input, .w-textarea, .w-select, .w-editable):focus-visible { outline: 2px solid var(--chatkit-color-focus); outline-offset: -1px; border-color: transparent; }
:is(.w-input, .w-textarea, .w-select, .w-editable)[aria-invalid="true"] { border-color: var(--chatkit-color-danger); }
.w-textarea { display: block; padding-block: calc((var(--w-height) - 1.45em) / 2); line-height: 1.45; resize: vertical; block-size: auto; min-block-size: calc(var(--w-rows) * 1.45em + var(--w-height) - 1.45em); }
.w-grows { field-sizing: content; resize: none; max-block-size: calc(var(--w-max-rows) * 1.45em + var(--w-height) - 1.45em); }
.w-textarea.w-pill { border-radius: calc(var(--w-height) / 2); }
:where(.w-editable) {
  appearance: none; box-sizing: border-box; display: block; inline-size: calc(100% + 16px); margin: -5px -8px; padding: 4px 7px; border: 1px solid transparent; border-radius: var(--chatkit-radius-md); background: transparent; color: inherit; font: inherit;
  font-size: inherit; line-height: 1.5; resize: none; field-sizing: content; overflow: auto; max-block-size: calc(var(--w-max-rows, 40) * 1lh + 10px); transition: background-color var(--chatkit-duration), border-color var(--chatkit-duration);
}
.w-editable::placeholder { color: var(--chatkit-color-text-tertiary); opacity: 1; }
.w-editable:hover { background: var(--chatkit-color-hover); }
.w-error { display: flex; align-items: flex-start; gap: 6px; margin: 0; color: var(--chatkit-color-danger); font-size: var(--chatkit-text-xs); line-height: 1.4; }
.w-error .ck-icon { flex: none; margin-block-start: 0.12em; inline-size: 14px; block-size: 14px; }

/* Beside other things a field takes the room that is left, and a choice only its own. */
.w-row > .w-field { inline-size: auto; flex: 1 1 0; }
.w-row > .w-field:has(> .w-choice) { flex: none; }
.w-row > .w-field > .w-editable { inline-size: calc(100% + 8px); margin-inline-end: 0; }
.w-radios { display: flex; gap: calc(var(--chatkit-space) * 1) calc(var(--chatkit-space) * 5); }
.w-radios.w-row { flex-wrap: wrap; }
.w-choice { display: inline-flex; align-items: flex-start; gap: calc(var(--chatkit-space) * 2.5); --w-row: 28px; padding-block: calc((var(--w-row) - 1lh) / 2); box-sizing: border-box; inline-size: fit-content; font-size: var(--chatkit-text-sm); line-height: var(--w-leading-sm); cursor: pointer; }
.w-choice:has(:disabled) { opacity: 0.55; cursor: not-allowed; }
/* Done, and out of the way. */
.w-choice-through:has(:checked) .w-choice-label { color: var(--chatkit-color-text-tertiary); text-decoration: line-through; }
.w-choice-box { position: relative; display: inline-grid; flex: none; place-items: center; inline-size: 18px; block-size: 18px; margin-block-start: calc((1lh - 18px) / 2); }
.w-choice-box > * { grid-area: 1 / 1; }
:is(.w-check, .w-radio) { appearance: none; box-sizing: border-box; inline-size: 18px; block-size: 18px; margin: 0; border: 1.5px solid color-mix(in oklab, var(--chatkit-color-text-tertiary) 82%, transparent); background: var(--chatkit-color-surface); cursor: inherit; transition: background-color var(--chatkit-duration), border-color var(--chatkit-duration), border-width var(--chatkit-duration); }
.w-check { border-radius: 5px; }
.w-radio { border-radius: 50%; }
.w-check:checked { background: var(--chatkit-color-accent); border-color: var(--chatkit-color-accent); }
.w-radio:checked { border: 5.5px solid var(--chatkit-color-accent); }
.w-check + .ck-icon { inline-size: 13px; block-size: 13px; color: var(--chatkit-color-accent-text); pointer-events: none; opacity: 0; scale: 0.6; transition: opacity var(--chatkit-duration), scale var(--chatkit-duration); }
.w-check + .ck-icon .ck-icon-stroke { stroke-width: 3; }
.w-check:checked + .ck-icon { opacity: 1; scale: 1; }
:is(.w-check, .w-radio, .w-button, .w-more, .w-popup button):focus-visible { outline: 2px solid var(--chatkit-color-focus); outline-offset: 2px; }
:is(.w-check, .w-radio)[aria-invalid="true"], [aria-invalid="true"] .w-radio { border-color: var(--chatkit-color-danger); }

.w-select { display: inline-flex; align-items: center; gap: 0.5em; cursor: pointer; font-weight: inherit; }
.w-select-frame { position: relative; display: inline-flex; min-inline-size: 0; max-inline-size: 100%; inline-size: fit-content; flex: none; }
.w-select-frame.w-block { display: flex; inline-size: 100%; flex: 1 var(--w-yield) auto; }
.w-select-frame .w-select { inline-size: 100%; min-inline-size: 9em; padding-inline-end: calc(var(--w-gutter) * 0.8); }
.w-select-value { flex: 1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.w-select-empty { color: var(--chatkit-color-text-secondary); font-weight: 400; }
.w-select > .ck-icon { flex: none; color: var(--chatkit-color-text-tertiary); inline-size: 1.1em; block-size: 1.1em; }
.w-clearable .w-select > .ck-icon:last-child { margin-inline-start: 24px; }
.w-date.w-clearable .w-select { padding-inline-end: 36px; } .w-date.w-clearable .w-select > .ck-icon:last-child { margin: 0; }
.w-clear { all: unset; position: absolute; inset-block: 0; inset-inline-end: 30px; margin-block: auto; display: grid; place-items: center; inline-size: 24px; block-size: 24px; border-radius: var(--chatkit-radius-full); cursor: pointer; color: var(--chatkit-color-text-tertiary); font-size: 14px; }
.w-date .w-clear { inset-inline-end: 8px; }
.w-clear:hover { background: var(--chatkit-color-active); color: var(--chatkit-color-text); }
.w-clear:focus-visible { outline: 2px solid var(--chatkit-color-focus); }

.w-popup {
  position: fixed; inset: auto; margin: 0; box-sizing: border-box; padding: calc(var(--chatkit-space) * 1.25); border: 1px solid var(--chatkit-color-border); border-radius: var(--chatkit-radius-menu); background: var(--chatkit-color-surface-elevated); color: var(--chatkit-color-text);
  box-shadow: var(--chatkit-shadow-lg); font-size: var(--chatkit-text-sm); line-height: 1.4; overflow: hidden; max-inline-size: calc(100vw - 16px);
}
.w-popup:popover-open { display: flex; flex-direction: column; animation: ck-enter var(--chatkit-duration) var(--chatkit-ease); }
.w-options { margin: 0; padding: 0; list-style: none; overflow-y: auto; overscroll-behavior: contain; scrollbar-width: thin; min-block-size: 0; }
.w-option { display: flex; align-items: center; gap: calc(var(--chatkit-space) * 3); padding: calc(var(--chatkit-space) * 1.75) calc(var(--chatkit-space) * 2.5); border-radius: calc(var(--chatkit-radius-menu) - var(--chatkit-space)); cursor: pointer; min-block-size: 32px; box-sizing: border-box; }
.w-option-text { flex: 1; min-inline-size: 0; }
.w-option-description { display: block; color: var(--chatkit-color-text-secondary); font-size: var(--chatkit-text-xs); margin-block-start: 1px; }
.w-option > .ck-icon { flex: none; visibility: hidden; }
.w-option[aria-selected="true"] > .ck-icon { visibility: visible; }
.w-option.w-active { background: var(--chatkit-color-hover); }
.w-option[aria-disabled="true"] { opacity: 0.5; cursor: not-allowed; }
.w-search { display: flex; align-items: center; gap: 8px; padding: 0 calc(var(--chatkit-space) * 2.5); margin-block-end: var(--chatkit-space); border-block-end: 1px solid var(--chatkit-color-border-subtle); color: var(--chatkit-color-text-tertiary); }
.w-search input { all: unset; flex: 1; min-inline-size: 0; block-size: 36px; font: inherit; color: var(--chatkit-color-text); }
.w-search input::placeholder { color: var(--chatkit-color-text-tertiary); }
.w-no-match { margin: 0; padding: calc(var(--chatkit-space) * 3); text-align: center; color: var(--chatkit-color-text-secondary); }

.w-calendar { inline-size: 284px; padding: calc(var(--chatkit-space) * 1.5); }
.w-calendar-head { display: flex; align-items: center; justify-content: space-between; gap: 8px; margin-block-end: calc(var(--chatkit-space) * 2); }
.w-calendar-title { font-weight: 600; font-size: var(--chatkit-text-sm); text-transform: capitalize; }
.w-calendar-move { all: unset; display: grid; place-items: center; inline-size: 32px; block-size: 32px; border-radius: var(--chatkit-radius-md); cursor: pointer; color: var(--chatkit-color-text-secondary); }
.w-calendar-move:hover { background: var(--chatkit-color-hover); }
.w-calendar-move:disabled { opacity: 0.35; cursor: not-allowed; }
.w-calendar-move:dir(rtl) .ck-icon { scale: -1 1; }
.w-calendar table { inline-size: 100%; border-collapse: collapse; table-layout: fixed; }
.w-calendar th { padding: 0 0 6px; font-weight: 500; font-size: var(--chatkit-text-xs); color: var(--chatkit-color-text-secondary); text-align: center; }
.w-calendar td { padding: 1px; text-align: center; }
.w-day { all: unset; box-sizing: border-box; display: inline-grid; place-items: center; inline-size: 36px; block-size: 36px; border-radius: var(--chatkit-radius-full); cursor: pointer; font-variant-numeric: tabular-nums; }
.w-day:hover { background: var(--chatkit-color-hover); }
.w-day-outside { color: var(--chatkit-color-text-tertiary); }
.w-day-today { box-shadow: inset 0 0 0 1px var(--chatkit-color-border-strong); font-weight: 600; }
.w-day[aria-disabled="true"] { opacity: 0.35; cursor: not-allowed; text-decoration: line-through; }
td[aria-selected="true"] .w-day { background: var(--chatkit-color-accent); color: var(--chatkit-color-accent-text); }

@media (pointer: coarse) {
  .w-control { --w-touch: 44px; }
  .w-button, .w-input, .w-select, .w-option, .w-more { min-block-size: max(var(--w-height, 44px), 44px); }
  .w-button.w-uniform { inline-size: max(var(--w-height), 44px); }
  .w-choice { --w-row: 44px; }
  .w-input, .w-textarea, .w-editable, .w-search input { font-size: max(16px, var(--w-font, 16px)); }
}
@media (forced-colors: active) {
  .w-button, .w-badge { border: 1px solid ButtonBorder; }
  .w-day-today { outline: 1px solid CanvasText; outline-offset: -1px; }
  .w-check:checked { background: Highlight; border-color: Highlight; forced-color-adjust: none; }
  .w-radio:checked { background: Canvas; border-color: Highlight; forced-color-adjust: none; }
  .w-check + .ck-icon { color: HighlightText; forced-color-adjust: none; }
  .w-option.w-active, td[aria-selected="true"] .w-day { background: Highlight; color: HighlightText; forced-color-adjust: none; }
}
@media (prefers-reduced-motion: reduce) { .w-spinner { animation-duration: 2.4s; } .w-popup:popover-open { animation: none; } .w-button:active { scale: none; } }
`;
