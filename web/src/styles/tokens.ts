/**
 * Design tokens, all on the host so that a page can override each with `openai-chatkit { --chatkit-…: … }`.
 *
 * `[data-scheme]` on an inner node switches the scheme of a subtree (a card with its own theme). Primitive colours are
 * scheme-independent; meaning is given by the semantic ones.
 */

import { schemeSwitches } from '../ui/scheme';

/** Lightness and chroma (of a hue with factor 1) for each step, in OKLCH. */
const steps: readonly (readonly [step: number, lightness: number, chroma: number])[] = [
  [25, 0.988, 0.008], [50, 0.972, 0.018], [100, 0.942, 0.042], [200, 0.885, 0.08], [300, 0.815, 0.12], [400, 0.73, 0.165],
  [500, 0.64, 0.19], [600, 0.55, 0.185], [700, 0.475, 0.16], [800, 0.4, 0.13], [900, 0.33, 0.1], [950, 0.25, 0.07],
];

/** Hue angle and how much chroma the hue takes. */
const hues: Readonly<Record<string, readonly [hue: number, factor: number]>> = {
  red: [26, 1.05], orange: [52, 0.95], yellow: [84, 0.8], green: [152, 0.82], blue: [257, 1], purple: [300, 1.05], pink: [355, 1.05],
};

const grays: readonly (readonly [step: number, lightness: number])[] = [
  [25, 0.992], [50, 0.98], [100, 0.962], [200, 0.922], [300, 0.868], [400, 0.71], [500, 0.53], [600, 0.46], [700, 0.37],
  [800, 0.29], [900, 0.21], [950, 0.165],
];

/**
 * How much of the tint a grey of this lightness takes: all of it in the middle, little where it is nearly white or black.
 * The same chroma everywhere would turn a pale grey into a colour.
 */
export function tintShare(lightness: number): number {
  return Math.round(Math.min(1, Math.max(0, (1 - lightness) * 6), 0.32 + lightness) * 100) / 100;
}

function gray(lightness: number): string {
  return `oklch(${lightness} calc(var(--chatkit-gray-chroma) * ${tintShare(lightness)}) var(--chatkit-gray-hue))`;
}

function primitives(): string {
  const lines = grays.map(([step, lightness]) =>
    `--chatkit-gray-${step}: ${gray(lightness)};`);
  for (const [name, [hue, factor]] of Object.entries(hues)) {
    for (const [step, lightness, chroma] of steps) {
      lines.push(`--chatkit-${name}-${step}: oklch(${lightness} ${(chroma * factor).toFixed(3)} ${hue});`);
    }
  }
  return lines.join('');
}

