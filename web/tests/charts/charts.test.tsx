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

  it.each<[text: string, value: number | null]>([
    ['1,200', 1200], ['1,234,567', 1_234_567], ['12,34,567', 1_234_567], ['1,200.50', 1200.5], ['1.200,50', 1200.5], ['1.234.567', 1_234_567], ['1,5', 1.5], ['0,200', 0.2],
    ['1 200', 1200], ['1\u00a0200,5', 1200.5], ['1\u202f234\u202f567', 1_234_567], ["1'200", 1200], ['1’200.5', 1200.5], ['1_200', 1200], ['.5', 0.5], [' 7 ', 7],
    ['12%', 12], ['12 %', 12], ['12.5\u00a0%', 12.5], ['3‰', 3], ['-4%', -4], ['+5%', 5], ['$1,200', 1200], ['-$5', -5], ['$-5', -5], ['US$ 12', 12], ['€ 3,50', 3.5], ['1.200,50 €', 1200.5],
    ['EUR 12', 12], ['12 USD', 12], ['₹12,34,567', 1_234_567], ['(300)', -300], ['($1,200.50)', -1200.5], ['−5', -5], ['–5', -5], ['1e3', 1000], ['1.5E-2', 0.015], ['1.2k', 1200], ['3.4M', 3_400_000], ['$2B', 2e9],
    ['١٬٢٠٠', 1200], ['١٢٫٥٪', 12.5], ['۱۲۳', 123], ['१,२००', 1200], ['１２％', 12], ['\u200f12%', 12], ['١٢٣٤', 1234],
    ['', null], ['  ', null], ['–', null], ['-', null], ['N/A', null], ['null', null], ['1,2,3', null], ['1,23,4', null], ['1 2', null], ['2024-01-05', null], ['12:30', null], ['1–2', null], ['1/2', null],
    ['12 kg', null], ['900 MB', null], ['DAY 1', null], ['1.2.3', null], ['(5', null], ['0x10', null], ['Infinity', null], ['1e999', null], ['--5', null], ['<5', null], ['5'.repeat(80), null],
  ])('reads %j as people write numbers', (written, value) => {
    const model = readChart(chart([bar('y')], { data: [{ m: 'a', y: written }] }));
    expect(model.points[0]?.[0]?.value).toBe(value);
    expect(model.empty).toBe(value === null);
  });

  it('reads what could mean two things as its neighbours show', () => {
    const values = (...written: string[]): (number | null | undefined)[] => readChart(chart([bar('y')], { data: written.map((y) => ({ m: 'a', y })) })).points[0]?.map(({ value }) => value) ?? [];
    expect(values('1,200', '950')).toEqual([1200, 950]);
    expect(values('1,200', '0,5')).toEqual([1.2, 0.5]);
    expect(values('1.200', '950,5')).toEqual([1200, 950.5]);
    expect(values('1.200', '950.5')).toEqual([1.2, 950.5]);
    expect(values('1.5', '2,5', '1,200.50')).toEqual([1.5, 2.5, 1200.5]);
  });

  it('reads a long text that is no number in no time', () => {
    const before = performance.now();
    const texts = ['USD'.padEnd(100_000), '1,'.repeat(50_000), '1 '.repeat(50_000), '('.repeat(100_000)];
    expect(texts.map(numberOf)).toEqual([null, null, null, null]);
    expect(performance.now() - before).toBeLessThan(200);
  });

  it('stacks decimals without the dust of binary fractions', () => {
    const stacked = chart([bar('y', { stack: 's' }), bar('z', { stack: 's' })], { data: [{ m: 'a', y: 0.1, z: 0.2 }] });
    expect(readChart(stacked).domain).toEqual([0, 0.3]);
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

  it.each<[what: string, values: unknown[], type?: string]>([
    ['240 over 200', [120, 150, 170, 140, 190, 240]], ['just above a step', [201]], ['on a step', [200]], ['counts', [7, 3]], ['one', [1]], ['percent', ['97%', '3%']], ['fractions', [0.1, 0.73]],
    ['below zero', [-240, -20]], ['both sides', [-130, 240]], ['large', [1_234_567, 88]], ['far from zero', [1003, 1017], 'line'], ['all the same', [5, 5], 'line'], ['tiny', [0.000012]], ['zeros', [0, 0]],
  ])('has an axis that ends beyond its data: %s', (_, values, type = 'bar') => {
    const series = [{ type, dataKey: 'y', label: 'Y' }];
    for (const height of [80, 120, 200, 260, 400, 900]) {
      const model = readChart(chart(series, { data: values.map((y, at) => ({ m: String(at), y })), showYAxis: true }));
      const { yTicks, y } = layoutChart(model, { width: 400, height, rtl: false, formatNumber: String, formatExactly: String, measure: (label) => label.length * 6 });
      const ends = yTicks.map(({ at }) => at);
      expect(Math.min(...ends)).toBeLessThanOrEqual(y(model.domain[1]) + 0.01);
      expect(Math.max(...ends)).toBeGreaterThanOrEqual(y(model.domain[0]) - 0.01);
      expect(new Set(yTicks.map(({ label }) => label)).size).toBe(yTicks.length);
    }
  });

  it('labels the axis as all values are written', () => {
    const labels = (...written: unknown[]): string[] => geometry(chart([bar('y')], { data: written.map((y) => ({ m: 'a', y })), showYAxis: true })).yTicks.map((tick) => tick.label);
    expect(labels('12%', '30%').at(-1)).toBe('30%');
    expect(labels('$1,200', '-$300')).toEqual(expect.arrayContaining(['-$500', '$0']));
    expect(labels('12%', 30).at(-1)).toBe('30');
  });

  it('keeps long labels inside the chart and apart', () => {
    const data = ['International Business Machines Corporation', 'Minnesota Mining and Manufacturing Company', 'A'].map((m) => ({ m, y: 1 }));
    const { xTicks } = geometry(chart([bar('y')], { data }));
    expect(xTicks).toHaveLength(3);
    const edges = xTicks.map(({ at, label }) => [at - label.length * 3, at + label.length * 3] as const);
    expect(edges[0]?.[0]).toBeGreaterThanOrEqual(0);
    expect(edges.at(-1)?.[1]).toBeLessThanOrEqual(400);
    edges.slice(1).forEach(([start], at) => expect(start).toBeGreaterThan(edges[at]?.[1] ?? 0));
    expect(xTicks[0]?.label).toMatch(/^International.*…$/);
  });

  it('drops a label that touches the one that was moved in from the edge', () => {
    const data = Array.from({ length: 96 }, (_, at) => ({ m: `${String(Math.floor(at / 4)).padStart(2, '0')}:${String((at % 4) * 15).padStart(2, '0')}`, y: at }));
    for (const width of [240, 300, 340, 400, 520]) {
      const { xTicks } = layoutChart(readChart(chart([line('y')], { data, showYAxis: true })), { width, height: 200, rtl: false, formatNumber: String, formatExactly: String, measure: (label) => label.length * 7 });
      expect(xTicks.length).toBeGreaterThan(2);
      xTicks.slice(1).forEach(({ at, label }, index) => expect(at - label.length * 3.5).toBeGreaterThan((xTicks[index]?.at ?? 0) + (xTicks[index]?.label.length ?? 0) * 3.5));
    }
  });

  it('draws equal values from zero on', () => {
    expect(readChart(chart([line('y')], { data: [{ m: 'a', y: 3 }, { m: 'b', y: 3 }] })).domain).toEqual([0, 3]);
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

  it.each<[what: string, node: Record<string, unknown>]>([
    ['no series', chart([])], ['no rows', chart([bar('a')], { data: [] })], ['rows that are none', chart([bar('a')], { data: [1, null, 'x'] })], ['only gaps', chart([bar('a'), line('b')], { data: [{ m: 'a', a: null, b: 'n/a' }] })],
    ['fields that no row has', chart([bar('z')])], ['no data at all', { type: 'Chart' }],
  ])('says so when there is nothing to draw, and nothing more: %s', async (_, node) => {
    await show({ ...node, title: 'Orders', xAxisTitle: 'Month', yAxisTitle: 'Number' });
    expect(root.querySelector('figure')?.textContent).toBe('OrdersNo data');
    expect(root.querySelector('[role=img]')?.getAttribute('aria-label')).toBe('Orders: No data');
    expect(root.querySelector('[role=slider], .w-chart-legend, .w-chart-key, table, svg')).toBeNull();
  });

  it('is called by its title, and says what its axes are', shows('field:Chart.title', 'field:Chart.xAxisTitle', 'field:Chart.yAxisTitle'), async () => {
    await show(chart([bar('a'), line('b')], { title: 'Orders', xAxisTitle: 'Month', yAxisTitle: 'In thousands' }));
    expect(root.querySelector('figcaption')?.textContent).toBe('Orders');
    expect(root.querySelector('[role=slider]')?.getAttribute('aria-label')).toBe('Orders');
    expect(root.querySelector('caption')?.textContent).toBe('Orders');
    expect(Array.from(root.querySelectorAll('.w-chart-axis'), (each) => each.textContent)).toEqual(['In thousands', 'Month']);
    expect(Array.from(root.querySelectorAll('thead th'), (each) => each.textContent)).toEqual(['Month', 'A', 'B']);
  });

  it('is called by its series where it has no title', async () => {
    await show(chart([bar('a'), line('b')]));
    expect(root.querySelector('figcaption, .w-chart-axis')).toBeNull();
    expect(root.querySelector('[role=slider]')?.getAttribute('aria-label')).toBe('Chart of A, B');
  });

  it('shows values as they were written', async () => {
    await show(chart([bar('y')], { data: [{ m: 'a', y: '$1,200' }, { m: 'b', y: '1500' }, { m: 'c', y: 'n/a' }] }));
    expect(Array.from(root.querySelectorAll('tbody td'), (cell) => cell.textContent)).toEqual(['$1,200', '1,500', '–']);
  });
});
