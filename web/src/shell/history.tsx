import type { JSX } from 'preact';
import { useEffect, useId, useLayoutEffect, useReducer, useRef, useState } from 'preact/hooks';
import { asError } from '../core/errors';
import { threadsOf, type Listed } from '../core/threads';
import { Icon } from '../icons';
import { format } from '../locales';
import { wordsOf } from '../locales/failures';
import { Details } from './status';
import { Button, IconButton } from '../ui/button';
import { useMessages, useShell } from '../state/context';
import { groupByAge } from './ages';
import { LiveRegion } from './live-region';
import { historyCss } from '../styles/history.css';
import { addStyles } from '../ui/late-styles';
import { composing } from '../ui/keys';
import { leave } from '../ui/motion';

addStyles(historyCss);

/** Widths of titles that are not there yet, in percent. */
const BONES = [72, 54, 83, 61, 78];

type Editing = { id: string; mode: 'rename' | 'delete' } | null;

/** The panel with all threads. Modal: the rest is inert while it is open (see app.tsx); Escape closes it. */
export function History(): JSX.Element {
  const shell = useShell();
  const { history: messages } = useMessages();
  const panel = useRef<HTMLDivElement>(null);
  const [query, setQuery] = useState('');
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const list = threadsOf(shell.chat);
  useEffect(() => {
    list.onChange = () => redraw(undefined);
    void list.reload();
    panel.current?.focus();
    const { parentElement } = panel.current ?? {};
    return () => {
      leave(parentElement);
      list.onChange = null;
    };
  }, [list]);
  // A row that went away, deleted or renamed, must not take the focus with it: the chat in its place gets it, at once, so
  // that no key is lost in between.
  const last = useRef(0);
  useLayoutEffect(() => {
    const root = panel.current?.getRootNode();
    if (!(root instanceof ShadowRoot) || root.activeElement !== null) return;
    const titles = [...(panel.current?.querySelectorAll<HTMLElement>('.history-open') ?? [])];
    (titles[Math.min(last.current, titles.length - 1)] ?? panel.current)?.focus();
  });
  const threads = list.threads.filter((thread) => (thread.title ?? '').toLowerCase().includes(query.trim().toLowerCase()));
  return (
    <div
      ref={panel}
      class="history"
      part="history"
      role="dialog"
      aria-modal="true"
      aria-label={messages.title}
      tabIndex={-1}
      onFocusIn={({ target }) => {
        last.current = Math.max(0, [...(panel.current?.querySelectorAll('li') ?? [])].findIndex((row) => row.contains(target as Node)));
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !composing(event)) shell.hideHistory();
        else moveFocus(event, panel.current);
      }}
    >
      <div class="history-head">
        <h2 class="history-title">{messages.title}</h2>
        <IconButton icon="close" label={messages.close} onClick={() => shell.hideHistory()} />
      </div>
      {list.threads.length > 5 && (
        <label class="history-filter">
          <Icon name="search" size={16} />
          <input type="search" placeholder={messages.filter} aria-label={messages.filter} value={query} onInput={(event) => setQuery(event.currentTarget.value)} />
        </label>
      )}
      <div class="history-list"><HistoryList threads={threads} query={query} /></div>
      <LiveRegion />
    </div>
  );
}

/** Up and Down go from thread to thread. */
function moveFocus(event: KeyboardEvent, panel: HTMLElement | null): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step === 0 || panel === null || event.target instanceof HTMLInputElement) return;
  const rows = [...panel.querySelectorAll<HTMLElement>('.history-open')];
  const root = panel.getRootNode();
  const active = root instanceof ShadowRoot ? root.activeElement : document.activeElement;
  const at = rows.findIndex((row) => row === active || row.parentElement?.contains(active) === true);
  rows[Math.min(rows.length - 1, Math.max(0, at + step))]?.focus();
  event.preventDefault();
}

function HistoryList({ threads, query }: { threads: readonly Listed[]; query: string }): JSX.Element {
  const shell = useShell();
  const { history: messages } = useMessages();
  const [editing, setEditing] = useState<Editing>(null);
  const [problem, setProblem] = useState<Error | null>(null);
  const onFail = (thrown: unknown): void => {
    setProblem(asError(thrown));
    shell.chat.error(asError(thrown));
  };
  const onEdit = (id: string, mode: 'rename' | 'delete' | null): void => {
    if (mode !== null) setProblem(null);
    setEditing(mode === null ? null : { id, mode });
  };
  const list = threadsOf(shell.chat);
  if (list.error !== null) {
    return <div class="history-note" role="alert"><p>{messages.failed}</p><Trouble error={list.error} /><Button onClick={() => void list.reload()}>{messages.retry}</Button></div>;
  }
  if (!list.loaded) return <div class="history-bones" role="status" aria-label={messages.loading}>{BONES.map((width) => <div key={width} class="history-bone" style={{ '--bone': `${width}%` }} />)}</div>;
  if (list.threads.length === 0) return <div class="history-note"><p>{messages.empty}</p><p class="muted small">{messages.emptyHint}</p></div>;
  if (threads.length === 0 && !list.hasMore) return <p class="history-note muted">{format(messages.noMatch, { query })}</p>;
  const groups = groupByAge(threads, (thread) => thread.created_at, new Date(), shell.locale.value, messages);
  return (
    <>
      {problem !== null && <div class="history-problem" role="alert"><Trouble error={problem} /></div>}
      {groups.map((group) => (
        <section key={group.label} class="history-group">
          <h3 class="history-day">{group.label}</h3>
          <ul>
            {group.entries.map((thread) => (
              <li key={thread.id}><ThreadRow thread={thread} editing={editing?.id === thread.id ? editing.mode : null} onEdit={(mode) => onEdit(thread.id, mode)} onFail={onFail} /></li>
            ))}
          </ul>
        </section>
      ))}
      {list.hasMore && <MoreThreads count={list.threads.length} loading={list.loading} />}
    </>
  );
}

