import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from '../icons';
import { useFittingHeight } from '../ui/fit-height';
import { format } from '../locales';
import { IconButton } from '../ui/button';
import { enterHint, sends } from '../ui/keys';
import { useParts, useSelection, wantsBar, wantsEditor } from './lazy';
import { useMessages, useShell } from '../state/context';

export function Composer(): JSX.Element {
  const shell = useShell();
  const { composer: model, store } = shell;
  const { composer: messages } = useMessages();
  const status = store.thread.value?.status;
  const locked = status?.type === 'locked';
  const tool = model.tool;
  const placeholder = locked
    ? status.reason ?? messages.locked
    : tool?.placeholderOverride ?? shell.options.value?.composer.placeholder ?? messages.placeholder;
  const blocked = locked || store.phase.value !== 'idle';
  const parts = useParts();
  // Known before the parts are there, so that room is kept for them.
  const bar = wantsBar(shell);
  const rich = wantsEditor(shell);
  const selection = useSelection();

  const submit = (): void => {
    if (!blocked) void model.submit();
  };
  return (
    <form
      class={`composer${bar ? ' composer-full' : ''}${locked ? ' composer-locked' : ''}`}
      part="composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {parts !== null && <><parts.Problem /><parts.Pasted /></>}
      <Context tagsInText={rich && parts !== null} />
      {parts !== null && <parts.Tray />}
      {rich && parts !== null
        ? <parts.Editor placeholder={placeholder} disabled={locked} onSend={submit} />
        : <Field placeholder={placeholder} disabled={locked} onSend={submit} />}
      <div class="composer-bar">
        {bar && parts !== null && <parts.Bar locked={locked} />}
        <span class="grow" />
        <SendButton locked={locked} />
        {parts !== null && <parts.Previews />}
        {selection !== null && <selection.ReplyToSelection />}
      </div>
    </form>
  );
}

/** Gives the field the focus when it is asked for, and when it takes the place of what had it. */
export function useFocusRequests(field: { readonly current: Pick<HTMLElement, 'focus'> | null }): void {
  const { composer: model } = useShell();
  const wanted = model.focusWanted.value;
  const fresh = useRef(true);
  // Not after the next frame: keys that are pressed in between would be lost.
  useLayoutEffect(() => {
    if (wanted || (fresh.current && model.engaged)) field.current?.focus();
    fresh.current = false;
    model.focusWanted.value = false;
  }, [field, model, wanted]);
}

/** The text field; grows with its text up to a limit and then scrolls. */
function Field({ placeholder, disabled, onSend }: { placeholder: string; disabled: boolean; onSend: () => void }): JSX.Element {
  const { composer: model } = useShell();
  const { composer: messages } = useMessages();
  const ref = useRef<HTMLTextAreaElement>(null);
  const text = model.text.value;
  useFocusRequests(ref);
  useFittingHeight(ref);
  return (
    <textarea
      ref={ref}
      class="composer-field"
      part="composer-input"
      rows={1}
      dir="auto"
      aria-label={messages.label}
      enterkeyhint={enterHint()}
      placeholder={placeholder}
      disabled={disabled}
      value={text}
      onInput={(event) => model.type(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (!sends(event)) return;
        event.preventDefault();
        onSend();
      }}
    />
  );
}

/** What goes with the message: quotation and tags. */
function Context({ tagsInText }: { tagsInText: boolean }): JSX.Element | null {
  const { composer: model } = useShell();
  const { composer: messages } = useMessages();
  const reply = model.reply.value;
  // The button goes with what it removes; focus must not.
  const removeReply = (): void => {
    model.reply.value = null;
    model.focus();
  };
  const tags = tagsInText ? [] : model.tags.value;
  if (reply === null && tags.length === 0) return null;
  return (
    <div class="composer-context">
      {reply !== null && (
        <div class="composer-reply">
          <Icon name="reply" size={14} label={messages.reply} />
          <span dir="auto">{reply}</span>
          <IconButton size="sm" icon="close" label={messages.removeReply} onClick={removeReply} />
        </div>
      )}
      {tags.length > 0 && (
        <ul class="composer-tags">
          {tags.map((tag) => (
            <li key={tag.id}>
              <button type="button" class="chip" aria-label={format(messages.removeAttachment, { name: tag.text })} onClick={() => model.removeTag(tag)}>
                {tag.text}<Icon name="close" size={12} />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Sends, or stops the answer that is streaming. One place, one size: nothing moves. */
function SendButton({ locked }: { locked: boolean }): JSX.Element {
  const { composer: model, store } = useShell();
  const { composer: messages } = useMessages();
  const phase = store.phase.value;
  const stop = (): void => {
    store.conversation.peek().stop();
    // The button goes with the answer; focus must not.
    model.focus();
  };
  if (phase === 'responding' || phase === 'tool') {
    return (
      <button type="button" class="send" part="stop-button" aria-label={messages.stop} title={messages.stop} disabled={!store.allowCancel.value} onClick={stop}>
        <Icon name="stop-filled" size={16} />
      </button>
    );
  }
  return (
    <button type="submit" class="send" part="send-button" aria-label={messages.send} title={messages.send} disabled={locked || phase !== 'idle' || model.empty.value}>
      <Icon name="arrow-up" size={20} />
    </button>
  );
}

/** In place of the composer when the thread takes no more messages. */
export function ClosedBanner({ reason }: { reason: string | null }): JSX.Element {
  const shell = useShell();
  const { composer: messages, header } = useMessages();
  return (
    <div class="closed" part="closed-banner" role="status">
      <Icon name="lock" size={18} />
      <span><bdi>{reason ?? messages.closed}</bdi> <span class="muted">{messages.closedHint}</span></span>
      <button type="button" class="button button-plain" onClick={() => shell.openThread(null)}>{header.newChat}</button>
    </div>
  );
}
