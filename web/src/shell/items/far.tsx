/**
 * Messages far from the view, in few nodes: their words as they are read out, for find in page and assistive technology.
 * The real message takes its place when the view comes near, which is what makes a long thread cheap.
 */
import type { JSX } from 'preact';
import type { AssistantMessageItem, ThreadItem, UserMessageItem } from '../../core/protocol.generated';
import { unturned, type Messages } from '../../locales';
import { spoken } from '../../state/announcer';
import { plainText } from './user';

type Message = UserMessageItem | AssistantMessageItem;

/** What anybody said, in the item's own words: what `farMessage` can stand for. */
export function isMessage(item: ThreadItem): item is Message {
  return item.type === 'user_message' || item.type === 'assistant_message';
}

/** Not a component: there are hundreds, and each component keeps something of its own. */
export function farMessage(item: Message, { thread }: Messages): JSX.Element {
  if (item.type === 'user_message') {
    return (
      <article class="user" part="user-message">
        <h3 class="hidden">{thread.you}</h3>
        <div class="bubble" part="user-bubble" dir="auto">{unturned(plainText(item.content))}</div>
      </article>
    );
  }
  return (
    <article class="assistant" part="assistant-message">
      <h3 class="hidden">{thread.assistant}</h3>
      <div class="prose" dir="auto">{unturned(item.content.map((part) => spoken(part.text)).join(' '))}</div>
    </article>
  );
}

/** About how many pixels high a message will be in a column of usual width. */
export function guessedHeight(item: ThreadItem): number {
  if (!isMessage(item)) return 160;
  const text = item.content.reduce((length, part) => length + part.text.length, 0);
  return 60 + text / 3;
}
