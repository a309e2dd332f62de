/** From a chart's model and size to positions and paths. Pure; y grows downwards, as in SVG. */
import { scaleBand, scaleLinear } from 'd3-scale';
import { area, line } from 'd3-shape';
import { CURVES } from './curves';
import type { ChartModel, Point, Series, Unit } from './model';

export interface Bar {
  category: number;
  d: string;
}

export interface Shape {
  series: Series;
  bars: Bar[];
  line: string;
  area: string;
  /** points that no line reaches: single values between gaps */
  dots: { x: number; y: number }[];
}

export interface Tick {
  at: number;
  label: string;
}

export interface Geometry {
  width: number;
  height: number;
  plot: { left: number; right: number; top: number; bottom: number };
  shapes: Shape[];
  xTicks: Tick[];
  yTicks: Tick[];
  /** y of zero, or of the bottom when zero is not shown */
  base: number;
  /** centre and width of a category's band */
  centers: number[];
  step: number;
  /** y of a value */
  y: (value: number) => number;
}

const LABEL_HEIGHT = 24;
const LABEL_GAP = 12;
const MAX_BAR = 64;
const BAR_RADIUS = 4;

export interface Layout {
  width: number;
  height: number;
  rtl: boolean;
  /** short, for round numbers, and exact */
  formatNumber: (value: number) => string;
  formatExactly: (value: number) => string;
  /** width of a label in pixels */
  measure: (label: string) => number;
}

/** A bar whose far end from zero is rounded, when it is the end of its stack. */
function barPath(x: number, width: number, from: number, to: number, rounded: boolean): string {
  const r = rounded ? Math.min(BAR_RADIUS, width / 2, Math.abs(to - from)) : 0;
  const inward = to < from ? r : -r;
  const right = x + width;
  return `M${x} ${from}V${to + inward}Q${x} ${to} ${x + r} ${to}H${right - r}Q${right} ${to} ${right} ${to + inward}V${from}Z`;
}

/** Bars side by side: one place for each stack and for each series without one. */
function barSlots(series: readonly Series[]): Map<number, number> {
  const slots = new Map<number, number>();
  const stacks = new Map<string, number>();
  let next = 0;
  series.forEach((one, index) => {
    if (one.type !== 'bar') return;
    const known = one.stack === null ? undefined : stacks.get(one.stack);
    const slot = known ?? next++;
    if (one.stack !== null) stacks.set(one.stack, slot);
    slots.set(index, slot);
  });
  return slots;
}

/** Whether no later series of the same stack goes further in this category. */
function endsStack(model: ChartModel, index: number, category: number): boolean {
  const one = model.series[index];
  const value = model.points[index]?.[category]?.value ?? 0;
  if (!one?.stack) return true;
  return !model.series.some((other, later) => {
    if (later <= index || other.type !== one.type || other.stack !== one.stack) return false;
    const further = model.points[later]?.[category]?.value ?? 0;
    return further !== 0 && further < 0 === value < 0;
  });
}

function lonely(points: readonly Point[], index: number): boolean {
  return points[index]?.value !== null && (points[index - 1]?.value ?? null) === null && (points[index + 1]?.value ?? null) === null;
}

export function layoutChart(model: ChartModel, layout: Layout): Geometry {
  const { width, height, rtl } = layout;
  const hasXLabels = model.showXAxis && model.categories.length > 0;
  const plotHeight = { top: 8, bottom: height - (hasXLabels ? LABEL_HEIGHT : 4) };
  // As many steps as there is room for; the axis begins and ends with one, so that no value stands beyond its last.
  const steps = Math.max(2, Math.min(5, Math.floor(height / 48)));
  const y = scaleLinear().domain([...model.domain]).nice(steps).range([plotHeight.bottom, plotHeight.top]);
  const values = model.empty ? [] : ticksOf(y, steps, model.whole);
  const labels = labelsOf(values, model.unit, layout);
  const axisWidth = model.showYAxis ? Math.ceil(Math.max(...labels.map(layout.measure), 0)) + LABEL_GAP : 2;
  const plot = { left: rtl ? 2 : axisWidth, right: rtl ? width - axisWidth : width - 2, ...plotHeight };

  const band = bandsOf(model, plot, rtl);
  const centers = model.categories.map((_, index) => (band(index) ?? 0) + band.bandwidth() / 2);
  const [least = 0, most = 0] = y.domain();
  const base = y(Math.max(least, Math.min(0, most)));
  const slots = barSlots(model.series);
  const shapes = model.series.map((series, index) => {
    const points = model.points[index] ?? [];
    if (series.type === 'bar') return { series, bars: barsOf(model, index, band, slots, y, rtl), line: '', area: '', dots: [] };
    return { series, bars: [], ...linesOf(series, points, centers, y) };
  });
  return {
    width, height, plot, shapes, base, centers, step: band.step(), y,
    xTicks: hasXLabels ? fitted(model.categories.map(({ label }, index) => ({ at: centers[index] ?? 0, label })), band.step(), layout) : [],
    yTicks: values.map((value, index) => ({ at: y(value), label: model.showYAxis ? (labels[index] ?? '') : '' })),
  };
}

