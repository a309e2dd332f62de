import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from '../icons';
import { format } from '../locales';
import { IconButton } from './button';
import { useMessages, useShell } from './context';
import { Attachments } from './items/user';

/** Whether a key press sends: Enter alone, and never while an input method composes. */
export function sends(event: Pick<KeyboardEvent, 'key' | 'shiftKey' | 'altKey' | 'ctrlKey' | 'metaKey' | 'isComposing' | 'keyCode'>): boolean {
  // 229: Safari ends the composition before it tells of the Enter that ended it.
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else tells it
  if (event.isComposing || event.keyCode === 229) return false;
  return event.key === 'Enter' && !event.shiftKey && !event.altKey;
}

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

  const submit = (): void => {
    if (!blocked) void model.submit();
  };
  return (
    <form
      class={locked ? 'composer composer-locked' : 'composer'}
      part="composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Context />
      <Field placeholder={placeholder} disabled={locked} onSend={submit} />
      <div class="composer-bar">
        {tool !== null && (
          <button type="button" class="chip" aria-label={format(messages.removeTool, { name: tool.label })} onClick={() => model.selectTool(null)}>
            <Icon name={tool.icon} size={16} />{tool.shortLabel ?? tool.label}<Icon name="close" size={12} />
          </button>
        )}
        <span class="grow" />
        <SendButton locked={locked} />
      </div>
    </form>
  );
}

/** The text field; grows with its text up to a limit and then scrolls. */
function Field({ placeholder, disabled, onSend }: { placeholder: string; disabled: boolean; onSend: () => void }): JSX.Element {
  const { composer: model } = useShell();
  const { composer: messages } = useMessages();
  const ref = useRef<HTMLTextAreaElement>(null);
  const text = model.text.value;
  const request = model.focusRequests.value;
  const answered = useRef(model.engaged ? -1 : request);
  useEffect(() => {
    if (request > answered.current) ref.current?.focus();
    answered.current = request;
  }, [request]);
  // Where the browser does not size fields by their content, measure.
  useLayoutEffect(() => {
    const field = ref.current;
    if (field === null || CSS.supports('field-sizing', 'content')) return;
    field.style.height = 'auto';
    field.style.height = `${field.scrollHeight}px`;
  }, [text]);
  return (
    <textarea
      ref={ref}
      class="composer-field"
      part="composer-input"
      rows={1}
      dir="auto"
      aria-label={messages.label}
      enterkeyhint="send"
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

/** What goes with the message: quotation, tags, attachments. */
function Context(): JSX.Element | null {
  const { composer: model } = useShell();
  const { composer: messages } = useMessages();
  const reply = model.reply.value;
  const tags = model.tags.value;
  const attachments = model.attachments.value;
  if (reply === null && tags.length === 0 && attachments.length === 0) return null;
  return (
    <div class="composer-context">
      {reply !== null && (
        <div class="composer-reply">
          <Icon name="reply" size={14} label={messages.reply} />
          <span dir="auto">{reply}</span>
          <IconButton size="sm" icon="close" label={messages.removeReply} onClick={() => (model.reply.value = null)} />
        </div>
      )}
      {attachments.length > 0 && <Attachments attachments={attachments} />}
      {tags.length > 0 && (
        <ul class="composer-tags">
          {tags.map((tag) => (
            <li key={tag.id}>
              <button type="button" class="chip" aria-label={format(messages.removeAttachment, { name: tag.text })} onClick={() => (model.tags.value = tags.filter((each) => each !== tag))}>
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
  if (phase === 'responding') {
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
      <span>{reason ?? messages.closed} <span class="muted">{messages.closedHint}</span></span>
      <button type="button" class="button button-plain" onClick={() => shell.openThread(null)}>{header.newChat}</button>
    </div>
  );
}
