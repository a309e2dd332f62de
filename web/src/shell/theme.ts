/** The theme option as custom properties on the host. A page's own `openai-chatkit { --chatkit-… }` rules still win. */
import type { FontObject } from '@openai/chatkit';
import type { Theme } from '../core/options';
import { tintShare } from '../styles/tokens';

type Declarations = Record<string, string>;

const radii: Record<NonNullable<Theme['radius']>, Declarations> = {
  pill: {},
  round: { control: '12px', menu: '12px', card: '16px', bubble: '16px', composer: '20px' },
  soft: { control: '8px', menu: '8px', card: '10px', bubble: '10px', composer: '12px', xs: '3px', sm: '4px', md: '5px', lg: '6px', xl: '8px', '2xl': '10px', '3xl': '12px', '4xl': '14px' },
  sharp: { control: '0px', menu: '0px', card: '0px', bubble: '0px', composer: '0px', '2xs': '0px', xs: '0px', sm: '0px', md: '0px', lg: '0px', xl: '0px', '2xl': '0px', '3xl': '0px', '4xl': '0px' },
};

const densities: Record<NonNullable<Theme['density']>, string> = { compact: '0.75', normal: '1', spacious: '1.3' };

/** How strong the accent's soft tint is, in percent. */
const accentLevels = [8, 14, 22, 32] as const;
/** How much of the accent the user's own messages have, in percent. */
const bubbleLevels = [0, 10, 18, 30] as const;

/** What would end the declaration it is put into. */
const endsDeclaration = /[;{}<>]/;

function isColor(value: string): boolean {
  return !endsDeclaration.test(value) && CSS.supports('color', value);
}

/** A font list as CSS takes it, without anything that would end the declaration. */
function fontList(value: string): string | null {
  return endsDeclaration.test(value) || !CSS.supports('font-family', value) ? null : value;
}

/** Where the hues of CSS, every 30 degrees from red on, lie on the wheel of OKLCH, for colours as pale as greys are. */
const OKLCH_HUES = [19, 67, 108, 130, 144, 162, 196, 249, 283, 307, 327, 348, 379] as const;

/** The option's hue is that of `hsl()`, as designers pick it: 220 is a slate, not a sea green. */
function oklchHue(hue: number): number {
  const [index, rest] = [Math.floor(hue / 30), (hue % 30) / 30];
  const from = OKLCH_HUES[index] ?? 0;
  return Math.round(from + ((OKLCH_HUES[index + 1] ?? from) - from) * rest) % 360;
}

function colors(theme: Theme, dark: boolean): Declarations {
  const result: Declarations = {};
  const { grayscale, accent, surface } = theme.color ?? {};
  if (grayscale !== undefined) {
    result['gray-hue'] = String(oklchHue(grayscale.hue));
    result['gray-chroma'] = (grayscale.tint * 0.005).toFixed(3);
    if (grayscale.shade) Object.assign(result, shades(grayscale.shade, dark));
  }
  if (accent !== undefined && isColor(accent.primary)) {
    result['color-accent'] = accent.primary;
    result['color-accent-soft'] = `color-mix(in oklab, var(--chatkit-color-accent) ${accentLevels[accent.level]}%, transparent)`;
    result['color-bubble'] = `color-mix(in oklab, var(--chatkit-color-accent) ${bubbleLevels[accent.level]}%, var(--chatkit-color-surface-tertiary))`;
    result['color-link'] = dark ? 'oklch(from var(--chatkit-color-accent) max(l, 0.75) c h)' : 'oklch(from var(--chatkit-color-accent) min(l, 0.5) c h)';
    result['color-focus'] = result['color-link'];
  }
  if (surface !== undefined && isColor(surface.background) && isColor(surface.foreground)) {
    result['color-surface'] = surface.background;
    result['color-text'] = surface.foreground;
    result['color-text-emphasis'] = surface.foreground;
    for (const [name, share] of [['secondary', 96], ['tertiary', 92]] as const) {
      result[`color-surface-${name}`] = `color-mix(in oklab, ${surface.background} ${share}%, ${surface.foreground})`;
    }
    result['color-surface-elevated'] = surface.background;
    result['color-surface-elevated-secondary'] = `color-mix(in oklab, ${surface.background} 96%, ${surface.foreground})`;
  }
  return result;
}

