/**
 * Values from a server become CSS only through these pure functions. What they do not know they answer with `undefined`,
 * and the caller leaves the property alone.
 */

import { isRecord } from '../core/validate';
import { lightDark } from './scheme';

/** Pixels of one spacing unit. */
const UNIT = 4;

const LENGTH = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:px|r?em|r?lh|ch|ex|ic|cap|[sld]?v[hw]|[sld]?vmin|[sld]?vmax|[sld]?v[ib]|cq[whib]|cqmin|cqmax|pt|pc|in|cm|mm|q|%)$/i;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)$/;
const KEYWORD = /^(?:auto|min-content|max-content|fit-content)$/i;
const MATH = /^(calc|min|max|clamp)\(/i;
const MAX_LENGTH = 120;

/** One token of a length expression: number with unit, function name with its parenthesis, operator. */
const TOKEN = /\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[a-z]+|%)?|(?:calc|min|max|clamp)?\(|\)|,|[*/]|[+-](?=\s))/iy;

/** Reads `calc()`, `min()`, `max()`, `clamp()` of lengths; anything else, `var()` and `url()` above all, is refused. */
class LengthExpression {
  private readonly tokens: string[] = [];
  private at = 0;
  readonly valid: boolean;

  constructor(text: string) {
    TOKEN.lastIndex = 0;
    let end = 0;
    for (let match = TOKEN.exec(text); match?.[1] !== undefined; match = TOKEN.exec(text)) {
      this.tokens.push(match[1].toLowerCase());
      end = TOKEN.lastIndex;
    }
    this.valid = text.slice(end).trim() === '' && this.sum() && this.at === this.tokens.length;
  }

  private sum(): boolean {
    if (!this.operand()) return false;
    while (/^[-+*/]$/.test(this.tokens[this.at] ?? '')) {
      this.at += 1;
      if (!this.operand()) return false;
    }
    return true;
  }

  private operand(): boolean {
    const token = this.tokens[this.at] ?? '';
    this.at += 1;
    if (token.endsWith('(')) return this.args();
    return LENGTH.test(token) || NUMBER.test(token);
  }

  private args(): boolean {
    if (!this.sum()) return false;
    while (this.tokens[this.at] === ',') {
      this.at += 1;
      if (!this.sum()) return false;
    }
    return this.tokens[this.at++] === ')';
  }
}

/** A number of `unit` pixels, or a string that is a CSS length. */
function lengthOf(value: unknown, unit: number): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? `${value * unit}px` : undefined;
  if (typeof value !== 'string' || value.length > MAX_LENGTH) return undefined;
  const text = value.trim();
  if (LENGTH.test(text) || KEYWORD.test(text)) return text;
  if (NUMBER.test(text)) return `${Number(text) * unit}px`;
  return MATH.test(text) && new LengthExpression(text).valid ? text : undefined;
}

/** A width, height or other size: numbers are pixels. */
export function size(value: unknown): string | undefined {
  return lengthOf(value, 1);
}

/** A distance: numbers are units of 4 px. */
export function spacing(value: unknown): string | undefined {
  return lengthOf(value, UNIT);
}

export type Styles = Record<string, string>;

type Side = 'top' | 'right' | 'bottom' | 'left';
/** Left and right mean start and end: a widget mirrors with the page's direction. */
const LOGICAL: Readonly<Record<Side, string>> = {
  top: 'block-start', right: 'inline-end', bottom: 'block-end', left: 'inline-start',
};
const SIDES = Object.keys(LOGICAL) as Side[];
const AXIS: Readonly<Record<Side, 'x' | 'y'>> = { top: 'y', right: 'x', bottom: 'y', left: 'x' };

/** Padding or margin: one distance for all sides, or by side and axis; a side beats its axis. */
export function sides(property: 'padding' | 'margin', value: unknown): Styles {
  const all = spacing(value);
  if (all !== undefined) return { [property]: all };
  if (!isRecord(value)) return {};
  const styles: Styles = {};
  for (const side of SIDES) {
    const distance = spacing(value[side] ?? value[AXIS[side]]);
    if (distance !== undefined) styles[`${property}-${LOGICAL[side]}`] = distance;
  }
  return styles;
}

