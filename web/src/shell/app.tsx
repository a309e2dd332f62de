import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { wordsFor } from '../locales/failures';
import { ClosedBanner, Composer } from '../composer/composer';
import { useMessages, useShell } from '../state/context';
import { awaitsDetails, details } from './details-lazy';
import { Header } from './header';
import { whenIdle } from './idle';
import { Lazy, useLazy } from '../state/lazy';
import { LiveRegion } from './live-region';
import { Markdown } from './markdown';
import { StartScreen } from './start';
import { MissingParts, Unavailable } from './status';
import { Thread } from './thread';
import { widgetRenderers } from '../state/widgets-lazy';

const histories = new Lazy(() => import('./history'));
const questions = new Lazy(() => import('./question'));

/** The whole interface. */
export function App(): JSX.Element {
  const shell = useShell();
  const { frame, history } = useMessages();
  const options = shell.options.value;
  const open = shell.historyOpen.value;
  const root = useRef<HTMLElement>(null);
  const lists = useLazy(histories, open);
  // There before the user asks for it.
  useEffect(() => whenIdle(() => {
    for (const part of [details, histories, widgetRenderers]) part.prepare();
  }), []);
  const more = details.module.value;
  const wasOpen = useRef(open);
  useEffect(() => {
    if (wasOpen.current && !open) root.current?.querySelector<HTMLElement>('[part=history-button]')?.focus();
    wasOpen.current = open;
  }, [open]);
  return (
    <section
      ref={root}
      class="root"
      part="root"
      lang={shell.language.value}
      dir={shell.direction.value}
      aria-label={options?.frameTitle ?? frame.title}
      onFocusIn={(event) => {
        shell.composer.engaged = event.target instanceof Element && event.target.closest('.foot') !== null;
        // Who went elsewhere is not called back.
        shell.composer.focusWanted.value = false;
      }}
    >
      <div class="main" inert={open}>
        <Header />
        <Body />
      </div>
      {open && (
        <div class="overlay">
          <button type="button" class="scrim" tabIndex={-1} aria-label={history.close} onClick={() => shell.hideHistory()} />
          {lists !== null && <lists.History />}
        </div>
      )}
      <LiveRegion />
      {more !== null && <more.Telling root={root} />}
    </section>
  );
}

function Body(): JSX.Element | null {
  const shell = useShell();
  const { failure: messages } = useMessages();
  const { store } = shell;
  const loading = useLoading();
  if (shell.unconfigured.value) return <Unavailable title={messages.setup} text={messages.setupHint} detail={messages.missing} code="options" onRetry={null} onNew={null} />;
  if (shell.options.value === null || !shell.worded.value) return null;
  const failure = store.failure.value;
  if (store.unavailable.value && failure !== null) {
    return <Unavailable title={messages.load} text={wordsFor(failure, messages)} detail={failure.detail} code={failure.code} onRetry={failure.retry} onNew={() => shell.openThread(null)} />;
  }
  const empty = store.rows.value.length === 0 && store.sending.value === null && store.conversation.value.id === null;
  return (
    <>
      {loading ? <Skeleton /> : empty ? <StartScreen /> : <Thread />}
      <Foot />
    </>
  );
}

/** Whether there is a thread on its way, or on show without all that it takes to show it. */
function useLoading(): boolean {
  const { store } = useShell();
  const conversation = store.conversation.value;
  const awaits = useMemo(() => awaitsDetails(store), [store]);
  useLazy(details, conversation.id !== null || store.phase.value !== 'idle');
  // What has been seen stays: there, a part that comes late is missed in its place only.
  const seen = useRef<object | null>(null);
  const loading = store.phase.value === 'loading' || (awaits.value && seen.current !== conversation);
  if (!loading) seen.current = conversation;
  return loading;
}

/** Shapes of a conversation while it loads; shown late, so that a quick load does not flash. */
function Skeleton(): JSX.Element {
  const { thread: messages } = useMessages();
  return (
    <div class="thread" role="status" aria-label={messages.loading}>
      <div class="column rows skeleton" aria-hidden="true">
        {[3, 2].map((lines) => [<span class="bone-user" />, <div>{Array.from({ length: lines }, () => <span class="bone" />)}</div>])}
      </div>
    </div>
  );
}

function Foot(): JSX.Element {
  const shell = useShell();
  const { store } = shell;
  const ref = useRef<HTMLElement>(null);
  const status = store.thread.value?.status;
  useHandedOn(ref, status?.type === 'locked' || status?.type === 'closed');
  const question = store.question.value;
  const disclaimer = shell.options.value?.disclaimer;
  const asking = useLazy(questions, question !== null);
  const answering = question !== null && store.phase.value === 'idle';
  return (
    <footer ref={ref} class="foot" part="footer">
      <div class="column">
        <MissingParts />
        {status?.type === 'closed' ? <ClosedBanner reason={status.reason ?? null} />
          : answering && asking !== null && status?.type !== 'locked' ? <asking.Question key={question.id} item={question} />
          : <Composer />}
        {disclaimer !== undefined && <div part="disclaimer"><Markdown class={disclaimer.highContrast ? 'disclaimer disclaimer-strong' : 'disclaimer'} text={disclaimer.text} /></div>}
      </div>
    </footer>
  );
}

/**
 * Passes the focus on when a thread that takes no more messages takes it from the composer: to the conversation, where the
 * keys of somebody who is still typing do nothing.
 */
function useHandedOn(foot: { readonly current: HTMLElement | null }, shut: boolean): void {
  const before = useRef(shut);
  // Asked while rendering: afterwards nothing tells that it had the focus.
  const focused = shut && !before.current && foot.current?.matches(':focus-within') === true;
  useLayoutEffect(() => {
    before.current = shut;
    if (focused) foot.current.parentElement?.querySelector<HTMLElement>('[role=log]')?.focus({ preventScroll: true });
  }, [foot, shut, focused]);
}
