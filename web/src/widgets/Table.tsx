/** Table, Table.Row, Table.Cell. The table scrolls inside itself. */
import { createContext, type JSX } from 'preact';
import { useContext } from 'preact/hooks';
import { Children, childrenOf } from './registry';
import { useScope } from './scope';
import type { WidgetNode } from './types';
import * as v from '../ui/values';

interface Props {
  node: WidgetNode;
}

const ALIGN = new Set(['start', 'center', 'end'] as const);
const COLUMNS = new Set(['xs', 'sm', 'md', 'lg', 'xl'] as const);
const VERTICAL = { start: 'top', center: 'middle', end: 'bottom' } as const;
const HeaderContext = createContext(false);

export function Table({ node }: Props): JSX.Element {
  const { host } = useScope();
  return (
    <div class="w-table" role="group" tabIndex={0} aria-label={host.messages.widgets.table}>
      <table><tbody><Children of={node} /></tbody></table>
    </div>
  );
}

export function TableRow({ node }: Props): JSX.Element {
  const header = node['header'] === true;
  return <HeaderContext.Provider value={header}><tr class={header ? 'w-table-header' : ''}><Children of={node} /></tr></HeaderContext.Provider>;
}

export function TableCell({ node }: Props): JSX.Element {
  // An empty cell is no heading of anything.
  const header = useContext(HeaderContext) && childrenOf(node).length > 0;
  const styles: v.Styles = v.sides('padding', node['padding']);
  const width = v.size(node['width']);
  const align = v.oneOf(node['align'], ALIGN);
  const vertical = v.oneOf(node['vAlign'], ALIGN);
  const column = v.oneOf(node['colSize'], COLUMNS);
  if (width !== undefined) styles['width'] = width;
  if (typeof node['width'] === 'number') styles['min-width'] = width ?? '';
  if (align) styles['text-align'] = v.textAlign(align);
  if (vertical) styles['vertical-align'] = VERTICAL[vertical];
  const Cell = header ? 'th' : 'td';
  return (
    <Cell class={`w-cell${column ? ` w-column-${column}` : ''}${align ? ` w-align-${align}` : ''}`} style={styles} scope={header ? 'col' : undefined}
      colSpan={v.count(node['colSpan'])} rowSpan={v.count(node['rowSpan'])}>
      <Children of={node} />
    </Cell>
  );
}
