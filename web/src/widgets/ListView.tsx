import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../icons';
import { plural } from '../locales';
import { asAction } from './actions';
import { flowStyles } from './box';
import { Spinner } from './Button';
import { schemeOf } from './layout';
import { childrenOf, Children } from './registry';
import { useAction, useRefused, useScope } from './scope';
import { Status } from './Status';
import type { WidgetNode } from './types';
import * as v from '../ui/values';

/** How many rows `limit: "auto"` shows; a list that is only one longer is shown whole. */
const AUTO_LIMIT = 5;

/** How many of `total` rows are shown at first. */
export function visibleRows(limit: unknown, total: number): number {
  const most = limit === 'auto' ? AUTO_LIMIT : (v.count(limit) ?? total);
  return limit === 'auto' && total === most + 1 ? total : Math.min(most, total);
}

export function ListView({ node }: { node: WidgetNode }): JSX.Element {
  const { host } = useScope();
  const [open, setOpen] = useState(false);
  const list = useRef<HTMLUListElement>(null);
  const items = childrenOf(node);
  const first = visibleRows(node['limit'], items.length);
  const hidden = open ? 0 : items.length - first;
  useLayoutEffect(() => {
    // The button that had focus is gone: focus goes on with the first row it brought.
    if (!open) return;
    const row = list.current?.children[first];
    if (row instanceof HTMLElement) (row.querySelector<HTMLElement>('button') ?? row).focus();
  }, [open]);
  return (
    <div class="w-list" data-scheme={schemeOf(node)}>
      <Status value={node['status']} />
      <ul class="w-list-items" ref={list}>
        <Children of={{ ...node, children: items.slice(0, items.length - hidden) }} />
      </ul>
      {hidden > 0 && (
        <button type="button" class="w-more" onClick={() => setOpen(true)}>
          {plural(host.locale, host.messages.widgets.showMore, hidden)}<Icon name="chevron-down" />
        </button>
      )}
    </div>
  );
}

export function ListViewItem({ node }: { node: WidgetNode }): JSX.Element {
  const scope = useScope();
  const { fire, busy } = useAction();
  const action = asAction(node['onClickAction']);
  const refused = useRefused(action);
  const content = useRef<HTMLDivElement>(null);
  const [label, setLabel] = useState('');
  useLayoutEffect(() => setLabel(nameOf(content.current)));
  const click = (): void => {
    if (action && !refused) void fire(action, 'item');
  };
  // The row's button lies under its content, so that buttons and links inside of the row stay their own.
  return (
    <li class={action ? 'w-item w-item-action' : 'w-item'} tabIndex={-1}>
      {action && (
        <button type="button" class="w-item-button" aria-label={label || scope.host.messages.widgets.open} aria-disabled={refused || busy || undefined}
          aria-busy={busy || undefined} onClick={click} />
      )}
      <div class="w-item-content" style={flowStyles(node)} ref={content}><Children of={node} /></div>
      {busy && <Spinner />}
    </li>
  );
}

/** A row's text without its own controls, as the name of its button. */
function nameOf(content: Element | null): string {
  const words: string[] = [];
  const walk = (node: Node): void => {
    if (node instanceof Text) words.push(node.data.trim());
    else if (node instanceof Element && !node.matches('button, a, input, select, textarea, [aria-hidden=true]')) {
      const image = node instanceof HTMLImageElement ? node.alt : '';
      if (image) words.push(image);
      node.childNodes.forEach(walk);
    }
  };
  if (content) walk(content);
  return words.filter(Boolean).join(', ').slice(0, 200);
}
