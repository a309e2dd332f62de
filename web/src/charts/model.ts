/** What a chart shows, read from a component's fields. Pure, and without the drawing code, which is a chunk of its own. */
import { isRecord } from '../core/validate';
import { color, count, oneOf, text } from '../ui/values';
import { decimalMark, writtenNumber, type WrittenNumber } from './numbers';

const CURVE_NAMES = new Set([
  'basis', 'basisClosed', 'basisOpen', 'bumpX', 'bumpY', 'bump', 'linear', 'linearClosed', 'natural', 'monotoneX', 'monotoneY', 'monotone', 'step', 'stepBefore',
  'stepAfter',
] as const);

export type CurveName = typeof CURVE_NAMES extends Set<infer Name> ? Name : never;

export type SeriesType = 'bar' | 'line' | 'area';

export interface Series {
  type: SeriesType;
  key: string;
  label: string;
  /** series of one type with the same stack are put on top of each other */
  stack: string | null;
  curve: CurveName;
  /** a CSS colour */
  color: string;
}

export interface Point {
  /** the value itself; null is a gap */
  value: number | null;
  /** where its shape begins and ends on the value axis, after stacking */
  from: number;
  to: number;
  /** as the server wrote it, where that says more than the number: `$1,200`, `12%` */
  written?: string;
}

/** What all values have around them, for the axis: `{ before: '$', after: '' }`. */
export interface Unit {
  before: string;
  after: string;
}

export interface ChartModel {
  title: string;
  xAxisTitle: string;
  yAxisTitle: string;
  categories: { key: string; label: string }[];
  series: Series[];
  /** points by series, then by category */
  points: Point[][];
  /** there is no value at all: nothing to draw, to point at or to explain */
  empty: boolean;
  unit: Unit;
  /** least and greatest value that must be visible; always includes 0 when there are bars or areas */
  domain: readonly [number, number];
  /** there are only whole numbers, so that nothing between them means anything */
  whole: boolean;
  showXAxis: boolean;
  showYAxis: boolean;
  showLegend: boolean;
  showTooltip: boolean;
  /** pixels between bars of one category, and between categories */
  barGap: number | null;
  barCategoryGap: number | null;
}

const TYPES = new Set(['bar', 'line', 'area'] as const);
const PALETTE = ['blue', 'purple', 'orange', 'green', 'pink', 'yellow', 'red'];

/** The largest number that can be drawn: sums and distances of such numbers are still numbers. */
const LARGEST = 1e300;

interface Value {
  value: number | null;
  text: WrittenNumber | null;
}

const GAP: Value = { value: null, text: null };

/** The values of a series by row; a text is read as its neighbours show that numbers are written here. */
function valuesOf(rows: readonly Record<string, unknown>[], key: string): Value[] {
  const cells = rows.map((row) => row[key]);
  const mark = decimalMark(cells.filter((cell) => typeof cell === 'string'));
  return cells.map((cell) => {
    const read = typeof cell === 'string' ? writtenNumber(cell, mark) : null;
    const value = read?.value ?? cell;
    return typeof value === 'number' && Math.abs(value) <= LARGEST ? { value, text: read } : GAP;
  });
}

/** A number, also one written as text; anything else is a gap. */
export function numberOf(value: unknown): number | null {
  return valuesOf([{ value }], 'value')[0]?.value ?? null;
}

/** Least and greatest of any number of values: as arguments of `Math.min` there may be too many. */
function extent(values: readonly number[]): readonly [number, number] {
  return values.reduce<readonly [number, number]>(([least, most], value) => [Math.min(least, value), Math.max(most, value)], [Infinity, -Infinity]);
}

function seriesOf(value: unknown): Series[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isRecord).flatMap((entry, index) => {
    const type = oneOf(entry['type'], TYPES);
    const key = text(entry['dataKey']);
    if (!type || !key) return [];
    return [{
      type,
      key,
      label: text(entry['label']) || key,
      stack: type === 'line' ? null : text(entry['stack']) || null,
      curve: oneOf(entry['curveType'], CURVE_NAMES) ?? 'natural',
      color: color(entry['color'], 'chart') ?? `var(--chatkit-chart-${PALETTE[index % PALETTE.length] ?? 'blue'})`,
    }];
  });
}

