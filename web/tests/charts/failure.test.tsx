/** A chart whose drawing code cannot be fetched. */
import { afterEach, expect, it, vi } from 'vitest';
import { bench } from '../widgets/support';

const network = vi.hoisted(() => ({ down: true }));
vi.mock('../../src/charts/Chart', () => {
  if (network.down) throw new Error('offline');
  return { Chart: () => <div role="slider" tabIndex={0}>drawn</div> };
});

afterEach(() => document.body.replaceChildren());

it('shows its data as a table, and is drawn when it was asked for again', async () => {
  const b = await bench({
    type: 'Card',
    children: [{ type: 'Chart', data: [{ day: 'Mon', done: 2 }, { day: 'Tue', done: null }], xAxis: 'day', series: [{ type: 'bar', dataKey: 'done', label: 'Done' }] }],
  });
  await vi.waitFor(() => b.button('Try again'));
  expect(b.root.querySelector('.w-hidden, .w-chart-plot')).toBeNull();
  expect(b.find('caption').textContent).toBe('Chart of Done');
  expect(Array.from(b.root.querySelectorAll('tbody tr'), (row) => row.textContent)).toEqual(['Mon2', 'Tue–']);
  expect(b.logs[0]?.[0]).toBe('widget.chart_failed');

  b.button('Try again').focus();
  await b.click(b.button('Try again'));
  await vi.waitFor(() => expect(b.logs).toHaveLength(2));
  expect(document.activeElement).toBe(b.button('Try again'));

  network.down = false;
  await b.click(b.button('Try again'));
  await vi.waitFor(() => expect(b.find('[role=slider]').textContent).toBe('drawn'));
  expect(document.activeElement).toBe(b.find('[role=slider]'));
  expect(b.root.querySelector('table')).toBeNull();
});
