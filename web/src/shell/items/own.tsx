/** Items that the page draws, and what the chat shows of all others. */
import type { ComponentType, JSX } from 'preact';
import { useLayoutEffect, useReducer } from 'preact/hooks';
import type { OwnAction, OwnRenderer, OwnRenderers } from '../../core/own-renderers';
import type { ThreadItem } from '../../core/protocol.generated';
import { useShell } from '../../state/context';
import { useWidgetHost } from '../../state/widget-host';
import { Drawn, partName } from '../../ui/drawn';

/** The page's renderer for an item: that of its tool, or of its type. */
function find(renderers: OwnRenderers, item: ThreadItem): OwnRenderer | undefined {
  return (item.type === 'tool_call' ? renderers.find('ToolCall', item.name) : undefined) ?? renderers.find('Item', item.type);
}

export function OwnOr({ item, BuiltIn }: { item: ThreadItem; BuiltIn: ComponentType<{ item: ThreadItem }> }): JSX.Element {
  const { renderers } = useShell();
  const [, update] = useReducer((count: number) => count + 1, 0);
  useLayoutEffect(() => renderers.onChange(() => update(undefined)), [renderers]);
  const own = find(renderers, item);
  return own === undefined ? <BuiltIn item={item} /> : <OwnItem item={item} render={own.render} otherwise={<BuiltIn item={item} />} />;
}

function OwnItem({ item, render, otherwise }: { item: ThreadItem; render: OwnRenderer['render']; otherwise: JSX.Element }): JSX.Element {
  const host = useWidgetHost(item.id);
  const runAction = async ({ payload, ...action }: OwnAction): Promise<boolean> => {
    // The host shows what went wrong.
    try {
      await host.runAction(action, payload);
      return true;
    } catch {
      return false;
    }
  };
  const tool = item.type === 'tool_call' ? ` custom-tool-${partName(item.name)}` : '';
  const around = { locale: host.locale, colorScheme: host.colorScheme, runAction, failed: (error: Error) => host.reportError(error) };
  return <Drawn name={`the item "${item.type}"`} part={`custom-item custom-item-${item.type}${tool}`} render={render} props={item} around={around} otherwise={otherwise} />;
}
