/** What this page knows of a thread beside what the server stores. It outlasts leaving the thread, not the page. */
import { isDeepEqual } from './merge';
import type { ThreadItem } from './protocol.generated';

/** An item that was updated on show after it was stored. */
interface Updated {
  readonly stored: ThreadItem;
  readonly shown: ThreadItem;
}

export class ThreadMemory {
  readonly #kept = new Map<string, unknown>();
  readonly #updated = new Map<string, Updated>();

  /** The view's own: what is kept under a key, made when there is nothing yet. */
  remembered<T>(key: string, make: () => T): T {
    if (!this.#kept.has(key)) this.#kept.set(key, make());
    return this.#kept.get(key) as T;
  }

  /** A stored item was updated, which servers may do without storing it. */
  updated(before: ThreadItem, shown: ThreadItem): void {
    this.#updated.set(shown.id, { stored: this.#updated.get(shown.id)?.stored ?? before, shown });
  }

  /** The server has replaced or removed an item. */
  forget(id: string): void {
    this.#updated.delete(id);
  }

  /** What to show for an item that the server has stored: its updates hold until the server stores another one. */
  shown(item: ThreadItem): ThreadItem {
    const known = this.#updated.get(item.id);
    if (known === undefined) return item;
    if (isSame(known.stored, item)) return known.shown;
    this.#updated.delete(item.id);
    return item;
  }
}

/** Times apart: stores keep them with more or fewer digits. */
export function isSame(a: ThreadItem, b: ThreadItem): boolean {
  return isDeepEqual({ ...a, created_at: '' }, { ...b, created_at: '' });
}
