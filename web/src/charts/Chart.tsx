/** A chart in its own SVG, sized by its frame, with a tooltip for pointer and keyboard and its data as a table. */
import type { JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Messages } from '../locales';
import { DataTable, exactNumbers, titleOf, valueOf } from './DataTable';
import { layoutChart, type Geometry } from './geometry';
import { readChart, type ChartModel } from './model';

export interface ChartProps {
  node: Record<string, unknown>;
  messages: Messages;
  locale: string;
  /** the frame has its own height, so the plot follows it instead of a ratio */
  sized: boolean;
}

interface Size {
  width: number;
  height: number;
  rtl: boolean;
}

function useSize(): [ref: { readonly current: HTMLDivElement | null }, size: Size] {
  const ref = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<Size>({ width: 0, height: 0, rtl: false });
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = (): void => {
      const { clientWidth: width, clientHeight: height } = element;
      const rtl = getComputedStyle(element).direction === 'rtl';
      setSize((old) => (old.width === width && old.height === height && old.rtl === rtl ? old : { width, height, rtl }));
    };
    measure();
    if (typeof ResizeObserver !== 'function') return;
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, size];
}

/** Widths of labels, measured by the browser's own text engine. */
function useMeasure(): (label: string) => number {
  return useMemo(() => {
    const context = typeof OffscreenCanvas === 'function' ? new OffscreenCanvas(1, 1).getContext('2d') : null;
    if (context) context.font = '12px system-ui, sans-serif';
    return (label) => context?.measureText(label).width ?? label.length * 6.5;
  }, []);
}

export function Chart({ node, messages, locale, sized }: ChartProps): JSX.Element {
  const model = useMemo(() => readChart(node), [node]);
  const [frame, size] = useSize();
  const measure = useMeasure();
  const [active, setActive] = useState<number | null>(null);
  const numbers = useMemo(() => ({
    short: new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 2 }),
    full: exactNumbers(locale),
  }), [locale]);
  const geometry = useMemo(
    () => (size.width > 0 && size.height > 0 ? layoutChart(model, { ...size, measure, formatNumber: (value) => numbers.short.format(value), formatExactly: (value) => numbers.full.format(value) }) : null),
    [model, size, measure, numbers],
  );
  const title = titleOf(model, messages);
  const interactive = model.showTooltip && !model.empty;
  const shown = active !== null && active < model.categories.length ? active : null;

  const show = (event: PointerEvent & { currentTarget: HTMLElement }): void => {
    if (interactive && geometry) setActive(nearest(geometry, event));
  };

  return (
    <figure class={sized ? 'w-chart w-chart-sized' : 'w-chart'}>
      {model.title && <figcaption class="w-chart-title">{model.title}</figcaption>}
      {model.yAxisTitle && !model.empty && <p class="w-chart-axis">{model.yAxisTitle}</p>}
      <div class="w-chart-plot" ref={frame} role={interactive ? 'slider' : 'img'} aria-label={model.empty ? `${title}: ${messages.widgets.noData}` : title} tabIndex={interactive ? 0 : undefined}
        {...(interactive ? sliderState(model, shown ?? 0, numbers.full) : {})}
        onKeyDown={(event) => { if (interactive) onKey(event, shown, model.categories.length, size.rtl, setActive); }}
        onFocus={(event) => { if (interactive && event.currentTarget.matches(':focus-visible')) setActive(shown ?? 0); }} onBlur={() => setActive(null)}
        onPointerMove={(event) => show(event)} onPointerDown={(event) => show(event)}
        // A finger leaves whenever it is lifted: what it showed stays until another place is touched.
        onPointerLeave={(event) => { if (event.pointerType !== 'touch') setActive(null); }}>
        {model.empty ? <div class="w-chart-empty">{messages.widgets.noData}</div> : geometry && <Plot geometry={geometry} model={model} active={shown} />}
        {geometry && shown !== null && <Tooltip model={model} geometry={geometry} category={shown} format={numbers.full} />}
      </div>
      {!model.empty && <>
        {model.xAxisTitle && <p class="w-chart-axis w-chart-axis-x">{model.xAxisTitle}</p>}
        {model.showLegend && <Legend model={model} />}
        <div class="w-hidden"><DataTable model={model} format={numbers.full} caption={model.title || messages.widgets.chartData} /></div>
      </>}
    </figure>
  );
}

/** For assistive technology the plot is a slider over its categories, whose value is spoken as the tooltip shows it. */
function sliderState(model: ChartModel, category: number, numbers: Intl.NumberFormat): Record<string, string | number> {
  const values = model.series.map((series, index) => `${series.label} ${valueOf(model, index, category, numbers)}`);
  return {
    'aria-valuemin': 1, 'aria-valuemax': model.categories.length, 'aria-valuenow': category + 1,
    'aria-valuetext': [model.categories[category]?.label ?? '', ...values].join(', '),
  };
}

function onKey(event: KeyboardEvent, active: number | null, total: number, rtl: boolean, setActive: (index: number | null) => void): void {
  const at = active ?? 0;
  const forward = rtl ? -1 : 1;
  const targets: Readonly<Record<string, number | null>> = {
    ArrowRight: at + forward, ArrowLeft: at - forward, ArrowUp: at + 1, ArrowDown: at - 1, Home: 0, End: total - 1, Escape: null,
  };
  const target = targets[event.key];
  if (target === undefined) return;
  event.preventDefault();
  setActive(target === null ? null : Math.max(0, Math.min(total - 1, target)));
}

