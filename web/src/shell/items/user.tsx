import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Attachment, UserMessageContent, UserMessageItem } from '../../core/protocol.generated';
import { Icon } from '../../icons';
import { format } from '../../locales';
import { IconButton } from '../../ui/button';
import { CopyButton } from '../copy-button';
import { useMessages, useShell } from '../../state/context';
import { isLive, standsFor } from '../../state/entities';
import { Lazy, useLazy } from '../../state/lazy';
import { OwnActions, useOwnActions } from '../own-actions';

const editors = new Lazy(() => import('./edit'));
const longs = new Lazy(() => import('./long'));
/** Texts up to these, in UTF-16 units and lines, are shown whole. */
const SHORT = 1200;
const LINES = 15;

/** What the user said, as typed: not Markdown. */
export function UserMessage({ item, sending = false }: { item: UserMessageItem; sending?: boolean }): JSX.Element {
  const { thread, message } = useMessages();
  const { editing, edited, start, stop } = useEditing();
  const editor = useLazy(editors, editing);
  const own = useOwnActions(item.id, false);
  return (
    <article ref={edited} class="user" part="user-message" aria-busy={sending}>
      <h3 class="hidden">{thread.you}</h3>
      {item.quoted_text && (
        <blockquote class="quoted" part="quoted-text">
          <Icon name="reply" size={14} label={thread.quoted} />
          <span dir="auto">{item.quoted_text}</span>
        </blockquote>
      )}
      {(item.attachments ?? []).length > 0 && <Attachments attachments={item.attachments ?? []} />}
      {editor !== null ? <editor.MessageEditor item={item} onEnd={stop} /> : item.content.length > 0 && (
        <Bubble content={item.content} />
      )}
      <div class="row-actions row-actions-user" part="message-actions">
        {sending && <span class="hidden" role="status">{message.sending}</span>}
        {!sending && !editing && <><CopyButton text={() => plainText(item.content)} /><EditButton onClick={start} /></>}
        {own && <OwnActions itemId={item.id} answer={false} />}
      </div>
    </article>
  );
}

/** The text; a long one is cut to its beginning. */
function Bubble({ content }: { content: readonly UserMessageContent[] }): JSX.Element {
  const perhaps = content.some((part) => part.text.length > SHORT || part.text.split('\n', LINES).length === LINES);
  const long = useLazy(longs, perhaps);
  const part = (each: UserMessageContent, at: number): JSX.Element => <Part key={at} part={each} />;
  return (
    <div class="bubble" part="user-bubble" dir="auto">
      {!perhaps || longs.missing.value ? content.map(part) : long !== null && <long.LongText content={content} part={part} />}
    </div>
  );
}

/** Whether the message is being edited. When that ends without a word, the button that began it gets the focus back. */
function useEditing(): { editing: boolean; edited: { current: HTMLElement | null }; start: () => void; stop: (sent: boolean) => void } {
  const [editing, setEditing] = useState(false);
  const edited = useRef<HTMLElement>(null);
  const left = useRef(false);
  useEffect(() => {
    if (!editing && left.current) edited.current?.querySelector<HTMLElement>('[part=edit-button]')?.focus();
    left.current = false;
  }, [editing]);
  const stop = (sent: boolean): void => {
    left.current = !sent;
    setEditing(false);
  };
  return { editing, edited, start: () => setEditing(true), stop };
}

/** There where the server takes edited messages. */
function EditButton({ onClick }: { onClick: () => void }): JSX.Element | null {
  const { store } = useShell();
  const { composer: messages } = useMessages();
  if (!store.editable.value || (store.thread.value?.status?.type ?? 'active') !== 'active') return null;
  return <IconButton size="sm" icon="write" label={messages.edit} onClick={onClick} part="edit-button" disabled={store.phase.value !== 'idle'} />;
}

function Part({ part }: { part: UserMessageContent }): JSX.Element {
  const shell = useShell();
  if (part.type === 'input_text') return <span>{part.text}</span>;
  if (!isLive(part, shell)) return <span class="tag" part="tag">{part.text}</span>;
  const entity = {
    id: part.id,
    title: part.text,
    interactive: true,
    ...(part.group == null ? {} : { group: part.group }),
    data: part.data as Record<string, string>,
  };
  return <button type="button" class="tag" part="tag" ref={(node) => standsFor(node, entity)} onClick={() => shell.options.peek()?.entities.onClick?.(entity)}>{part.text}</button>;
}

export function plainText(content: readonly UserMessageContent[]): string {
  return content.map((part) => (part.type === 'input_tag' ? `@${part.text}` : part.text)).join('');
}

export function Attachments({ attachments }: { attachments: readonly Attachment[] }): JSX.Element {
  const shell = useShell();
  const { message } = useMessages();
  return (
    <ul class="attachments" part="attachments">
      {attachments.map((attachment) => (
        <li key={attachment.id} class="attachment" aria-label={format(message.attachment, { name: attachment.name })}>
          {attachment.type === 'image' && shell.allowImage(attachment.preview_url)
            ? <img src={attachment.preview_url} alt={attachment.name} loading="lazy" />
            : <span class="attachment-file"><Icon name="document" size={18} /><span dir="auto">{attachment.name}</span></span>}
        </li>
      ))}
    </ul>
  );
}
