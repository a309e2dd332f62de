/** The pages of a thread: its newest items, those before them, and what has changed since. */
import { asError } from './errors';
import { emptyState, metadataOf } from './fold';
import { isDeepEqual, mergeNewest } from './merge';
import type { Page, Thread, ThreadItem } from './protocol.generated';
import type { Transcript } from './transcript';

export type LoadedPage = Page<ThreadItem> & { data: ThreadItem[] };

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
  held.offers(thread.extensions);
  held.active = thread.active_run?.id ?? null;
  if (!thread.items.has_more) return { thread, page: { data: (thread.items.data ?? []).map((item) => held.memory.shown(item)), has_more: false } };
  return { thread, page: await fetchBefore(held, id, null, signal) };
}

/** The items before one, or the newest, oldest first. Pages of which nothing is to be seen are passed over. */
export async function fetchBefore(held: Transcript, id: string, after: string | null, signal?: AbortSignal): Promise<LoadedPage> {
  const params = { thread_id: id, limit: pageSize, order: 'desc', ...(after === null ? {} : { after }) };
  const page = await held.host.api().call<Page<ThreadItem>>('items.list', params, signal);
  const items = page.data ?? [];
  const next = page.has_more === true ? page.after ?? null : null;
  if (items.length === 0 && next !== null && next !== after) return fetchBefore(held, id, next, signal);
  return { ...page, data: items.toReversed().map((item) => held.memory.shown(item)) };
}

export class Pages {
  /** The load itself failed: there is nothing to show but the failure. */
  unavailable = false;
  hasOlder = false;
  loadingOlder = false;
  /** Called right before older items are put in front, for a view that wants to stay where it is. */
  beforeOlder: () => void = () => undefined;
  /** Where the items before those in hand begin. */
  olderAfter: string | null = null;

  constructor(private readonly held: Transcript) {}

  /** Loads metadata and the newest items. Never rejects: a failure is shown in place. */
  async load(): Promise<void> {
    const { held } = this;
    if (held.id === null) return;
    const signal = held.enter('loading');
    try {
      const { thread, page } = await fetchNewest(held, held.id, signal);
      held.state = { ...emptyState, thread: metadataOf(thread), items: page.data };
      this.older(page);
      held.failure = null;
      this.unavailable = false;
      // It begins at once then.
      if (held.active !== null) await import('./run').catch(() => undefined);
    } catch (error) {
      this.unavailable = true;
      const again = (): void => void this.load();
      if (held.stopped) held.failure = { message: null, detail: null, code: 'stopped', retry: again };
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
      await (await import('./older')).prepend(held, this, held.id);
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
    if (items[0]?.id !== state.items[0]?.id) this.older(page);
    const metadata = metadataOf(thread);
    const threadChanged = !isDeepEqual(metadata, state.thread);
    held.state = { ...state, thread: threadChanged ? metadata : state.thread, items };
    if (items !== state.items) held.changed({ kind: 'list' });
    if (threadChanged) held.changed({ kind: 'status' });
  }

  /** What is before a page. */
  older(page: Page<ThreadItem>): void {
    this.hasOlder = page.has_more === true && page.after != null;
    this.olderAfter = page.after ?? null;
  }
}
