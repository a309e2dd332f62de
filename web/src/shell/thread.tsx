import type { ComponentType, JSX } from 'preact';
import { useEffect, useErrorBoundary, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { asError } from '../core/errors';
import type { ThreadItem } from '../core/protocol.generated';
import { Icon } from '../icons';
import { CopyButton, IconButton } from './button';
import { useMessages, useShell } from './context';
import { details, detailTypes, type DetailType } from './details-lazy';
import { AssistantMessage } from './items/assistant';
import { FarMessage, isMessage, useNear } from './items/far';
import { UserMessage } from './items/user';
import { OwnActions, useOwnActions } from './own-actions';
import type { Row } from './rows';
import { whenIdle } from './idle';
import { useLazy } from './lazy';
import { ScrollController } from './scroll';
import { FailureRow, MissingPart, Notices, ProgressLine } from './status';

/** How many rows are there at once when a thread opens, and how many more come with every idle moment. */
const firstRows = 24;
const moreRows = 80;
const mostRows = 1000;
/** How many rows at the end are always laid out: to skip those in the making would show their guessed height first. */
const endRows = 12;

/** The conversation: rows in a scroll container, older ones on demand. */
export function Thread(): JSX.Element {
  const shell = useShell();
  const { store } = shell;
  const { thread: messages } = useMessages();
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const tail = useRef<HTMLDivElement>(null);
  const scroll = useMemo(() => new ScrollController(), []);
  const [away, setAway] = useState(false);
  scroll.autoScroll = shell.options.value?.thread.autoScroll === true;
  scroll.onAway = setAway;
  useLayoutEffect(() => {
    if (scroller.current === null || content.current === null || tail.current === null) return undefined;
    return scroll.attach(scroller.current, content.current, tail.current);
  }, [scroll]);

  const conversation = store.conversation.value;
  const rows = store.rows.value;
  const shown = useMounted(conversation, rows.length, scroll);
  const sending = store.sending.value;
  useLayoutEffect(() => scroll.reset(), [scroll, conversation]);
  useLayoutEffect(() => scroll.restore());
  useAnchor(scroll, content, sending !== null, rows);
  // A question needs room and takes it from the conversation; what leads to it should stay in view.
  const asked = store.question.value?.id;
  const answerable = asked !== undefined && store.phase.value === 'idle';
  useEffect(() => {
    if (answerable) scroll.jump();
  }, [scroll, asked, answerable]);

  return (
    <div ref={scroller} class="thread" part="thread" tabIndex={0} role="log" aria-live="off" aria-label={messages.log}>
      <div class="column">
        <Older scroll={scroll} hasMounted={shown >= rows.length} />
        <div ref={content} class="rows">
          {shown === rows.length && <Notices after={null} />}
          {rows.slice(rows.length - shown).map((row, at) => <RowView key={row.id} row={row} atEnd={at >= shown - endRows} />)}
          {sending !== null && <div key="sending" class="row row-end" data-type="user_message"><UserMessage item={sending} sending={store.failure.value === null} /></div>}
          <ProgressLine />
          <FailureRow />
        </div>
        <div ref={tail} class="tail" />
      </div>
      {away && (
        <div class="jump">
          <button type="button" class="jump-button" part="jump-button" aria-label={messages.jump} title={messages.jump} onClick={() => scroll.jump()}><Icon name="arrow-down" size={18} /></button>
        </div>
      )}
    </div>
  );
}

/** Mounts the newest rows first and the rest when the browser is idle, so that a long thread opens at once. */
function useMounted(conversation: object, count: number, scroll: ScrollController): number {
  const [state, setState] = useState({ conversation, limit: firstRows });
  const limit = state.conversation === conversation ? state.limit : firstRows;
  // New rows at the end must not take old ones away.
  const seen = useRef({ conversation, count });
  if (seen.current.conversation !== conversation) seen.current = { conversation, count };
  const grown = Math.max(0, count - seen.current.count);
  const shown = Math.min(count, limit + grown);
  useEffect(() => {
    if (shown >= Math.min(count, mostRows)) return undefined;
    return whenIdle(() => {
      scroll.keep();
      setState({ conversation, limit: Math.min(limit + moreRows, mostRows) });
    });
  }, [conversation, count, limit, shown, scroll]);
  return shown;
}

/** A message that is sent goes to the top; when the server's own comes, that one stands for it. */
function useAnchor(scroll: ScrollController, content: { current: HTMLElement | null }, sending: boolean, rows: readonly Row[]): void {
  const last = rows.findLast((row) => row.type === 'user_message')?.id;
  useLayoutEffect(() => {
    const all = content.current?.querySelectorAll<HTMLElement>('[data-type=user_message]') ?? [];
    const newest = all[all.length - 1];
    if (newest === undefined) return;
    if (sending) scroll.anchor(newest);
    else if (scroll.anchored) scroll.replaceAnchor(newest);
  }, [scroll, content, sending, last]);
}

/** Loads older pages as the top comes into view. */
function Older({ scroll, hasMounted }: { scroll: ScrollController; hasMounted: boolean }): JSX.Element | null {
  const { store } = useShell();
  const { thread: messages } = useMessages();
  const ref = useRef<HTMLDivElement>(null);
  const visible = store.hasOlder.value && hasMounted;
  useEffect(() => {
    if (ref.current === null) return undefined;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) void load();
    }, { rootMargin: '400px 0px' });
    const load = async (): Promise<void> => {
      const conversation = store.conversation.peek();
      // Kept at the moment the rows come, not when they are asked for: the reader scrolls on meanwhile.
      conversation.beforeOlder = () => scroll.keep();
      await conversation.loadOlder();
    };
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, [visible, store, scroll, store.rows.value.length]);
  if (!visible) return null;
  return (
    <div ref={ref} class="older" role={store.loadingOlder.value ? 'status' : undefined}>
      {store.loadingOlder.value
        ? <><span class="spinner" /><span class="muted small">{messages.older}</span></>
        : <button type="button" class="button button-plain" onClick={() => {
          const conversation = store.conversation.peek();
          conversation.beforeOlder = () => scroll.keep();
          void conversation.loadOlder();
        }}>{messages.showOlder}</button>}
    </div>
  );
}

