/** A whole widget: the scope of its components, and its busy state. */
import type { JSX } from 'preact';
import { useId, useLayoutEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import { useKeptFocus } from './focus';
import { Entries } from './form';
import { isNode, WidgetPart } from './registry';
import { ScopeContext, type WidgetScope } from './scope';
import { adoptStyles } from './styles';
import type { WidgetProps, WidgetRoot } from './types';

export function WidgetView({ itemId, widget, host }: WidgetProps): JSX.Element {
  const root = useRef<HTMLDivElement>(null);
  const [running, setRunning] = useState(0);
  const idPrefix = `ck-w${useId()}`;
  const entries = useMemo(() => host.remembered?.('entries', () => new Entries()) ?? new Entries(), [itemId]);
  const updates = useUpdates(widget);
  const scope = useMemo<WidgetScope>(() => ({
    itemId,
    host,
    idPrefix,
    entries,
    ...updates,
    labelExists: (id) => root.current?.querySelector(`[id="${CSS.escape(id)}"]`) != null,
    holdContainer() {
      setRunning((count) => count + 1);
      return () => setRunning((count) => count - 1);
    },
  }), [itemId, host, idPrefix, entries, updates]);
  const busy = running > 0;
  useKeptFocus(root, busy);
  useLayoutEffect(updates.committed);
  useLayoutEffect(() => adoptStyles(root.current?.getRootNode()), []);
  const node: unknown = widget;
  return (
    <ScopeContext.Provider value={scope}>
      <div class={busy ? 'w-root w-busy' : 'w-root'} part="widget" inert={busy} aria-busy={busy || undefined} ref={root}>
        {isNode(node) && <WidgetPart node={node} />}
      </div>
    </ScopeContext.Provider>
  );
}

interface Updates extends Pick<WidgetScope, 'shown' | 'whenShown'> {
  /** to be called after each render */
  committed: () => void;
}

/** Tells what is on the page, and when it is there: a render asked for now comes after all that wait already. */
function useUpdates(widget: WidgetRoot): Updates {
  const latest = useRef(widget);
  latest.current = widget;
  const [, render] = useReducer((count: number) => count + 1, 0);
  return useMemo(() => {
    let waiting: (() => void)[] = [];
    return {
      shown: () => latest.current,
      whenShown(callback) {
        waiting.push(callback);
        render(undefined);
      },
      committed() {
        const callbacks = waiting;
        waiting = [];
        for (const callback of callbacks) callback();
      },
    };
  }, []);
}
