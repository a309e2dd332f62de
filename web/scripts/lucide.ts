/**
 * Build-time access to the Lucide icon set (package `lucide-static`, ISC licence).
 *
 * Every icon becomes one stroke path on a 24 × 24 grid, plus one filled path where the original fills a shape.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';

type Attributes = Readonly<Record<string, string | number>>;
type IconNode = readonly [tag: string, attributes: Attributes];

/** A stroke path, or a stroke path and a filled one. */
export type Shape = string | readonly [stroke: string, fill: string];

/** Number of files that hold the whole set; a file is fetched when the first of its icons is shown. */
export const SHARD_COUNT = 32;

const MODULE = 'virtual:lucide-shards';
const SHARD = 'virtual:lucide-shard/';
const resolvePackage = createRequire(import.meta.url);

/** The shard an icon is in; the element computes the same (src/icons/lucide.ts). */
export function shardOf(name: string): number {
  let hash = 0;
  for (const character of name) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return hash % SHARD_COUNT;
}

const number = (value: string | number | undefined): number => Number(value ?? 0);
const short = (value: number): string => String(Math.round(value * 1000) / 1000);

function ellipse(cx: number, cy: number, rx: number, ry: number): string {
  const arc = (direction: number): string => `a${short(rx)} ${short(ry)} 0 1 0 ${short(2 * rx * direction)} 0`;
  return `M${short(cx - rx)} ${short(cy)}${arc(1)}${arc(-1)}z`;
}

function rectangle(a: Attributes): string {
  const [x, y, width, height] = [number(a['x']), number(a['y']), number(a['width']), number(a['height'])];
  const rx = Math.min(number(a['rx'] ?? a['ry']), width / 2);
  const ry = Math.min(number(a['ry'] ?? a['rx']), height / 2);
  if (rx === 0) return `M${short(x)} ${short(y)}h${short(width)}v${short(height)}h${short(-width)}z`;
  const corner = (dx: number, dy: number): string => `a${short(rx)} ${short(ry)} 0 0 1 ${short(dx)} ${short(dy)}`;
  return (
    `M${short(x + rx)} ${short(y)}h${short(width - 2 * rx)}${corner(rx, ry)}v${short(height - 2 * ry)}${corner(-rx, ry)}` +
    `h${short(2 * rx - width)}${corner(-rx, -ry)}v${short(2 * ry - height)}${corner(rx, -ry)}z`
  );
}

/** Makes a path's first move absolute, so that it can follow another one. Further pairs of `m` are relative lines. */
function absoluteStart(d: string): string {
  return d.replace(/^m\s*(-?[\d.]+)[\s,]*(-?\d*\.?\d+)[\s,]*(?=([-\d.])?)/, (_, x: string, y: string, next?: string) => `M${x} ${y}${next ? 'l' : ''}`);
}

const toPath: Readonly<Record<string, (attributes: Attributes) => string>> = {
  path: (a) => absoluteStart(String(a['d'] ?? '')),
  circle: (a) => ellipse(number(a['cx']), number(a['cy']), number(a['r']), number(a['r'])),
  ellipse: (a) => ellipse(number(a['cx']), number(a['cy']), number(a['rx']), number(a['ry'])),
  rect: rectangle,
  line: (a) => `M${a['x1'] ?? 0} ${a['y1'] ?? 0}L${a['x2'] ?? 0} ${a['y2'] ?? 0}`,
  polyline: (a) => `M${String(a['points'] ?? '').trim()}`,
  polygon: (a) => `M${String(a['points'] ?? '').trim()}z`,
};

/** Joins an icon's nodes into one shape. Throws on an element it does not know, so that an update cannot lose a line. */
export function shapeOf(name: string, nodes: readonly IconNode[]): Shape {
  let stroke = '';
  let fill = '';
  for (const [tag, attributes] of nodes) {
    const convert = toPath[tag];
    if (!convert) throw new Error(`icon ${name}: unexpected <${tag}>`);
    const path = convert(attributes);
    stroke += path;
    if (attributes['fill'] !== undefined && attributes['fill'] !== 'none') fill += path;
  }
  return fill ? [stroke, fill] : stroke;
}

/** The drawing elements of an icon file. Its markup is the package's own and regular: attributes in double quotes. */
function nodesOf(svg: string): IconNode[] {
  const body = svg.slice(svg.indexOf('>', svg.indexOf('<svg')) + 1);
  return [...body.matchAll(/<([a-z]+)\s([^>]*?)\/>/g)].map(([, tag = '', attributes = '']) => {
    const pairs = [...attributes.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value] as const);
    return [tag, Object.fromEntries(pairs)] as const;
  });
}

/** All icons by name, older names included (`icon-nodes.json` of the package leaves those out). */
export function lucideShapes(): ReadonlyMap<string, Shape> {
  const folder = join(dirname(resolvePackage.resolve('lucide-static/package.json')), 'icons');
  const files = readdirSync(folder).filter((file) => file.endsWith('.svg')).sort();
  return new Map(files.map((file) => {
    const name = file.slice(0, -'.svg'.length);
    return [name, shapeOf(name, nodesOf(readFileSync(join(folder, file), 'utf8')))];
  }));
}

/** The licence text of the package, which every distributed file keeps. */
export function lucideLicence(): string {
  const licence = readFileSync(resolvePackage.resolve('lucide-static/LICENSE'), 'utf8');
  return `/*! Icons: Lucide, https://lucide.dev\n${licence.replaceAll('*/', '* /').trim()}\n*/\n`;
}

/**
 * Vite plugin: `virtual:lucide-shards` exports one loader per shard; each shard is a lazy chunk that Vite names by its
 * hash and that loads from wherever the script itself came from.
 */
export function lucideShards(): Plugin {
  let shards: Record<string, Shape>[] | undefined;
  const load = (): Record<string, Shape>[] => {
    shards ??= [...lucideShapes()].reduce<Record<string, Shape>[]>((all, [name, shape]) => {
      const shard = all[shardOf(name)];
      if (shard) shard[name] = shape;
      return all;
    }, Array.from({ length: SHARD_COUNT }, () => ({})));
    return shards;
  };
  return {
    name: 'chatkit-lucide-shards',
    // Minifying drops comments: the notice travels as a file beside the chunks.
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'assets/lucide-LICENSE.txt', source: lucideLicence().replace(/^\/\*! |\*\/\n$/g, '') });
    },
    resolveId(id) {
      return id === MODULE || id.startsWith(SHARD) ? `\0${id}` : null;
    },
    load(id) {
      if (id === `\0${MODULE}`) {
        const loaders = Array.from({ length: SHARD_COUNT }, (_, index) => `() => import('${SHARD}${index}')`);
        return `export default [${loaders.join(',')}];`;
      }
      if (!id.startsWith(`\0${SHARD}`)) return null;
      const shard = load()[Number(id.slice(SHARD.length + 1))] ?? {};
      return `${lucideLicence()}export default ${JSON.stringify(shard)};`;
    },
  };
}
