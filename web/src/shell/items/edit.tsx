/** Editing a message where it stands. A chunk of its own. */
import type { JSX } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { isAbort } from '../../core/errors';
import type { UserMessageItem } from '../../core/protocol.generated';
import { editCss } from '../../styles/edit.css';
import { addStyles } from '../../ui/late-styles';
import { Button } from '../../ui/button';
import { composing, enterHint, sends } from '../../ui/keys';
import { useMessages, useShell } from '../../state/context';
import { useFittingHeight } from '../../ui/fit-height';
import { inputOf } from './edit-model';
import { plainText } from './user';

addStyles(editCss);

/** In the bubble's place. `onEnd` is told whether the message was sent; one that the server did not take stays to be sent again. */
export function MessageEditor({ item, onEnd }: { item: UserMessageItem; onEnd: (sent: boolean) => void }): JSX.Element {
  const { store, composer, chat } = useShell();
  const { composer: messages } = useMessages();
  const [text, setText] = useState(() => plainText(item.content));
  const [sending, setSending] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const hint = useId();
  const input = inputOf(item, text);
  const blocked = store.phase.value !== 'idle' || (input.content.length === 0 && input.attachments.length === 0);

  useEffect(() => {
    if (sending) return;
    const end = field.current?.value.length ?? 0;
    field.current?.focus();
    field.current?.setSelectionRange(end, end);
  }, [sending]);
  useFittingHeight(field);

  const send = (): void => {
    if (blocked || sending) return;
    setSending(true);
    // The field goes; what takes its place is the composer.
    composer.focus();
    store.conversation.peek().edit(item.id, input, item.attachments ?? []).then(() => onEnd(true), (error: unknown) => {
      if (!isAbort(error)) chat.log('message.unsent', { message: String(error) });
      setSending(false);
    });
  };
  if (sending) return <div class="bubble" part="user-bubble" dir="auto" aria-busy>{text}</div>;
  return (
    <form
      class="edit" part="message-editor"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || composing(event)) return;
        event.stopPropagation();
        onEnd(false);
      }}
    >
      <textarea
        ref={field} class="edit-field" part="message-editor-input" rows={1} dir="auto" aria-label={messages.editLabel} aria-describedby={hint} enterkeyhint={enterHint()} value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (!sends(event)) return;
          event.preventDefault();
          send();
        }}
      />
      <div class="edit-bar">
        <p id={hint} class="edit-hint">{messages.editHint}</p>
        <Button onClick={() => onEnd(false)}>{messages.cancelEdit}</Button>
        <button type="submit" class="button button-primary" disabled={blocked}>{messages.resend}</button>
      </div>
    </form>
  );
}
