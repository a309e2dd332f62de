import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Chart } from '../../src/charts/Chart';
import { CURVES } from '../../src/charts/curves';
import { layoutChart, type Geometry } from '../../src/charts/geometry';
import { numberOf, readChart } from '../../src/charts/model';
import { en } from '../../src/locales';
import { shows } from '../support/shows';

const rows = [{ m: 'Jan', a: 10, b: 5 }, { m: 'Feb', a: null, b: 7 }, { m: 'Mar', a: 30, b: -4 }];
const chart = (series: unknown[], more: Record<string, unknown> = {}): Record<string, unknown> => ({ type: 'Chart', data: rows, xAxis: 'm', series, ...more });
const bar = (dataKey: string, more = {}): unknown => ({ type: 'bar', dataKey, label: dataKey.toUpperCase(), ...more });
const line = (dataKey: string, more = {}): unknown => ({ type: 'line', dataKey, label: dataKey.toUpperCase(), ...more });

function geometry(node: Record<string, unknown>, rtl = false): Geometry {
  return layoutChart(readChart(node), { width: 400, height: 200, rtl, formatNumber: String, formatExactly: String, measure: (label) => label.length * 6 });
}

describe('the model', () => {
  it('reads numbers, also as text, and takes anything else as a gap', () => {
    expect([numberOf(1), numberOf('2.5'), numberOf(''), numberOf('x'), numberOf(null), numberOf(NaN), numberOf(true)]).toEqual([1, 2.5, null, null, null, null, null]);
  });

  it('takes more values than a function takes arguments, and numbers too large to be drawn as gaps', () => {
    const many = Array.from({ length: 150_000 }, (_, at) => ({ m: String(at), y: at % 7 }));
    expect(readChart(chart([line('y')], { data: many })).domain).toEqual([0, 6]);
    const huge = chart([bar('y', { stack: 's' }), bar('z', { stack: 's' }), line('y')], { data: [{ m: 'a', y: 1e308, z: 1e308 }, { m: 'b', y: -1e308, z: 1e300 }] });
    expect(geometry(huge).shapes.flatMap(({ bars, line: path }) => [...bars.map(({ d }) => d), path]).join()).not.toMatch(/NaN|Infinity/);
  });

  it('stacks what grows up and what grows down separately', () => {
    const model = readChart(chart([bar('a', { stack: 's' }), bar('b', { stack: 's' }), bar('b')]));
    expect(model.points[1]).toEqual([{ value: 5, from: 10, to: 15 }, { value: 7, from: 0, to: 7 }, { value: -4, from: 0, to: -4 }]);
    expect(model.points[2]?.[0]).toEqual({ value: 5, from: 0, to: 5 });
    expect(model.domain).toEqual([-4, 30]);
  });

  it('always shows zero for bars, and lets high lines leave it out', () => {
    const high = [{ m: 'a', y: 1000 }, { m: 'b', y: 1010 }];
    expect(readChart(chart([bar('y')], { data: high })).domain).toEqual([0, 1010]);
    expect(readChart(chart([line('y')], { data: high })).domain).toEqual([1000, 1010]);
  });

  it('maps axis labels, and falls back where fields are not what they should be', () => {
    const model = readChart(chart([line('a', { curveType: 'spiral', color: 'url(x)' }), { type: 'pie', dataKey: 'a' }, null], { xAxis: { dataKey: 'm', hide: true, labels: { Jan: 'January' } }, showLegend: false }));
    expect(model.categories.map((category) => category.label)).toEqual(['January', 'Feb', 'Mar']);
    expect(model.series).toMatchObject([{ curve: 'natural', color: 'var(--chatkit-chart-blue)' }]);
    expect([model.showXAxis, model.showYAxis, model.showLegend, model.showTooltip]).toEqual([false, false, false, true]);
    expect(readChart({ data: 'x', series: 5 }).series).toEqual([]);
  });
});

