/** Styles that many components share: size, place, spacing, colour. */
import * as v from '../ui/values';
import type { WidgetNode } from './types';

const ALIGN: ReadonlyMap<unknown, string> = new Map([
  ['start', 'flex-start'], ['center', 'center'], ['end', 'flex-end'], ['baseline', 'baseline'], ['stretch', 'stretch'],
]);
const JUSTIFY: ReadonlyMap<unknown, string> = new Map([
  ['start', 'flex-start'], ['center', 'center'], ['end', 'flex-end'], ['between', 'space-between'], ['around', 'space-around'],
  ['evenly', 'space-evenly'], ['stretch', 'stretch'],
]);
const WRAP = new Set(['nowrap', 'wrap', 'wrap-reverse']);

const SIZES: readonly (readonly [field: string, ...properties: string[]])[] = [
  ['size', 'width', 'height'], ['width', 'width'], ['height', 'height'], ['minSize', 'min-width', 'min-height'], ['minWidth', 'min-width'],
  ['minHeight', 'min-height'], ['maxSize', 'max-width', 'max-height'], ['maxWidth', 'max-width'], ['maxHeight', 'max-height'],
];

function put(styles: v.Styles, property: string, value: string | undefined): void {
  if (value !== undefined) styles[property] = value;
}

/** A size that does not follow the room there is. */
const FIXED = /^(?!.*(?:%|auto|content))/;

/** What has a size of its own keeps it beside what has not: in rows and columns the others shrink first (content.css.ts). */
export function keepSize(styles: v.Styles): v.Styles {
  const fixed = [styles['width'], styles['height']].some((length) => length !== undefined && FIXED.test(length));
  if (fixed && styles['flex'] === undefined) styles['flex-shrink'] = '1';
  if (!fixed && styles['flex'] === 'auto') styles['flex-shrink'] = 'var(--w-yield)';
  return styles;
}

/** Size, margin, radius, aspect ratio, flex. */
export function blockStyles(node: WidgetNode): v.Styles {
  const styles: v.Styles = v.sides('margin', node['margin']);
  for (const [field, ...properties] of SIZES) {
    const length = v.size(node[field]);
    for (const property of properties) put(styles, property, length);
  }
  put(styles, 'aspect-ratio', v.aspectRatio(node['aspectRatio']));
  put(styles, 'border-radius', v.radius(node['radius']));
  put(styles, 'flex', v.flex(node['flex']));
  return styles;
}

/** How a container lays out its children. */
export function flowStyles(node: WidgetNode): v.Styles {
  const styles: v.Styles = {};
  put(styles, 'gap', v.spacing(node['gap']));
  put(styles, 'align-items', ALIGN.get(node['align']));
  put(styles, 'justify-content', JUSTIFY.get(node['justify']));
  put(styles, 'flex-wrap', v.oneOf(node['wrap'], WRAP));
  return styles;
}

export function backgroundStyles(node: WidgetNode): v.Styles {
  const styles: v.Styles = {};
  put(styles, 'background-color', v.color(node['background'], 'surface'));
  if (node['background'] === 'surface-elevated') put(styles, 'box-shadow', 'var(--chatkit-shadow-sm)');
  return styles;
}

/** All of `Box`, `Row`, `Col`, `Form`. */
export function boxStyles(node: WidgetNode): v.Styles {
  return { ...keepSize(blockStyles(node)), ...flowStyles(node), ...v.sides('padding', node['padding']), ...v.border(node['border']), ...backgroundStyles(node) };
}
