/** A whole widget: the scope of its components, its busy state, and the focus that survives its updates. */
import type { JSX } from 'preact';
import { useId, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Entries } from './form';
import { isNode, WidgetPart } from './registry';
import { ScopeContext, type WidgetScope } from './scope';
import { adoptStyles } from './styles';
import type { WidgetProps } from './types';

export function WidgetView({ itemId, widget, host }: WidgetProps): JSX.Element {
  const root = useRef<HTMLDivElement>(null);
  const [running, setRunning] = useState(0);
  const idPrefix = `ck-w${useId()}`;
  const scope = useMemo<WidgetScope>(() => ({
    itemId,
    host,
    idPrefix,
    entries: new Entries(),
    labelExists: (id) => root.current?.querySelector(`[id="${CSS.escape(id)}"]`) != null,
    holdContainer() {
      setRunning((count) => count + 1);
      return () => setRunning((count) => count - 1);
    },
  }), [itemId, host, idPrefix]);
  const busy = running > 0;
  useKeptFocus(root, busy);
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

interface Focus {
  element: HTMLElement;
  id: string;
  selection: readonly [number, number] | null;
}

/** The focused element of the tree a node is in, document or shadow root. */
function activeIn(node: Node): Element | null {
  const tree = node.getRootNode();
  return 'activeElement' in tree ? (tree as Document | ShadowRoot).activeElement : null;
}

function focusWithin(root: Element | null): Focus | null {
  const element = root && activeIn(root);
  if (!(element instanceof HTMLElement) || !root?.contains(element)) return null;
  const text = element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement ? element : null;
  const selection = text?.selectionStart == null ? null : ([text.selectionStart, text.selectionEnd ?? text.selectionStart] as const);
  return { element, id: element.id, selection };
}

function restore(root: Element, focus: Focus): void {
  const target = focus.element.isConnected ? focus.element : root.querySelector<HTMLElement>(focus.id ? `[id="${CSS.escape(focus.id)}"]` : ':not(*)');
  target?.focus({ preventScroll: true });
  const isText = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
  if (isText && focus.selection && target.selectionStart !== null) target.setSelectionRange(...focus.selection);
}

/** Puts focus and caret back when an update replaced the node that had them, or when the widget was inert meanwhile. */
function useKeptFocus(root: { readonly current: HTMLDivElement | null }, busy: boolean): void {
  const seen = focusWithin(root.current);
  const beforeBusy = useRef<Focus | null>(null);
  useLayoutEffect(() => {
    const element = root.current;
    if (!element || !seen || seen.element.isConnected) return;
    if (focusWithin(element) === null) restore(element, seen);
  });
  useLayoutEffect(() => {
    const element = root.current;
    if (busy) {
      beforeBusy.current = seen;
      return;
    }
    const active = element && activeIn(element);
    const nothingFocused = !active || active === document.body;
    if (element && beforeBusy.current && nothingFocused) restore(element, beforeBusy.current);
    beforeBusy.current = null;
  }, [busy]);
}