describe('the geometry', () => {
  it('puts bars side by side, stacks in one place, and rounds only the end of a stack', () => {
    const { shapes } = geometry(chart([bar('a', { stack: 's' }), bar('b', { stack: 's' }), bar('b')]));
    const left = (index: number): number => Number(/^M([\d.]+)/.exec(shapes[index]?.bars[0]?.d ?? '')?.[1]);
    expect(left(0)).toBe(left(1));
    expect(left(2)).toBeGreaterThan(left(1));
    expect(shapes[0]?.bars[0]?.d).toContain('Q'.concat(String(left(0))));
  });

  it('interrupts lines at gaps and marks what is left alone', () => {
    const [shape] = geometry(chart([line('a', { curveType: 'linear' })])).shapes;
    expect(shape?.dots).toHaveLength(2);
    const [whole] = geometry(chart([line('b', { curveType: 'linear' })])).shapes;
    expect(whole?.line.match(/M/g)).toHaveLength(1);
    expect(whole?.dots).toEqual([]);
  });

  it.each(Object.keys(CURVES))('draws the curve %s', shows('own:Chart.series.curveType'), (curveType) => {
    const data = [1, 5, 2, 8, 3].map((y, index) => ({ m: String(index), y }));
    const { shapes } = geometry(chart([line('y', { curveType }), { type: 'area', dataKey: 'y', label: 'y', curveType }], { data }));
    expect(shapes[0]?.line).toMatch(/^M[\d.]+,[\d.]+/);
    expect(shapes[1]?.area).not.toContain('NaN');
    expect(Object.keys(CURVES)).toHaveLength(15);
  });

  it('mirrors in right-to-left text', () => {
    const node = chart([line('b')], { showYAxis: true });
    const [ltr, rtl] = [geometry(node), geometry(node, true)];
    expect((ltr.centers[0] ?? 0) < (ltr.centers[1] ?? 0)).toBe(true);
    expect((rtl.centers[0] ?? 0) > (rtl.centers[1] ?? 0)).toBe(true);
    expect([ltr.plot.left, rtl.plot.right]).toEqual([400 - rtl.plot.right, 400 - ltr.plot.left]);
  });

  it('drops labels that would touch', () => {
    const data = Array.from({ length: 40 }, (_, index) => ({ m: `Category ${index}`, y: index }));
    expect(geometry(chart([line('y')], { data })).xTicks.length).toBeLessThan(8);
  });

  it('counts in whole numbers, and measures in fractions', () => {
    const labels = (...values: number[]): string[] => geometry(chart([bar('y')], { data: values.map((y) => ({ m: 'a', y })), showYAxis: true })).yTicks.map((tick) => tick.label);
    expect(labels(1, 0)).toEqual(['0', '1']);
    expect(labels(2)).toEqual(['0', '1', '2']);
    expect(labels(3, 1)).toEqual(['0', '1', '2', '3']);
    expect(labels(-1, 1)).toEqual(['-1', '0', '1']);
    expect(labels(1, 0.5)).toContain('0.2');
  });

  it('has no label twice', () => {
    const data = [{ m: 'a', y: 10_010 }, { m: 'b', y: 10_000 }];
    const short = (value: number): string => `${Math.round(value / 1000)}K`;
    const { yTicks } = layoutChart(readChart(chart([line('y')], { data, showYAxis: true })), { width: 400, height: 200, rtl: false, formatNumber: short, formatExactly: String, measure: () => 20 });
    expect(yTicks.map((tick) => tick.label)).toContain('10002');
    expect(new Set(yTicks.map((tick) => tick.label)).size).toBe(yTicks.length);
  });

  it('survives no data, one point, zeros and huge numbers', () => {
    for (const data of [[], [{ m: 'a', y: 5 }], [{ m: 'a', y: 0 }], [{ m: 'a', y: 1e300 }, { m: 'b', y: -1e300 }], [{ m: 'a' }]]) {
      // JSON has no NaN and no Infinity: both would be null.
      expect(JSON.stringify(geometry(chart([bar('y'), line('y')], { data }))).replaceAll('"stack":null', '')).not.toMatch(/NaN|null/);
    }
  });
});

describe('the chart', () => {
  const root = document.createElement('div');
  beforeEach(() => {
    document.body.append(root);
    vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(400);
    vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(200);
  });
  afterEach(() => {
    render(null, root);
    vi.restoreAllMocks();
  });
  const show = (node: Record<string, unknown>): Promise<void> => act(() => render(<Chart node={node} messages={en} locale="en" sized={false} />, root));

  it('has its data as a table', async () => {
    await show(chart([bar('a'), line('b')]));
    const cells = Array.from(root.querySelectorAll('tbody tr'), (row) => Array.from(row.children, (cell) => cell.textContent));
    expect(cells).toEqual([['Jan', '10', '5'], ['Feb', '–', '7'], ['Mar', '30', '-4']]);
    expect(root.querySelector('svg')?.getAttribute('aria-hidden')).toBe('true');
  });

  it('tells its values by keyboard', async () => {
    await show(chart([bar('a'), line('b')]));
    const plot = root.querySelector<HTMLElement>('[role=slider]');
    const press = (key: string): Promise<void> => act(() => void plot?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })));
    await press('End');
    expect(plot?.getAttribute('aria-valuetext')).toBe('Mar, A 30, B -4');
    expect(root.querySelector('.w-chart-tip-title')?.textContent).toBe('Mar');
    await press('ArrowLeft');
    expect(plot?.getAttribute('aria-valuetext')).toBe('Feb, A –, B 7');
    await press('Escape');
    expect(root.querySelector('.w-chart-tip')).toBeNull();
  });

  it('says so when there is nothing to draw', async () => {
    await show(chart([]));
    expect(root.querySelector('.w-chart-empty')?.textContent).toBe('No data');
    expect(root.querySelector('[role=slider]')).toBeNull();
  });
});