/** Values of the grid lines. Of counts only those that can be counted: steps below one always meet the whole numbers. */
function ticksOf(y: { ticks(count: number): number[] }, steps: number, whole: boolean): number[] {
  const values = y.ticks(steps);
  return whole ? values.filter(Number.isInteger) : values;
}

/** Short labels, unless they are too short to tell the values apart; with what all values are written with. */
function labelsOf(values: readonly number[], unit: Unit, layout: Layout): string[] {
  const short = values.map(layout.formatNumber);
  return (new Set(short).size === values.length ? short : values.map(layout.formatExactly)).map((label) => withUnit(label, unit));
}

/** The sign stands before a currency. */
function withUnit(label: string, { before, after }: Unit): string {
  const [, sign = '', size = ''] = /^([-\u2212\u200e\u061c]*)(.*)$/u.exec(label) ?? [];
  return `${sign}${before}${size}${after}`;
}

function bandsOf(model: ChartModel, plot: { left: number; right: number }, rtl: boolean): ReturnType<typeof scaleBand<number>> {
  const band = scaleBand<number>().domain(model.categories.map((_, index) => index)).range(rtl ? [plot.right, plot.left] : [plot.left, plot.right]);
  if (!model.series.some((one) => one.type === 'bar')) return band;
  if (model.barCategoryGap === null) return band.paddingInner(0.3).paddingOuter(0.15);
  const share = (model.barCategoryGap * model.categories.length) / Math.max(1, plot.right - plot.left);
  return band.padding(Math.min(0.9, share));
}

function barsOf(model: ChartModel, index: number, band: ReturnType<typeof scaleBand<number>>, slots: ReadonlyMap<number, number>, y: (value: number) => number, rtl: boolean): Bar[] {
  const total = new Set(slots.values()).size;
  const slot = slots.get(index) ?? 0;
  const gap = total > 1 ? Math.min(model.barGap ?? 4, band.bandwidth() / total / 2) : 0;
  const width = Math.max(1, Math.min(MAX_BAR, (band.bandwidth() - gap * (total - 1)) / total));
  const block = width * total + gap * (total - 1);
  return (model.points[index] ?? []).flatMap((point, category) => {
    if (point.value === null || point.value === 0) return [];
    const start = (band(category) ?? 0) + (band.bandwidth() - block) / 2;
    const place = rtl ? total - 1 - slot : slot;
    return [{ category, d: barPath(start + place * (width + gap), width, y(point.from), y(point.to), endsStack(model, index, category)) }];
  });
}

function linesOf(series: Series, points: readonly Point[], centers: readonly number[], y: (value: number) => number): Pick<Shape, 'line' | 'area' | 'dots'> {
  const curve = CURVES[series.curve];
  const x = (_: Point, index: number): number => centers[index] ?? 0;
  const isThere = (point: Point): boolean => point.value !== null;
  const stroke = line<Point>().defined(isThere).x(x).y((point) => y(point.to)).curve(curve);
  const fill = area<Point>().defined(isThere).x(x).y0((point) => y(point.from)).y1((point) => y(point.to)).curve(curve);
  const all = [...points];
  return {
    line: stroke(all) ?? '',
    area: series.type === 'area' ? (fill(all) ?? '') : '',
    dots: points.flatMap((point, index) => (lonely(points, index) ? [{ x: centers[index] ?? 0, y: y(point.to) }] : [])),
  };
}

/** Each category keeps its label where this much of it fits, in pixels; else some do without, and the others have more room. */
const LEAST_LABEL = 44;
const THINNED_LABEL = 96;

/** What turns the direction of text round. */
const turns = /[\u202a-\u202e\u2066-\u2069]/g;

/** The label, or as much of it as has room: without what turns the direction round, whose end might be cut off. */
function shortened(label: string, room: number, measure: (label: string) => number): string {
  if (measure(label) <= room) return label;
  const signs = Array.from(label.replace(turns, ''));
  let kept = Math.max(1, Math.floor((signs.length * room) / measure(label)));
  const cut = (): string => `${signs.slice(0, kept).join('').trimEnd()}…`;
  while (kept > 1 && measure(cut()) > room) kept -= 1;
  return cut();
}

/** Labels that neither touch nor leave the chart: cut where they are long, and every second one, every third … */
function fitted(ticks: readonly Tick[], step: number, { width, measure }: Layout): Tick[] {
  const room = Math.min(step - LABEL_GAP >= LEAST_LABEL ? step - LABEL_GAP : THINNED_LABEL, width);
  const short = ticks.map(({ at, label }) => ({ at, label: shortened(label, room, measure) }));
  const widest = short.reduce((most, tick) => Math.max(most, measure(tick.label)), 0);
  const every = Math.max(1, Math.ceil((widest + LABEL_GAP) / Math.max(1, step)));
  const placed = short.filter((_, index) => index % every === 0).map(({ at, label }) => {
    const half = measure(label) / 2;
    return { label, half, at: Math.max(half, Math.min(width - half, at)) };
  });
  // What was moved in from the edge may touch its neighbour now.
  const touches = placed.map(({ at, half }, index) => {
    const before = placed[index - 1];
    return before !== undefined && Math.abs(at - before.at) < half + before.half + LABEL_GAP / 2;
  });
  return placed.filter((_, index) => !touches[index]).map(({ at, label }) => ({ at, label }));
}