interface Axis {
  key: string;
  hide: boolean;
  labels: Record<string, unknown>;
}

function axisOf(value: unknown): Axis {
  if (!isRecord(value)) return { key: text(value), hide: false, labels: {} };
  return { key: text(value['dataKey']), hide: value['hide'] === true, labels: isRecord(value['labels']) ? value['labels'] : {} };
}

/** A sum without the dust of binary fractions: 0.1 and 0.2 are 0.3. */
function sum(one: number, other: number): number {
  return Number((one + other).toPrecision(15));
}

/** Stacks values of one category: positive ones grow upwards, negative ones downwards, each on its own pile. */
function stackPoints(series: readonly Series[], values: readonly (readonly Value[])[], rows: number): Point[][] {
  const points: Point[][] = series.map(() => []);
  for (let row = 0; row < rows; row += 1) {
    const piles = new Map<string, { up: number; down: number }>();
    series.forEach((one, index) => {
      const { value, text: read } = values[index]?.[row] ?? GAP;
      const id = one.stack === null ? null : `${one.type} ${one.stack}`;
      const pile = id === null ? { up: 0, down: 0 } : (piles.get(id) ?? { up: 0, down: 0 });
      if (id !== null) piles.set(id, pile);
      const side = (value ?? 0) < 0 ? 'down' : 'up';
      const from = pile[side];
      const to = sum(from, value ?? 0);
      pile[side] = to;
      points[index]?.push({ value, from, to, ...(read?.marked === true ? { written: read.text } : {}) });
    });
  }
  return points;
}

/** What every value is written with; nothing as soon as one differs. */
function unitOf(values: readonly (readonly Value[])[]): Unit {
  const units = values.flat().filter(({ value }) => value !== null).map(({ text: read }) => ({ before: read?.before ?? '', after: read?.after ?? '' }));
  const [first = { before: '', after: '' }] = units;
  return units.every(({ before, after }) => before === first.before && after === first.after) ? first : { before: '', after: '' };
}

function domainOf(series: readonly Series[], points: readonly Point[][]): readonly [number, number] {
  const values = points.flat().filter((point) => point.value !== null).flatMap((point) => [point.from, point.to]);
  if (values.length === 0) return [0, 1];
  const [least, most] = extent(values);
  // Lengths and areas only compare from zero; lines that never come near it may leave it out.
  const onlyLines = series.every((one) => one.type === 'line');
  const lines = points.flat().flatMap((point) => (point.value === null ? [] : [point.value]));
  const [floor, ceiling] = extent(lines);
  if (onlyLines && floor > 0 && ceiling > floor && floor > (ceiling - floor) * 2) return [floor, most];
  return least === most && most === 0 ? [0, 1] : [Math.min(0, least), Math.max(0, most)];
}

export function readChart(node: Record<string, unknown>): ChartModel {
  const axis = axisOf(node['xAxis']);
  const rows = Array.isArray(node['data']) ? node['data'].filter(isRecord) : [];
  const series = seriesOf(node['series']);
  const values = series.map(({ key }) => valuesOf(rows, key));
  const points = stackPoints(series, values, rows.length);
  const gap = (value: unknown): number | null => (value === 0 ? 0 : (count(value) ?? null));
  return {
    title: text(node['title']).trim(),
    xAxisTitle: text(node['xAxisTitle']).trim(),
    yAxisTitle: text(node['yAxisTitle']).trim(),
    categories: rows.map((row) => {
      const key = text(row[axis.key]);
      return { key, label: (Object.hasOwn(axis.labels, key) && text(axis.labels[key])) || key };
    }),
    series,
    points,
    empty: points.flat().every(({ value }) => value === null),
    unit: unitOf(values),
    domain: domainOf(series, points),
    whole: points.flat().every((point) => point.value === null || Number.isInteger(point.value)),
    showXAxis: !axis.hide,
    showYAxis: node['showYAxis'] === true,
    showLegend: node['showLegend'] !== false,
    showTooltip: node['showTooltip'] !== false,
    barGap: gap(node['barGap']),
    barCategoryGap: gap(node['barCategoryGap']),
  };
}
