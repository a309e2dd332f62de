/** The list of threads for the history panel: paged, newest first. */
import { asError, ChatKitError } from './errors';
import type { Api } from './http';
import type { ActiveRun, Page, Thread, ThreadMetadata } from './protocol.generated';

/** With the run that answers it. */
export type Listed = ThreadMetadata & { readonly active_run?: ActiveRun | null };

/** The list of a chat, made when it is first asked for. */
export function threadsOf(chat: { threads: ThreadList | null; api(): Api }): ThreadList {
  return (chat.threads ??= new ThreadList(() => chat.api()));
}

export class ThreadList {
  threads: readonly Listed[] = [];
  hasMore = false;
  loading = false;
  error: Error | null = null;
  /** Whether the first page has been asked for and answered. */
  loaded = false;
  /** Null while nobody looks. */
  onChange: (() => void) | null = null;
  #after: string | null = null;
  #generation = 0;

  constructor(private readonly api: () => Api) {}

  /** Starts over from the newest; keeps the old rows on show until the new ones are there. */
  async reload(): Promise<void> {
    this.#generation += 1;
    this.loading = false;
    await this.#load(null);
  }

  /** Forgets all threads: they were those of another server or person. */
  restart(): void {
    const shown = this.loaded || this.loading;
    this.#generation += 1;
    this.threads = [];
    this.hasMore = false;
    this.loading = false;
    this.loaded = false;
    this.error = null;
    if (shown) void this.reload();
  }

  async loadMore(): Promise<void> {
    if (this.hasMore && !this.loading) await this.#load(this.#after);
  }

  async #load(after: string | null): Promise<void> {
    if (this.loading) return;
    const generation = this.#generation;
    this.loading = true;
    this.onChange?.();
    try {
      const page = await this.#page(after);
      if (generation !== this.#generation) return;
      const known = new Set(after === null ? [] : this.threads.map((thread) => thread.id));
      this.threads = [...(after === null ? [] : this.threads), ...(page.data ?? []).filter((thread) => !known.has(thread.id))];
      this.hasMore = page.has_more === true && page.after != null;
      this.#after = page.after ?? null;
      this.error = null;
      this.loaded = true;
    } catch (error) {
      if (generation !== this.#generation) return;
      // The thread that the page was to follow is gone: deleted in another tab, say.
      if (after !== null && error instanceof ChatKitError && error.status === 404) return this.reload();
      this.error = asError(error);
    }
    this.loading = false;
    this.onChange?.();
  }

  /** Brings the newest up to date for who looks; the rest stays. */
  async renew(): Promise<void> {
    if (this.onChange === null || !this.loaded || this.loading) return;
    const generation = this.#generation;
    const page = await this.#page(null);
    if (generation !== this.#generation) return;
    const newest = page.data ?? [];
    const known = new Set(newest.map(({ id }) => id));
    this.put([...newest, ...(page.has_more === true ? this.threads.filter(({ id }) => !known.has(id)) : [])]);
  }

  put(threads: readonly Listed[]): void {
    this.threads = threads;
    this.onChange?.();
  }

  #page(after: string | null): Promise<Page<Thread>> {
    return this.api().call<Page<Thread>>('threads.list', { limit: 30, order: 'desc', ...(after === null ? {} : { after }) });
  }

  async rename(id: string, title: string): Promise<void> {
    const thread = await this.api().call<ThreadMetadata>('threads.update', { thread_id: id, title });
    this.put(this.threads.map((each) => (each.id === id ? { ...each, title: thread.title ?? title } : each)));
  }

  async delete(id: string): Promise<void> {
    await this.api().call('threads.delete', { thread_id: id });
    this.drop(id);
  }

  /** It is gone. */
  drop(id: string): void {
    const left = this.threads.filter((each) => each.id !== id);
    // The next page goes on from a thread that is there.
    if (this.#after === id) this.#after = left.at(-1)?.id ?? null;
    this.put(left);
  }
}