function nearest(geometry: Geometry, event: PointerEvent & { currentTarget: HTMLElement }): number | null {
  const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
  let best: number | null = null;
  geometry.centers.forEach((center, index) => {
    if (best === null || Math.abs(center - x) < Math.abs((geometry.centers[best] ?? 0) - x)) best = index;
  });
  return best;
}

function Plot({ geometry, model, active }: { geometry: Geometry; model: ChartModel; active: number | null }): JSX.Element {
  const { plot, width, height } = geometry;
  const hasBars = model.series.some((series) => series.type === 'bar');
  const center = active === null ? 0 : (geometry.centers[active] ?? 0);
  const top = Math.round(plot.top) + 0.5;
  const order = { area: 0, bar: 1, line: 2 };
  const shapes = [...geometry.shapes].sort((a, b) => order[a.series.type] - order[b.series.type]);
  return (
    <svg viewBox={`0 0 ${width} ${height}`} aria-hidden="true" focusable="false">
      {geometry.yTicks.map((tick) => (
        <g key={tick.at}>
          <line class="w-chart-grid" x1={plot.left} x2={plot.right} y1={Math.round(tick.at) + 0.5} y2={Math.round(tick.at) + 0.5} />
          {tick.label && <text class="w-chart-label" x={plot.left > 4 ? plot.left - 8 : plot.right + 8} y={tick.at} dy="0.35em" text-anchor={plot.left > 4 ? 'end' : 'start'} direction="ltr">{tick.label}</text>}
        </g>
      ))}
      {active !== null && hasBars && <rect class="w-chart-cursor" x={center - geometry.step / 2} width={geometry.step} y={plot.top} height={plot.bottom - plot.top} rx="6" />}
      {shapes.map(({ series, bars, line, area, dots }) => (
        <g key={`${series.type} ${series.key}`} style={{ '--w-series': series.color }}>
          {area && <path class="w-chart-area" d={area} />}
          {line && <path class="w-chart-line" d={line} />}
          {bars.map((bar) => <path key={bar.category} class="w-chart-bar" d={bar.d} />)}
          {dots.map((dot) => <circle key={dot.x} class="w-chart-dot" cx={dot.x} cy={dot.y} r="4" />)}
        </g>
      ))}
      <line class="w-chart-base" x1={plot.left} x2={plot.right} y1={Math.round(geometry.base) + 0.5} y2={Math.round(geometry.base) + 0.5} />
      {active !== null && !hasBars && <line class="w-chart-rule" x1={Math.round(center) + 0.5} x2={Math.round(center) + 0.5} y1={top} y2={plot.bottom} />}
      {active !== null && model.series.map((series, index) => {
        const point = model.points[index]?.[active];
        if (series.type === 'bar' || point?.value == null) return null;
        return <circle key={series.key} class="w-chart-dot" style={{ '--w-series': series.color }} cx={center} cy={geometry.y(point.to)} r="4.5" />;
      })}
      {geometry.xTicks.map((tick, index) => (
        <text key={index} class="w-chart-label w-chart-category" x={tick.at} y={height - 5} text-anchor="middle">{tick.label}</text>
      ))}
    </svg>
  );
}

interface TooltipProps {
  model: ChartModel;
  geometry: Geometry;
  category: number;
  format: Intl.NumberFormat;
}

function Tooltip({ model, geometry, category, format: numbers }: TooltipProps): JSX.Element {
  const ref = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const tip = ref.current;
    if (!tip) return;
    const center = geometry.centers[category] ?? 0;
    const hasBars = model.series.some(({ type }) => type === 'bar');
    // Beside all bars of the category, not on them; where there is no room on either side, on the wider one.
    const away = hasBars ? geometry.step / 2 + 8 : 14;
    const [before, after] = [center - away - tip.offsetWidth, center + away];
    const fitsAfter = after + tip.offsetWidth <= geometry.width;
    const beside = fitsAfter || (before < 0 && center < geometry.width / 2) ? after : before;
    tip.style.left = '0';
    tip.style.right = 'auto';
    tip.style.translate = `${Math.max(0, Math.min(beside, geometry.width - tip.offsetWidth))}px ${geometry.plot.top}px`;
  });
  return (
    <div class="w-chart-tip" ref={ref} aria-hidden="true">
      <p class="w-chart-tip-title">{model.categories[category]?.label}</p>
      {model.series.map((series, index) => (
        <p class="w-chart-tip-row" key={`${series.type} ${series.key}`} style={{ '--w-series': series.color }}>
          <Swatch type={series.type} /><span>{series.label}</span><span>{valueOf(model, index, category, numbers)}</span>
        </p>
      ))}
    </div>
  );
}

function Swatch({ type }: { type: string }): JSX.Element {
  return <span class={type === 'line' ? 'w-chart-swatch w-chart-swatch-line' : 'w-chart-swatch'} />;
}

function Legend({ model }: { model: ChartModel }): JSX.Element {
  return (
    <ul class="w-chart-legend" aria-hidden="true">
      {model.series.map((series) => (
        <li class="w-chart-key" key={`${series.type} ${series.key}`} style={{ '--w-series': series.color }}><Swatch type={series.type} />{series.label}</li>
      ))}
    </ul>
  );
}