const light = `
  --chatkit-color-text: var(--chatkit-gray-900);
  --chatkit-color-text-emphasis: var(--chatkit-gray-950);
  --chatkit-color-text-secondary: var(--chatkit-gray-600);
  --chatkit-color-text-tertiary: var(--chatkit-gray-500);
  --chatkit-color-surface: white;
  --chatkit-color-surface-secondary: var(--chatkit-gray-50);
  --chatkit-color-surface-tertiary: var(--chatkit-gray-100);
  --chatkit-color-surface-elevated: white;
  --chatkit-color-surface-elevated-secondary: var(--chatkit-gray-50);
  --chatkit-color-bubble: var(--chatkit-color-surface-tertiary);
  --chatkit-color-border: oklch(0.2 var(--chatkit-gray-chroma) var(--chatkit-gray-hue) / 0.12);
  --chatkit-color-border-subtle: oklch(0.2 var(--chatkit-gray-chroma) var(--chatkit-gray-hue) / 0.07);
  --chatkit-color-border-strong: oklch(0.2 var(--chatkit-gray-chroma) var(--chatkit-gray-hue) / 0.24);
  --chatkit-color-border-field: oklch(0.2 var(--chatkit-gray-chroma) var(--chatkit-gray-hue) / 0.5);
  --chatkit-color-hover: oklch(0.2 var(--chatkit-gray-chroma) var(--chatkit-gray-hue) / 0.055);
  --chatkit-color-active: oklch(0.2 var(--chatkit-gray-chroma) var(--chatkit-gray-hue) / 0.1);
  --chatkit-color-accent: var(--chatkit-gray-900);
  --chatkit-color-accent-text: white;
  --chatkit-color-accent-soft: color-mix(in oklab, var(--chatkit-color-accent) 10%, transparent);
  --chatkit-color-link: var(--chatkit-blue-700);
  --chatkit-color-danger: var(--chatkit-red-700);
  --chatkit-color-danger-soft: var(--chatkit-red-50);
  --chatkit-color-success: var(--chatkit-green-700);
  --chatkit-color-success-soft: var(--chatkit-green-50);
  --chatkit-color-warning: var(--chatkit-yellow-800);
  --chatkit-color-warning-soft: var(--chatkit-yellow-50);
  --chatkit-color-info: var(--chatkit-blue-700);
  --chatkit-color-info-soft: var(--chatkit-blue-50);
  --chatkit-color-discovery: var(--chatkit-purple-700);
  --chatkit-color-discovery-soft: var(--chatkit-purple-50);
  --chatkit-color-focus: var(--chatkit-blue-600);
  --chatkit-color-scrim: oklch(0.2 0 0 / 0.32);
  --chatkit-shadow-sm: 0 1px 2px oklch(0.2 0 0 / 0.06);
  --chatkit-shadow-md: 0 1px 2px oklch(0.2 0 0 / 0.05), 0 4px 12px oklch(0.2 0 0 / 0.06);
  --chatkit-shadow-lg: 0 2px 6px oklch(0.2 0 0 / 0.06), 0 12px 32px oklch(0.2 0 0 / 0.14);
  color-scheme: light; ${schemeSwitches.light}
`;

const dark = `
  --chatkit-color-text: var(--chatkit-gray-100);
  --chatkit-color-text-emphasis: white;
  --chatkit-color-text-secondary: ${gray(0.77)};
  --chatkit-color-text-tertiary: ${gray(0.68)};
  --chatkit-color-surface: ${gray(0.215)};
  --chatkit-color-surface-secondary: ${gray(0.25)};
  --chatkit-color-surface-tertiary: ${gray(0.29)};
  --chatkit-color-surface-elevated: ${gray(0.25)};
  --chatkit-color-surface-elevated-secondary: ${gray(0.3)};
  --chatkit-color-bubble: var(--chatkit-color-surface-tertiary);
  --chatkit-color-border: oklch(1 0 0 / 0.13);
  --chatkit-color-border-subtle: oklch(1 0 0 / 0.08);
  --chatkit-color-border-strong: oklch(1 0 0 / 0.26);
  --chatkit-color-border-field: oklch(1 0 0 / 0.42);
  --chatkit-color-hover: oklch(1 0 0 / 0.07);
  --chatkit-color-active: oklch(1 0 0 / 0.12);
  --chatkit-color-accent: var(--chatkit-gray-50);
  --chatkit-color-accent-text: var(--chatkit-gray-950);
  --chatkit-color-accent-soft: color-mix(in oklab, var(--chatkit-color-accent) 16%, transparent);
  --chatkit-color-link: var(--chatkit-blue-300);
  --chatkit-color-danger: var(--chatkit-red-300);
  --chatkit-color-danger-soft: color-mix(in oklab, var(--chatkit-red-500) 18%, transparent);
  --chatkit-color-success: var(--chatkit-green-300);
  --chatkit-color-success-soft: color-mix(in oklab, var(--chatkit-green-500) 18%, transparent);
  --chatkit-color-warning: var(--chatkit-yellow-300);
  --chatkit-color-warning-soft: color-mix(in oklab, var(--chatkit-yellow-500) 18%, transparent);
  --chatkit-color-info: var(--chatkit-blue-300);
  --chatkit-color-info-soft: color-mix(in oklab, var(--chatkit-blue-500) 20%, transparent);
  --chatkit-color-discovery: var(--chatkit-purple-300);
  --chatkit-color-discovery-soft: color-mix(in oklab, var(--chatkit-purple-500) 20%, transparent);
  --chatkit-color-focus: var(--chatkit-blue-400);
  --chatkit-color-scrim: oklch(0 0 0 / 0.5);
  --chatkit-shadow-sm: 0 1px 2px oklch(0 0 0 / 0.3);
  --chatkit-shadow-md: 0 1px 2px oklch(0 0 0 / 0.3), 0 4px 12px oklch(0 0 0 / 0.28);
  --chatkit-shadow-lg: 0 2px 6px oklch(0 0 0 / 0.3), 0 12px 32px oklch(0 0 0 / 0.5);
  color-scheme: dark; ${schemeSwitches.dark}
`;

