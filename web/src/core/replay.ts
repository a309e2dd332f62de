/**
 * A run that is told from its beginning, over what was loaded: what is known stays as it is until the telling has come as far,
 * and what is new stands where the telling has it.
 */
import { emptyState, fold, indexOf, type ConversationState } from './fold';
import { isSame } from './memory';
import type { ThreadItem, ThreadStreamEvent } from './protocol.generated';
import type { Transcript } from './transcript';

/** What was said already comes in one go; what is not there after this long is new. In milliseconds. */
const burst = 1000;

export class Replay {
  /** What the telling alone makes. */
  #told: ConversationState = emptyState;
  /** Of that, what is not done. */
  readonly #open = new Set<string>();
  /** Items that were loaded, and that the telling has not reached. */
  readonly #loaded: Map<string, ThreadItem>;
  readonly #timer: ReturnType<typeof setTimeout>;
  #over = false;

  /** `stale`: items on show that are to go unless they are told of. */
  constructor(private readonly held: Transcript, private readonly stale: Set<string> = new Set()) {
    this.#loaded = new Map(held.state.items.filter(({ id }) => !stale.has(id)).map((item) => [item.id, item]));
    this.#timer = setTimeout(() => this.finish(), burst);
  }

  /** Everything loaded has been reached, or is not part of it. */
  get over(): boolean {
    return this.#over && ![...this.#open].some((id) => this.#loaded.has(id));
  }

  apply(event: ThreadStreamEvent): void {
    const { held } = this;
    if (event.type === 'thread.created' && event.thread.id === held.id) return;
    const id = 'item' in event ? event.item.id : 'item_id' in event ? event.item_id : null;
    if (id === null) {
      held.apply(event);
      return;
    }
    this.#told = fold(this.#told, event).state;
    if (event.type === 'thread.item.added') this.#open.add(id);
    else if (event.type !== 'thread.item.updated') this.#open.delete(id);
    this.stale.delete(id);
    const known = this.#loaded.get(id);
    if (known !== undefined && event.type !== 'thread.item.removed') this.#reach(id, known);
    else if (event.type !== 'thread.item.removed' || indexOf(held.state.items, id) >= 0) {
      this.#loaded.delete(id);
      held.apply(event);
      this.#order();
    }
  }

  /** The telling has come to its end, or nothing more of what was said is to be expected. */
  finish(): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    for (const [id, known] of this.#loaded) this.#reach(id, known);
    for (const id of this.stale) if (indexOf(this.held.state.items, id) >= 0) this.held.apply({ type: 'thread.item.removed', item_id: id });
  }

  /** Goes on with a loaded item from where it is the same as it is told; after the burst, from where it is done. */
  #reach(id: string, known: ThreadItem): void {
    const told = this.#told.items[indexOf(this.#told.items, id)];
    if (told === undefined || this.#open.has(id)) return;
    const same = isSame(known, told);
    if (same || this.#over) this.#loaded.delete(id);
    if (!same && this.#over) this.held.apply({ type: 'thread.item.replaced', item: told });
  }

  /** Items of the run stand in the order in which they were told. */
  #order(): void {
    const { held } = this;
    const { items } = held.state;
    const places = new Map(this.#told.items.map(({ id }, at) => [id, at]));
    const place = ({ id }: ThreadItem): number => places.get(id) ?? -1;
    const ordered = items.filter((item) => place(item) >= 0).sort((a, b) => place(a) - place(b))[Symbol.iterator]();
    const placed = items.map((item) => (place(item) < 0 ? item : (ordered.next().value ?? item)));
    if (placed.every((item, at) => item === items[at])) return;
    held.state = { ...held.state, items: placed };
    held.changed({ kind: 'list' });
  }
}
