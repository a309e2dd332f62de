/** `Chart`: the drawing code is fetched when the first chart is shown; its place is kept until then. */
import type { ComponentType, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ChartProps } from '../charts/Chart';
import { blockStyles } from './box';
import { useScope } from './scope';
import type { WidgetNode } from './types';

let loaded: ComponentType<ChartProps> | undefined;

export function ChartView({ node }: { node: WidgetNode }): JSX.Element {
  const { host } = useScope();
  const [Chart, setChart] = useState(() => loaded);
  useEffect(() => {
    if (Chart) return;
    let wanted = true;
    import('../charts/Chart').then(
      (module) => {
        loaded = module.Chart;
        if (wanted) setChart(() => module.Chart);
      },
      (error: unknown) => host.log('widget.chart_failed', { message: String(error) }),
    );
    return () => {
      wanted = false;
    };
  }, [Chart]);
  const styles = blockStyles(node);
  const sized = styles['height'] !== undefined || styles['aspect-ratio'] !== undefined || styles['flex'] !== undefined;
  return (
    <div class="w-chart-frame" style={styles}>
      {Chart ? <Chart node={node} messages={host.messages} locale={host.locale} sized={sized} /> : <div class="w-chart" role="status"><div class="w-chart-plot" /></div>}
    </div>
  );
}