/** Lightness of each surface in a scheme, and the most it may have: a pale one still has to stand out from the page. */
const surfaces: Record<'light' | 'dark', Readonly<Record<string, readonly [lightness: number, most: number]>>> = {
  light: { surface: [1, 1], 'surface-secondary': [0.98, 0.985], 'surface-tertiary': [0.962, 0.97] },
  dark: { surface: [0.215, 1], 'surface-secondary': [0.25, 1], 'surface-tertiary': [0.29, 1], 'surface-elevated': [0.25, 1], 'surface-elevated-secondary': [0.3, 1] },
};

/** Lightness of quiet texts: on surfaces nearer to theirs they move on, or they could not be read. */
const quietTexts = { light: { 'text-secondary': 0.46, 'text-tertiary': 0.53 }, dark: { 'text-secondary': 0.77, 'text-tertiary': 0.68 } } as const;

/** Surfaces a little darker (negative) or lighter (positive) than the palette's own. */
function shades(shade: number, dark: boolean): Declarations {
  const scheme = dark ? 'dark' : 'light';
  const step = dark ? 0.02 : 0.012;
  const nearer = dark ? Math.max(0, shade) : Math.min(0, shade);
  const lightnesses = [
    ...Object.entries(surfaces[scheme]).map(([name, [lightness, most]]) => [name, lightness + shade * (shade > 0 ? Math.min(step, (most - lightness) / 4) : step)] as const),
    ...Object.entries(quietTexts[scheme]).map(([name, lightness]) => [name, lightness + nearer * step] as const),
  ];
  return Object.fromEntries(lightnesses.map(([name, lightness]) =>
    [`color-${name}`, `oklch(${lightness.toFixed(3)} calc(var(--chatkit-gray-chroma) * ${tintShare(lightness)}) var(--chatkit-gray-hue))`]));
}

/** The style sheet's text for a theme; only values that parse get into it. */
export function themeCss(theme: Theme, dark: boolean): string {
  const declarations: Declarations = { ...colors(theme, dark) };
  for (const [name, value] of Object.entries(radii[theme.radius ?? 'pill'])) declarations[`radius-${name}`] = value;
  declarations.density = densities[theme.density ?? 'normal'];
  const { baseSize, fontFamily, fontFamilyMono } = theme.typography ?? {};
  if (baseSize !== undefined) declarations.base = `${baseSize}px`;
  const body = fontFamily === undefined ? null : fontList(fontFamily);
  const mono = fontFamilyMono === undefined ? null : fontList(fontFamilyMono);
  if (body !== null) declarations['font-body'] = body;
  if (mono !== null) declarations['font-mono'] = mono;
  const lines = Object.entries(declarations).map(([name, value]) => `--chatkit-${name}: ${value};`);
  // As specific as the tokens' own rule for the dark scheme, which it follows.
  return `:host(:not([data-none])) { ${lines.join(' ')} }`;
}

const loadedFonts = new Set<string>();

/** Makes the theme's font files known to the page; each once. A file that does not load is told: the text has another font then, and that is all. */
export function loadFonts(sources: readonly FontObject[], failed: (font: FontObject) => void): void {
  for (const font of sources) {
    const key = JSON.stringify(font);
    if (loadedFonts.has(key)) continue;
    loadedFonts.add(key);
    const face = new FontFace(font.family, `url(${JSON.stringify(font.src)})`, {
      ...(font.weight === undefined ? {} : { weight: String(font.weight) }),
      ...(font.style === undefined ? {} : { style: font.style }),
      ...(font.unicodeRange === undefined ? {} : { unicodeRange: font.unicodeRange }),
      display: font.display ?? 'swap',
    });
    document.fonts.add(face);
    face.load().catch(() => failed(font));
  }
}
