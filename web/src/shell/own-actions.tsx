import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { useShell } from '../state/context';
import { prefix } from '../state/slots';

/** Whether the page has something to show beside the buttons of this message. Reads a signal. */
export function useOwnActions(itemId: string, answer: boolean): boolean {
  const { names, template } = useShell().slots.value;
  return names.has(`${prefix}-${itemId}`) || (answer && template !== null);
}

/** The page's own nodes for a message: those that name it, else what its template makes. */
export function OwnActions({ itemId, answer }: { itemId: string; answer: boolean }): JSX.Element {
  const shell = useShell();
  const { template } = shell.slots.value;
  const place = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    if (place.current !== null && template !== null && answer) place.current.replaceChildren(document.importNode(template.content, true));
    else place.current?.replaceChildren();
  }, [template, answer]);
  const click = (event: Event): void => {
    const name = event.target instanceof Element ? event.target.closest('[data-action]')?.getAttribute('data-action') : null;
    if (name != null) shell.messageAction(name, itemId);
  };
  return <slot name={`${prefix}-${itemId}`}><span ref={place} class="own-actions" onClick={click} /></slot>;
}
