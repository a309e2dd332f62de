/** A chart's data as text: for whoever does not see the plot, and for everybody while the plot cannot be drawn. */
import type { JSX } from 'preact';
import { format, type Messages } from '../locales';
import type { ChartModel } from './model';

export function exactNumbers(locale: string): Intl.NumberFormat {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 6 });
}

/** What a chart is called: its title, else what it shows. */
export function titleOf(model: ChartModel, messages: Messages): string {
  if (model.title) return model.title;
  const names = model.series.map((series) => series.label).join(', ');
  return names ? format(messages.widgets.chartOf, { series: names }) : messages.widgets.chart;
}

export function valueOf(model: ChartModel, series: number, category: number, numbers: Intl.NumberFormat): string {
  const point = model.points[series]?.[category];
  if (point === undefined || point.value === null) return '–';
  return point.written ?? numbers.format(point.value);
}

export function DataTable({ model, format: numbers, caption }: { model: ChartModel; format: Intl.NumberFormat; caption: string }): JSX.Element {
  return (
    <table>
      <caption>{caption}</caption>
      <thead>
        <tr class="w-table-header">{model.xAxisTitle ? <th class="w-cell" scope="col">{model.xAxisTitle}</th> : <td class="w-cell" />}{model.series.map((series) => <th class="w-cell" key={`${series.type} ${series.key}`} scope="col">{series.label}</th>)}</tr>
      </thead>
      <tbody>
        {model.categories.map((category, row) => (
          <tr key={row}>
            <th class="w-cell" scope="row">{category.label}</th>
            {model.series.map((series, index) => <td class="w-cell" key={`${series.type} ${series.key}`}>{valueOf(model, index, row, numbers)}</td>)}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