/** What went wrong, for who chats and for who builds the page. */
function Trouble({ error }: { error: Error & { code?: string; told?: boolean } }): JSX.Element {
  const { failure } = useMessages();
  return <><p class="small" dir="auto">{wordsOf(error, failure)}</p><Details detail={error.told === true ? null : error.message} code={error.code ?? 'error'} /></>;
}

/** Loads the next page when it comes into view, and on a click. */
function MoreThreads({ count, loading }: { count: number; loading: boolean }): JSX.Element {
  const { chat } = useShell();
  const { history: messages } = useMessages();
  const ref = useRef<HTMLDivElement>(null);
  // Anew after each page: one that brings nothing to see leaves it in view, of which an observer says nothing.
  useEffect(() => {
    if (ref.current === null) return undefined;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) void threadsOf(chat).loadMore();
    });
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, [chat, count]);
  return <div ref={ref} class="history-more"><Button onClick={() => void threadsOf(chat).loadMore()} disabled={loading}>{loading ? messages.loading : messages.more}</Button></div>;
}

interface RowProps {
  thread: Listed;
  editing: 'rename' | 'delete' | null;
  onEdit: (mode: 'rename' | 'delete' | null) => void;
  onFail: (thrown: unknown) => void;
}

function ThreadRow({ thread, editing, onEdit, onFail }: RowProps): JSX.Element {
  const shell = useShell();
  const { history: messages, thread: { responding: answering } } = useMessages();
  const title = thread.title ?? messages.untitled;
  const { showRename, showDelete } = shell.options.value?.history ?? {};
  const current = shell.store.conversation.value.id === thread.id;
  const mark = useId();
  const marked = thread.active_run != null;
  const open = useRef<HTMLButtonElement>(null);
  const before = useRef(editing);
  useLayoutEffect(() => {
    if (before.current !== null && editing === null) open.current?.focus();
    before.current = editing;
  }, [editing]);
  if (editing === 'rename') return <Rename thread={thread} onEnd={() => onEdit(null)} onFail={onFail} />;
  if (editing === 'delete') return <ConfirmDelete thread={thread} title={title} onEnd={() => onEdit(null)} onFail={onFail} />;
  return (
    <div class={current ? 'history-row history-current' : 'history-row'}>
      <button ref={open} type="button" class="history-open" aria-current={current ? 'true' : undefined} dir="auto" onClick={() => {
        shell.hideHistory();
        shell.openThread(thread.id);
      }} aria-describedby={marked ? mark : undefined}>{title}</button>
      {marked && <span id={mark} class="history-answering" part="answering-mark" role="img" aria-label={answering} title={answering}><span class="spinner" /></span>}
      <span class="history-actions">
        {showRename !== false && <IconButton size="sm" icon="write" label={format(messages.rename, { title })} onClick={() => onEdit('rename')} />}
        {showDelete !== false && <IconButton size="sm" icon="trash" label={format(messages.delete, { title })} onClick={() => onEdit('delete')} />}
      </span>
    </div>
  );
}

function Rename({ thread, onEnd, onFail }: Pick<RowProps, 'thread' | 'onFail'> & { onEnd: () => void }): JSX.Element {
  const { chat, announcer } = useShell();
  const { history: messages } = useMessages();
  const field = useRef<HTMLInputElement>(null);
  // Not after the next frame: keys that are pressed in between would be lost.
  useLayoutEffect(() => field.current?.select(), []);
  const save = async (): Promise<void> => {
    const title = field.current?.value.trim() ?? '';
    onEnd();
    if (title === '' || title === thread.title) return;
    await chat.rename(thread.id, title).then(() => announcer.say(format(messages.renamed, { title })), onFail);
  };
  return (
    <form class="history-row" onSubmit={(event) => {
      event.preventDefault();
      void save();
    }} onKeyDown={(event) => {
      if (event.key !== 'Escape' || composing(event)) return;
      event.stopPropagation();
      onEnd();
    }}>
      <input ref={field} class="history-name" aria-label={messages.renameLabel} maxLength={200} defaultValue={thread.title ?? ''} onBlur={() => void save()} />
    </form>
  );
}

function ConfirmDelete({ thread, title, onEnd, onFail }: Pick<RowProps, 'thread' | 'onFail'> & { title: string; onEnd: () => void }): JSX.Element {
  const { chat, announcer } = useShell();
  const { history: messages } = useMessages();
  const remove = async (): Promise<void> => {
    onEnd();
    await chat.delete(thread.id).then(() => announcer.say(format(messages.deleted, { title })), onFail);
  };
  return (
    <div class="history-confirm" role="alertdialog" aria-label={messages.confirmTitle} onKeyDown={(event) => {
      if (event.key !== 'Escape' || composing(event)) return;
      event.stopPropagation();
      onEnd();
    }}>
      <p dir="auto">{format(messages.confirmText, { title })}</p>
      <div class="history-confirm-bar">
        <Button onClick={onEnd} autofocus>{messages.cancel}</Button>
        <Button kind="danger" onClick={() => void remove()}>{messages.confirm}</Button>
      </div>
    </div>
  );
}
