/** `Chart`: the drawing code is fetched when the first chart is shown; its place is kept until then. */
import type { ComponentType, JSX } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ChartProps } from '../charts/Chart';
import { DataTable, exactNumbers, titleOf } from '../charts/DataTable';
import { readChart } from '../charts/model';
import { blockStyles, keepSize } from './box';
import { Spinner } from './Button';
import { useScope } from './scope';
import type { WidgetHost, WidgetNode } from './types';

type Drawing = ComponentType<ChartProps>;

let loaded: Drawing | undefined;

interface Loading {
  Chart: Drawing | undefined;
  /** the drawing code could not be fetched */
  failed: boolean;
  fetching: boolean;
  retry: () => void;
}

function useDrawing(host: WidgetHost): Loading {
  const [Chart, setChart] = useState(() => loaded);
  const [failed, setFailed] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const [fetching, setFetching] = useState(true);
  useEffect(() => {
    if (Chart) return;
    let wanted = true;
    setFetching(true);
    import('../charts/Chart').then(
      (module) => {
        loaded = module.Chart;
        if (wanted) setChart(() => module.Chart);
      },
      (error: unknown) => {
        host.log('widget.chart_failed', { message: String(error) });
        if (!wanted) return;
        setFailed(true);
        setFetching(false);
      },
    );
    return () => {
      wanted = false;
    };
  }, [Chart, attempt]);
  return { Chart, failed, fetching, retry: () => setAttempt(attempt + 1) };
}

export function ChartView({ node }: { node: WidgetNode }): JSX.Element {
  const { host } = useScope();
  const { Chart, failed, fetching, retry } = useDrawing(host);
  const frame = useRef<HTMLDivElement>(null);
  const retried = useRef(false);
  useLayoutEffect(() => {
    // The button that was pressed is gone: focus goes on with what it brought.
    if (Chart && retried.current) frame.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus({ preventScroll: true });
    retried.current = false;
  }, [Chart]);
  const again = (): void => {
    retried.current = true;
    if (!fetching) retry();
  };
  if (!Chart && failed) return <ChartText node={node} host={host} fetching={fetching} retry={again} />;
  const styles = keepSize(blockStyles(node));
  const sized = styles['height'] !== undefined || styles['aspect-ratio'] !== undefined || styles['flex'] !== undefined;
  return (
    <div class="w-chart-frame" style={styles} ref={frame}>
      {Chart ? <Chart node={node} messages={host.messages} locale={host.locale} sized={sized} /> : <div class="w-chart" role="status"><div class="w-chart-plot" /></div>}
    </div>
  );
}

interface ChartTextProps {
  node: WidgetNode;
  host: WidgetHost;
  fetching: boolean;
  retry: () => void;
}

/** What a chart says, where it cannot be drawn. */
function ChartText({ node, host, fetching, retry }: ChartTextProps): JSX.Element {
  const model = useMemo(() => readChart(node), [node]);
  return (
    <div class="w-chart-text">
      <div class="w-table" tabIndex={0} role="region" aria-label={titleOf(model, host.messages)}>
        {model.empty ? <p class="w-caption">{host.messages.widgets.noData}</p> : <DataTable model={model} format={exactNumbers(host.locale)} caption={titleOf(model, host.messages)} />}
      </div>
      <button type="button" class="w-button w-control w-size-sm w-outline w-hue-secondary" aria-busy={fetching || undefined} aria-disabled={fetching || undefined} onClick={retry}>
        {fetching && <Spinner />}
        <span class="w-button-label">{host.messages.history.retry}</span>
      </button>
    </div>
  );
}
