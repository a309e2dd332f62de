import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Icon } from '../icons';
import { useMessages, useShell } from '../state/context';
import { useLazy } from '../state/lazy';
import { details } from './details-lazy';
import { UserMessage } from './items/user';
import { useMounted } from './mounted';
import type { Row } from '../state/rows';
import { ScrollController } from './scroll';
import { FailureRow, Notices, ProgressLine } from './status';

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
  const { nodes, begins, ends, older, toEnd } = useMounted(conversation, scroll, content);
  const sending = store.sending.value;
  useLayoutEffect(() => scroll.reset(), [scroll, conversation]);
  useLayoutEffect(() => scroll.restore());
  useLayoutEffect(() => {
    if (ends) scroll.settle();
  }, [scroll, ends]);
  useAnchor(scroll, content, sending !== null, ends ? rows : null);
  const jump = (): void => scroll.jump(toEnd());
  // A question needs room and takes it from the conversation; what leads to it should stay in view.
  const asked = store.question.value?.id;
  const answerable = asked !== undefined && store.phase.value === 'idle';
  useEffect(() => {
    if (answerable) jump();
  }, [scroll, asked, answerable]);
  const onKeyDown = (event: KeyboardEvent): void => {
    // The browser knows of no row after the last one in the page.
    if (event.key !== 'End' || ends || event.target !== scroller.current) return;
    event.preventDefault();
    jump();
  };

  return (
    <div ref={scroller} class="thread" part="thread" tabIndex={0} role="log" aria-live="off" aria-label={messages.log} onKeyDown={onKeyDown}>
      <div class="column">
        {begins && <Older onRows={older} />}
        <div ref={content} class="rows">
          {begins && <Notices after={null} />}
          {nodes}
          {ends && sending !== null && <div key="sending" class="row row-end" data-type="user_message"><UserMessage item={sending} sending={store.failure.value === null} /></div>}
          {ends && <ProgressLine />}
          {ends && <FailureRow />}
          {ends && <EndOfAnswer />}
        </div>
        <div ref={tail} class="tail" />
      </div>
      {away && (
        <div class="jump">
          <button type="button" class="jump-button" part="jump-button" aria-label={messages.jump} title={messages.jump} onClick={jump}><Icon name="arrow-down" size={18} /></button>
        </div>
      )}
    </div>
  );
}

/** What became of the last answer, when it did not come to its end. */
function EndOfAnswer(): JSX.Element | null {
  const ending = useShell().store.ending.value;
  const parts = useLazy(details, ending !== null);
  return ending !== null && parts !== null ? <parts.EndingRow ending={ending} /> : null;
}

/** A message that is sent goes to the top; when the server's own comes, that one stands for it. Without `rows`, neither does. */
function useAnchor(scroll: ScrollController, content: { current: HTMLElement | null }, sending: boolean, rows: readonly Row[] | null): void {
  const last = rows?.findLast((row) => row.type === 'user_message')?.id;
  useLayoutEffect(() => {
    if (rows === null) return;
    const all = content.current?.querySelectorAll<HTMLElement>('[data-type=user_message]') ?? [];
    const newest = all[all.length - 1];
    if (newest === undefined) return;
    if (sending) scroll.anchor(newest);
    else if (scroll.anchored) scroll.replaceAnchor(newest);
  }, [scroll, content, sending, last, rows === null]);
}

/** Loads older pages as the top comes into view. */
function Older({ onRows }: { onRows: () => void }): JSX.Element | null {
  const { store } = useShell();
  const { thread: messages } = useMessages();
  const ref = useRef<HTMLDivElement>(null);
  const visible = store.hasOlder.value;
  const load = async (): Promise<void> => {
    const conversation = store.conversation.peek();
    // At the moment the rows come, not when they are asked for: the reader scrolls on meanwhile.
    conversation.beforeOlder = onRows;
    await conversation.loadOlder();
  };
  useEffect(() => {
    if (ref.current === null) return undefined;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) void load();
    }, { root: ref.current.closest('.thread'), rootMargin: '400px 0px' });
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, [visible, store, store.rows.value.length]);
  if (!visible) return null;
  return (
    <div ref={ref} class="older" role={store.loadingOlder.value ? 'status' : undefined}>
      {store.loadingOlder.value
        ? <><span class="spinner" /><span class="muted small">{messages.older}</span></>
        : <button type="button" class="button button-plain" onClick={() => void load()}>{messages.showOlder}</button>}
    </div>
  );
}
