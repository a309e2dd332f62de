/** Progress, notices and failures: what is said about the conversation, not in it. */
import type { JSX } from 'preact';
import { Icon } from '../icons';
import { missingChunk } from '../lazy-import';
import { format } from '../locales';
import { wordsFor } from '../locales/failures';
import { Button, IconButton } from '../ui/button';
import { useMessages, useShell } from '../state/context';
import { useLazy } from '../state/lazy';
import { details } from './details-lazy';

/** The progress line, or a pulse until the answer's first sign. Keeps its height so that nothing jumps. */
export function ProgressLine(): JSX.Element | null {
  const { store } = useShell();
  const { thread } = useMessages();
  const progress = store.progress.value;
  const trouble = store.trouble.value;
  const parts = useLazy(details, trouble !== null);
  if (trouble !== null && parts !== null) return <parts.TroubleRow trouble={trouble} />;
  if (progress !== null) {
    return (
      <div class="progress" part="progress" role="status">
        {progress.icon !== undefined && <Icon name={progress.icon} size={16} />}
        <span class="shimmer">{progress.text}</span>
      </div>
    );
  }
  if (store.stalled.value) return <div class="stalled" aria-hidden="true"><span class="pulse" /></div>;
  if (!store.waiting.value) return null;
  return <div class="progress" part="progress" role="status"><span class="pulse" /><span class="hidden">{thread.responding}</span></div>;
}

/** Notices said after an item; null: those said before any that is there. */
export function Notices({ after }: { after: string | null }): JSX.Element | null {
  const notices = useShell().store.notices.value.filter((notice) => notice.after === after);
  const parts = useLazy(details, notices.length > 0);
  return parts && <>{notices.map((notice) => <parts.NoticeRow key={notice.id} notice={notice} />)}</>;
}

/** Why the last turn failed, at the end of the conversation, with the way to try again. */
export function FailureRow(): JSX.Element | null {
  const { store, composer } = useShell();
  const { failure: messages } = useMessages();
  const failure = store.failure.value;
  if (failure === null || store.unavailable.value) return null;
  const { retry } = failure;
  const dismiss = (): void => {
    const conversation = store.conversation.peek();
    if (conversation.sending !== null) composer.takeBack(conversation.sending);
    conversation.dismissFailure();
  };
  return (
    <div class="notice notice-danger" part="error" role="alert">
      <Icon name="error" size={18} />
      <div class="notice-body"><div dir="auto">{wordsFor(failure, messages)}</div><Details detail={failure.detail} code={failure.code} /></div>
      {retry !== null && <Button onClick={retry} part="retry-button">{messages.retry}</Button>}
      <IconButton size="sm" icon="close" label={messages.dismiss} onClick={dismiss} />
    </div>
  );
}

/** What developers are told, for who wants to pass it on. */
export function Details({ detail, code }: { detail: string | null; code: string }): JSX.Element | null {
  const { failure: messages } = useMessages();
  if (detail === null) return null;
  return (
    <details class="details">
      <summary>{messages.more}</summary>
      <p dir="ltr">{detail}</p>
      <p>{format(messages.details, { code })}</p>
    </details>
  );
}

/** In the place of something whose code could not be fetched, or above the composer when that is less than a whole item. */
export function MissingPart(): JSX.Element {
  const { failure: messages } = useMessages();
  return (
    <div class="missing" part="missing-part" role="status">
      <Icon name="warning" size={16} />
      <span>{messages.part}</span>
      <Button onClick={() => location.reload()} part="reload-button">{messages.reload}</Button>
    </div>
  );
}

/** Says that something is not as it should be, until it is. */
export function MissingParts(): JSX.Element | null {
  return missingChunk.value ? <MissingPart /> : null;
}

/** The whole place of the conversation when there is none to show. */
export function Unavailable({ title, text, detail, code, onRetry, onNew }: {
  title: string;
  text: string;
  detail: string | null;
  code: string;
  onRetry: (() => void) | null;
  onNew: (() => void) | null;
}): JSX.Element {
  const { failure: messages, header } = useMessages();
  const options = useShell().options.value;
  // Nothing stands above it that it could be below of.
  const hasHeader = options !== null && options.header.enabled !== false;
  return (
    <div class="unavailable" part="load-error" role="alert">
      <span class="unavailable-icon"><Icon name="warning" size={24} /></span>
      <h3 aria-level={hasHeader ? 3 : 2}>{title}</h3>
      <p dir="auto">{text}</p>
      <div class="unavailable-bar">
        {onRetry !== null && <Button kind="primary" onClick={onRetry}>{messages.retry}</Button>}
        {onNew !== null && <Button onClick={onNew}>{header.newChat}</Button>}
      </div>
      <Details detail={detail} code={code} />
    </div>
  );
}