function RowView({ row, atEnd }: { row: Row; atEnd: boolean }): JSX.Element | null {
  const shell = useShell();
  // An item that cannot be shown must not take the others with it.
  const broken: unknown = useErrorBoundary((error: unknown) => shell.chat.error(asError(error)))[0];
  const item = shell.store.item(row.id)?.value;
  const { row: node, near } = useNear(atEnd);
  if (item === undefined || broken !== undefined || !(isMessage(item) || detailTypes.has(item.type))) return null;
  const whole = near || !isMessage(item);
  return (
    <>
      <div ref={node} class={atEnd ? 'row row-end' : 'row'} data-type={row.type}>
        {whole ? <Item item={item} /> : <FarMessage item={item} />}
        {whole && row.turn !== null && <TurnActions row={row} turn={row.turn} />}
      </div>
      {whole && <Notices after={row.id} />}
    </>
  );
}

function Item({ item }: { item: ThreadItem }): JSX.Element {
  const others = useLazy(details, !isMessage(item));
  if (item.type === 'user_message') return <UserMessage item={item} />;
  if (item.type === 'assistant_message') return <AssistantMessage item={item} />;
  if (others === null) return details.missing.value ? <MissingPart /> : <div class="row-loading" />;
  const Renderer = others.renderers[item.type as DetailType] as ComponentType<{ item: ThreadItem }>;
  return <Renderer item={item} />;
}

/** Copy, retry and feedback for a whole answer. */
function TurnActions({ row, turn }: { row: Row; turn: readonly string[] }): JSX.Element | null {
  const shell = useShell();
  const { message: messages } = useMessages();
  const [given, setGiven] = useState<'positive' | 'negative' | null>(null);
  const { feedback, retry } = shell.options.value?.threadItemActions ?? {};
  const items = turn.map((id) => shell.store.current(id)).filter((item) => item !== undefined);
  const text = items.map(textOf).filter((each) => each !== '').join('\n\n');
  const conversation = shell.store.conversation.value;
  const rate = (kind: 'positive' | 'negative'): void => {
    setGiven(kind);
    conversation.feedback(turn, kind).then(() => shell.announcer.say(messages.thanks), (error: unknown) => {
      setGiven(null);
      conversation.report(error);
    });
  };
  const asked = row.asked;
  const own = useOwnActions(row.id, true);
  if (text === '' && feedback !== true && retry !== true && !own) return null;
  return (
    <div class="row-actions" part="message-actions">
      {text !== '' && <CopyButton text={() => text} />}
      {feedback === true && <IconButton size="sm" icon="thumbs-up" label={messages.good} pressed={given === 'positive'} onClick={() => rate('positive')} />}
      {feedback === true && <IconButton size="sm" icon="thumbs-down" label={messages.bad} pressed={given === 'negative'} onClick={() => rate('negative')} />}
      {retry === true && asked !== null && <IconButton size="sm" icon="reload" label={messages.retry} disabled={shell.store.phase.value !== 'idle'} onClick={() => void conversation.retryAfter(asked)} />}
      {own && <OwnActions itemId={row.id} answer />}
    </div>
  );
}

function textOf(item: ThreadItem): string {
  if (item.type === 'assistant_message') return item.content.map((part) => part.text).join('\n\n');
  return item.type === 'widget' ? item.copy_text ?? '' : '';
}