/** Scheme-independent tokens. Font sizes follow `--chatkit-base`, the theme's base size. */
const shared = `
  --chatkit-gray-hue: 265;
  --chatkit-gray-chroma: 0.0055;
  ${primitives()}
  --chatkit-font-body: ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif;
  --chatkit-font-mono: ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace;
  --chatkit-base: 16px;
  --chatkit-text-xs: calc(var(--chatkit-base) * 0.75);
  --chatkit-text-sm: calc(var(--chatkit-base) * 0.875);
  --chatkit-text-md: var(--chatkit-base);
  --chatkit-text-lg: calc(var(--chatkit-base) * 1.125);
  --chatkit-text-xl: calc(var(--chatkit-base) * 1.25);
  --chatkit-title-xs: var(--chatkit-base);
  --chatkit-title-sm: calc(var(--chatkit-base) * 1.125);
  --chatkit-title-md: calc(var(--chatkit-base) * 1.25);
  --chatkit-title-lg: calc(var(--chatkit-base) * 1.5);
  --chatkit-title-xl: calc(var(--chatkit-base) * 1.75);
  --chatkit-title-2xl: calc(var(--chatkit-base) * 2);
  --chatkit-title-3xl: calc(var(--chatkit-base) * 2.375);
  --chatkit-title-4xl: calc(var(--chatkit-base) * 2.875);
  --chatkit-title-5xl: calc(var(--chatkit-base) * 3.5);
  --chatkit-radius-2xs: 2px; --chatkit-radius-xs: 4px; --chatkit-radius-sm: 6px; --chatkit-radius-md: 8px; --chatkit-radius-lg: 10px;
  --chatkit-radius-xl: 12px; --chatkit-radius-2xl: 16px; --chatkit-radius-3xl: 20px; --chatkit-radius-4xl: 24px; --chatkit-radius-full: 9999px;
  --chatkit-radius-control: var(--chatkit-radius-full);
  --chatkit-radius-menu: var(--chatkit-radius-xl);
  --chatkit-radius-card: var(--chatkit-radius-2xl);
  --chatkit-radius-bubble: var(--chatkit-radius-3xl);
  --chatkit-radius-composer: 28px;
  --chatkit-control-3xs: 24px; --chatkit-control-2xs: 24px; --chatkit-control-xs: 26px; --chatkit-control-sm: 28px; --chatkit-control-md: 32px;
  --chatkit-control-lg: 36px; --chatkit-control-xl: 40px; --chatkit-control-2xl: 44px; --chatkit-control-3xl: 48px;
  --chatkit-space: 4px;
  --chatkit-density: 1;
  --chatkit-duration: 150ms;
  --chatkit-ease: cubic-bezier(0.2, 0, 0, 1);
`;

export const tokensCss = `
:host { ${shared} ${light} }
[data-scheme="light"] { ${light} }
:host(:state(dark)), [data-scheme="dark"] { ${dark} }
/* Where a colour cannot be made of another (Firefox before 128), what stands on the accent is as for the default one. */
@supports (color: oklch(from red l c h)) { :host(:not([data-none])), [data-scheme] { --chatkit-color-accent-text: oklch(from var(--chatkit-color-accent) clamp(0, (0.66 - l) * 1000, 1) 0 0); } }
@media (prefers-reduced-motion: reduce) { :host { --chatkit-duration: 0.01ms; } }
`;
