/** The pages of a thread: its newest items, those before them, and what has changed since. */
import { asError } from './errors';
import { emptyState, metadataOf } from './fold';
import { isDeepEqual, mergeNewest } from './merge';
import type { Page, Thread, ThreadItem } from './protocol.generated';
import { takesEdits, type Transcript } from './transcript';

type LoadedPage = Page<ThreadItem> & { data: ThreadItem[] };

/** A thread with its newest items, oldest first. */
export interface Fetched {
  thread: Thread;
  page: LoadedPage;
}

const pageSize = 40;

/** `threads.get_by_id` gives the oldest items, which do for a short thread. */
export async function fetchNewest(held: Transcript, id: string, signal?: AbortSignal): Promise<Fetched> {
  const api = held.host.api();
  const thread = await api.call<Thread>('threads.get_by_id', { thread_id: id }, signal);
  held.editable = takesEdits(thread.extensions);
  const shown = (item: ThreadItem): ThreadItem => held.memory.shown(item);
  if (!thread.items.has_more) return { thread, page: { data: (thread.items.data ?? []).map(shown), has_more: false } };
  const page = await api.call<Page<ThreadItem>>('items.list', { thread_id: id, limit: pageSize, order: 'desc' }, signal);
  return { thread, page: { ...page, data: (page.data ?? []).toReversed().map(shown) } };
}

export class Pages {
  /** The load itself failed: there is nothing to show but the failure. */
  unavailable = false;
  hasOlder = false;
  loadingOlder = false;
  /** Called right before older items are put in front, for a view that wants to stay where it is. */
  beforeOlder: () => void = () => undefined;
  #olderAfter: string | null = null;

  constructor(private readonly held: Transcript) {}

  /** Loads metadata and the newest items. Never rejects: a failure is shown in place. */
  async load(): Promise<void> {
    const { held } = this;
    if (held.id === null) return;
    const signal = held.enter('loading');
    try {
      const { thread, page } = await fetchNewest(held, held.id, signal);
      held.state = { ...emptyState, thread: metadataOf(thread), items: page.data };
      this.#older(page);
      held.failure = null;
      this.unavailable = false;
    } catch (error) {
      this.unavailable = true;
      const again = (): void => void this.load();
      if (held.stopped) held.failure = { message: null, code: 'stopped', retry: again };
      else held.fail(error, again);
    }
    held.rest();
    held.changed({ kind: 'list' });
    held.onSettled();
  }

  /** Puts the next older page before the items. */
  async loadOlder(): Promise<void> {
    const { held } = this;
    if (held.id === null || !this.hasOlder || this.loadingOlder) return;
    this.loadingOlder = true;
    held.changed({ kind: 'status' });
    try {
      const page = await held.host.api().call<Page<ThreadItem>>('items.list', {
        thread_id: held.id, limit: pageSize, order: 'desc', after: this.#olderAfter,
      }, held.life);
      const known = new Set(held.state.items.map((item) => item.id));
      const older = (page.data ?? []).toReversed().filter((item) => !known.has(item.id)).map((item) => held.memory.shown(item));
      this.beforeOlder();
      held.state = { ...held.state, items: [...older, ...held.state.items] };
      this.#older(page);
      held.changed({ kind: 'list' });
    } catch (error) {
      held.host.error(asError(error));
    } finally {
      this.loadingOlder = false;
      held.changed({ kind: 'status' });
    }
  }

  /** Brings metadata and the newest items up to date; what did not change keeps its identity. */
  async refresh(): Promise<void> {
    const { held } = this;
    if (held.id === null || held.isBusy() || held.closed) return;
    if (this.unavailable) return this.load();
    const before = held.state;
    const recovery = held.failure === null ? null : await import('./recovery');
    const fetched = await fetchNewest(held, held.id, held.life);
    // A turn may have begun meanwhile; it knows better.
    if (held.isBusy()) return;
    // Something came meanwhile that the server's answer may not hold yet.
    if (held.state !== before) return this.refresh();
    this.take(fetched);
    recovery?.settle(held);
    held.onSettled();
  }

  /** Merges what the server has with what is on show. */
  take({ thread, page }: Fetched): void {
    const { held } = this;
    const { state } = held;
    const items = mergeNewest(state.items, page.data);
    // More came than a page holds: what is before it has to be loaded again.
    if (items[0]?.id !== state.items[0]?.id) this.#older(page);
    const metadata = metadataOf(thread);
    const threadChanged = !isDeepEqual(metadata, state.thread);
    held.state = { ...state, thread: threadChanged ? metadata : state.thread, items };
    if (items !== state.items) held.changed({ kind: 'list' });
    if (threadChanged) held.changed({ kind: 'status' });
  }

  #older(page: Page<ThreadItem>): void {
    this.hasOlder = page.has_more === true && page.after != null;
    this.#olderAfter = page.after ?? null;
  }
}
