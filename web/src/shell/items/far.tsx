/**
 * Messages far from the view, in few nodes: their words as they are read out, for find in page and assistive technology.
 * The real message takes its place when the view comes near, which is what makes a thread of a thousand messages cheap.
 */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { AssistantMessageItem, ThreadItem, UserMessageItem } from '../../core/protocol.generated';
import { spoken } from '../announcer';
import { useMessages } from '../context';
import { plainText } from './user';

/** Whether the browser tells when it begins to lay out what `content-visibility: auto` had it skip. */
const told = 'ContentVisibilityAutoStateChangeEvent' in globalThis;

type Message = UserMessageItem | AssistantMessageItem;

/** What anybody said, in the item's own words: what `FarMessage` can stand for. */
export function isMessage(item: ThreadItem): item is Message {
  return item.type === 'user_message' || item.type === 'assistant_message';
}

/** The row's own node, and whether the view is or was near it; rows at the end always are. */
export function useNear(atEnd: boolean): { row: { current: HTMLDivElement | null }; near: boolean } {
  const row = useRef<HTMLDivElement>(null);
  const [reached, setReached] = useState(atEnd || !told);
  const near = reached || atEnd;
  useLayoutEffect(() => {
    const node = row.current;
    if (near) setReached(true);
    if (near || node === null) return undefined;
    const onChange = (event: Event): void => {
      if (!(event as ContentVisibilityAutoStateChangeEvent).skipped) setReached(true);
    };
    node.addEventListener('contentvisibilityautostatechange', onChange);
    return () => node.removeEventListener('contentvisibilityautostatechange', onChange);
  }, [near]);
  return { row, near };
}

export function FarMessage({ item }: { item: Message }): JSX.Element {
  const { thread } = useMessages();
  if (item.type === 'user_message') {
    return (
      <article class="user" part="user-message">
        <h3 class="hidden">{thread.you}</h3>
        <div class="bubble" part="user-bubble" dir="auto">{plainText(item.content)}</div>
      </article>
    );
  }
  return (
    <article class="assistant" part="assistant-message">
      <h3 class="hidden">{thread.assistant}</h3>
      <div class="prose" dir="auto">{item.content.map((part) => spoken(part.text)).join(' ')}</div>
    </article>
  );
}