const HUES = 'gray|red|orange|yellow|green|blue|purple|pink';
const PRIMITIVE = new RegExp(`^(?:${HUES})-(?:25|50|[1-9]00|950)$`);
const HEX = /^#(?:[\da-f]{3,4}|[\da-f]{6}|[\da-f]{8})$/i;
const FUNCTION = /^(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\(\s*[-+.\d%a-z\s,/]+\)$/i;
const NAME = /^[a-z]{3,24}$/i;
const GLOBAL = /^(?:inherit|initial|unset|revert)$/i;

const TEXT: Readonly<Record<string, string>> = {
  prose: 'text', primary: 'text', emphasis: 'text-emphasis', secondary: 'text-secondary', tertiary: 'text-tertiary', success: 'success',
  warning: 'warning', danger: 'danger',
};
const SURFACE: Readonly<Record<string, string>> = {
  primary: 'accent-soft', secondary: 'surface-tertiary',
  surface: 'surface', 'surface-secondary': 'surface-secondary', 'surface-tertiary': 'surface-tertiary', 'surface-elevated': 'surface-raised',
  'surface-elevated-secondary': 'surface-elevated-secondary',
};
const BORDER: Readonly<Record<string, string>> = { default: 'border', subtle: 'border-subtle', strong: 'border-strong' };

/** What a colour is for decides which token names it may use. */
export type ColorRole = 'text' | 'surface' | 'border' | 'chart';
const TOKENS: Readonly<Record<ColorRole, Readonly<Record<string, string>>>> = {
  text: TEXT, surface: { ...SURFACE }, border: { ...BORDER, ...TEXT }, chart: TEXT,
};
const CHART = new Set(['blue', 'purple', 'orange', 'green', 'red', 'yellow', 'pink']);

function isCssColor(text: string): boolean {
  if (HEX.test(text) || FUNCTION.test(text)) return true;
  return NAME.test(text) && !GLOBAL.test(text) && (typeof CSS === 'undefined' || typeof CSS.supports !== 'function' || CSS.supports('color', text));
}

function oneColor(value: unknown, role: ColorRole): string | undefined {
  if (typeof value !== 'string' || value.length > MAX_LENGTH) return undefined;
  const text = value.trim();
  if (role === 'chart' && CHART.has(text)) return `var(--chatkit-chart-${text})`;
  const token = Object.hasOwn(TOKENS[role], text) ? TOKENS[role][text] : undefined;
  if (token !== undefined) return `var(--chatkit-color-${token})`;
  if (PRIMITIVE.test(text)) return `var(--chatkit-${text})`;
  return isCssColor(text) ? text : undefined;
}

/** A token, a primitive, a CSS colour, or one for each scheme; nothing else, so no `url()` and no `var()`. */
export function color(value: unknown, role: ColorRole): string | undefined {
  if (!isRecord(value)) return oneColor(value, role);
  const light = oneColor(value['light'], role);
  const dark = oneColor(value['dark'], role);
  if (light === undefined || dark === undefined) return light ?? dark;
  return light === dark ? light : lightDark(light, dark);
}

const BORDER_STYLES = new Set(['solid', 'dashed', 'dotted', 'double', 'groove', 'ridge', 'inset', 'outset']);

function oneBorder(value: unknown): string | undefined {
  const line = typeof value === 'number' ? { size: value } : value;
  if (!isRecord(line) || typeof line['size'] !== 'number' || !(line['size'] >= 0)) return undefined;
  const style = oneOf(line['style'], BORDER_STYLES) ?? 'solid';
  return `${line['size']}px ${style} ${color(line['color'], 'border') ?? 'var(--chatkit-color-border)'}`;
}

/** One border for all sides (pixels or an object with `size`), or by side and axis. */
export function border(value: unknown): Styles {
  const all = oneBorder(value);
  if (all !== undefined) return { border: all };
  if (!isRecord(value)) return {};
  const styles: Styles = {};
  for (const side of SIDES) {
    const line = oneBorder(value[side] ?? value[AXIS[side]]);
    if (line !== undefined) styles[`border-${LOGICAL[side]}`] = line;
  }
  return styles;
}

const RADII = new Set(['2xs', 'xs', 'sm', 'md', 'lg', 'xl', '2xl', '3xl', '4xl', 'full']);

export function radius(value: unknown): string | undefined {
  if (value === 'none') return '0';
  if (value === '100%') return '100%';
  return typeof value === 'string' && RADII.has(value) ? `var(--chatkit-radius-${value})` : undefined;
}

/** `1`, `"1 1 0"`, `"auto"`, `"none"`. */
export function flex(value: unknown): string | undefined {
  if (typeof value === 'number') return value >= 0 && Number.isFinite(value) ? `${value} ${value > 0 ? 1 : 0} 0%` : undefined;
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (text === 'auto' || text === 'none') return text;
  const parts = text.split(/\s+/);
  const [grow = '', shrink, basis] = parts;
  if (parts.length > 3 || !/^\d*\.?\d+$/.test(grow)) return undefined;
  if (shrink === undefined) return flex(Number(grow));
  if (basis === undefined) return /^\d*\.?\d+$/.test(shrink) ? `${grow} ${shrink} 0%` : undefined;
  return /^\d*\.?\d+$/.test(shrink) && (size(basis) ?? (basis === '0' ? '0' : undefined)) !== undefined ? text : undefined;
}

/** `1.5`, `"16/9"`, `"16 / 9"`, `"auto"`. */
export function aspectRatio(value: unknown): string | undefined {
  if (typeof value === 'number') return value > 0 && Number.isFinite(value) ? String(value) : undefined;
  if (typeof value !== 'string') return undefined;
  return /^(?:auto|\d*\.?\d+(?:\s*[/:]\s*\d*\.?\d+)?)$/.test(value.trim()) ? value.trim().replace(':', '/') : undefined;
}

/** `value` when it is one of `known`, else undefined. */
export function oneOf<T extends string>(value: unknown, known: ReadonlySet<T>): T | undefined {
  return typeof value === 'string' && (known as ReadonlySet<string>).has(value) ? (value as T) : undefined;
}

/** Sides of the interface, not of the text: a line in another script stands where its neighbours stand. */
export function textAlign(align: 'start' | 'center' | 'end'): string {
  return align === 'center' ? align : `var(--ck-${align}, ${align})`;
}

export function text(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** A whole number from 1 on. */
export function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 1 ? Math.floor(value) : undefined;
}
