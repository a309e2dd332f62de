/** Styles of charts. The palette keeps 3:1 against both surfaces. */
import { lightDark } from '../ui/scheme';

const palette = ['blue', 'purple', 'orange', 'green', 'red', 'yellow', 'pink'] as const;
const colors = palette.map((name) => `--chatkit-chart-${name}: ${lightDark(`var(--chatkit-${name}-${name === 'yellow' || name === 'green' ? 600 : 500})`, `var(--chatkit-${name}-400)`)};`).join(' ');

export const chartsCss = `
.w-chart { ${colors} position: relative; margin: 0; inline-size: 100%; min-inline-size: 0; display: flex; flex-direction: column; gap: calc(var(--chatkit-space) * 3); font-size: var(--chatkit-text-xs); color: var(--chatkit-color-text-secondary); }
.w-chart-plot { position: relative; touch-action: pan-y; inline-size: 100%; flex: 1 1 auto; min-block-size: 80px; aspect-ratio: 16 / 9; border-radius: var(--chatkit-radius-md); outline: none; }
.w-chart :is(.w-chart-title, .w-chart-axis) { margin: 0; overflow-wrap: anywhere; text-align: var(--ck-start, start); }
.w-chart-title { font-size: var(--chatkit-text-sm); line-height: var(--w-leading-sm); font-weight: 600; color: var(--chatkit-color-text-emphasis); text-wrap: balance; }
.w-chart-axis { line-height: 1.5; }
.w-chart-axis + .w-chart-plot { margin-block-start: calc(var(--chatkit-space) * -1); }
.w-chart .w-chart-axis-x { margin-block-start: calc(var(--chatkit-space) * -2); text-align: center; }
.w-chart-frame { inline-size: 100%; min-inline-size: 0; display: flex; }
.w-chart-sized .w-chart-plot { aspect-ratio: auto; }
.w-chart-plot:focus-visible { outline: 2px solid var(--chatkit-color-focus); outline-offset: 4px; }
.w-chart svg { position: absolute; inset: 0; display: block; inline-size: 100%; block-size: 100%; overflow: visible; }
.w-chart-grid { stroke: var(--chatkit-color-border-subtle); shape-rendering: crispEdges; }
.w-chart-base { stroke: var(--chatkit-color-border); shape-rendering: crispEdges; }
.w-chart-category { unicode-bidi: plaintext; }
.w-chart-label { fill: var(--chatkit-color-text-secondary); font-size: var(--chatkit-text-xs); font-variant-numeric: tabular-nums; }
.w-chart-line { fill: none; stroke: var(--w-series); stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
.w-chart-area { fill: var(--w-series); fill-opacity: 0.16; }
.w-chart-bar { fill: var(--w-series); }
.w-chart-dot { fill: var(--w-series); stroke: var(--chatkit-color-surface-elevated); stroke-width: 2; }
.w-chart-cursor { fill: var(--chatkit-color-hover); }
.w-chart-rule { stroke: var(--chatkit-color-border-strong); shape-rendering: crispEdges; }
.w-chart-legend { display: flex; flex-wrap: wrap; gap: 4px calc(var(--chatkit-space) * 4); margin: 0; padding: 0; list-style: none; justify-content: center; }
.w-chart-key { display: inline-flex; align-items: center; gap: 6px; }
.w-chart-swatch { inline-size: 10px; block-size: 10px; border-radius: 3px; background: var(--w-series); flex: none; }
.w-chart-swatch-line { block-size: 3px; inline-size: 12px; border-radius: 2px; }
.w-chart-tip { position: absolute; inset-block-start: 0; inset-inline-start: 0; z-index: 1; pointer-events: none; min-inline-size: 112px; max-inline-size: 240px; padding: calc(var(--chatkit-space) * 2) calc(var(--chatkit-space) * 2.5); border: 1px solid var(--chatkit-color-border); border-radius: var(--chatkit-radius-lg); background: var(--chatkit-color-surface-elevated); box-shadow: var(--chatkit-shadow-md); color: var(--chatkit-color-text); transition: translate 90ms ease-out; }
.w-chart-tip-title { font-weight: 600; margin: 0 0 4px; }
.w-chart-tip-row { display: flex; align-items: center; gap: 8px; margin: 0; line-height: 1.6; }
.w-chart-tip-row > :last-child { margin-inline-start: auto; padding-inline-start: 12px; font-variant-numeric: tabular-nums; font-weight: 550; }
.w-chart-empty { display: grid; place-items: center; block-size: 100%; }
.w-chart-text { display: flex; flex-direction: column; align-items: flex-start; gap: calc(var(--chatkit-space) * 3); inline-size: 100%; min-inline-size: 0; }
.w-chart-text .w-table { inline-size: 100%; }
.w-chart-text caption { padding-block-end: calc(var(--chatkit-space) * 2); text-align: start; font-size: var(--chatkit-text-xs); color: var(--chatkit-color-text-secondary); }
.w-chart-text th { font-weight: 500; }
.w-chart-text :is(td, th):not(:first-child) { text-align: end; }
.w-hidden { position: absolute; inline-size: 1px; block-size: 1px; margin: -1px; padding: 0; overflow: hidden; clip-path: inset(50%); white-space: nowrap; border: 0; }
@media (prefers-reduced-motion: reduce) { .w-chart-tip { transition: none; } }
@media (forced-colors: active) { .w-chart-bar, .w-chart-area, .w-chart-dot, .w-chart-swatch { forced-color-adjust: none; } .w-chart-line { forced-color-adjust: none; } .w-chart-label { fill: CanvasText; } .w-chart-grid, .w-chart-base, .w-chart-rule { stroke: GrayText; } }
`;
