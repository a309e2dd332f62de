/** The rows of a conversation that are in the page, whole near the view and as mere words far from it. */
import type { VNode } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useReducer } from 'preact/hooks';
import type { ThreadItem } from '../core/protocol.generated';
import type { Messages } from '../locales';
import { useMessages, useShell } from '../state/context';
import { detailTypes } from './details-lazy';
import { HeldRows } from './held';
import { whenIdle } from './idle';
import { farMessage, guessedHeight, isMessage } from './items/far';
import { RowView } from './row';
import type { Row } from '../state/rows';
import type { ScrollController } from './scroll';
import { Notices } from './status';
import type { Store } from '../state/store';
import { moreRows, mostRows, RowWindow, type Range } from './window';

/** Whether the browser tells when it begins to lay out what `content-visibility: auto` had it skip. */
const told = 'ContentVisibilityAutoStateChangeEvent' in globalThis;

/** At least and at most so many rows at the end are always whole and laid out, or those that fill so many pixels. */
const endRows = { least: 4, most: 12, pixels: 1200 };

/** What a row was made of, and what was made. */
interface Made {
  readonly row: Row;
  /** Null for a whole row, which looks after itself. */
  readonly item: ThreadItem | null;
  readonly messages: Messages;
  readonly atEnd: boolean;
  readonly node: VNode;
}

/** What is known of the rows of one conversation. */
class Mounted {
  sending: object | null = null;
  readonly window = new RowWindow();
  readonly held = new HeldRows();
  range: Range = { from: 0, to: 0 };
  /** Rows to keep outside of the range. */
  #kept: ReadonlySet<string> = new Set();
  /** Rows that are or were near the view. */
  readonly #near = new Set<string>();
  /** Heights of whole rows, for when they come back. */
  readonly #heights = new Map<string, number>();
  #made = new Map<string, Made>();

  /** Before rows come and go: what of them must not be lost. */
  remember(content: HTMLElement): void {
    this.#kept = this.held.ids(content);
    for (const row of content.querySelectorAll<HTMLElement>(':scope > .row')) {
      const id = row.dataset['item'];
      // Some have only just been found near, and are words still.
      if (id !== undefined && this.#made.get(id)?.item === null) this.#heights.set(id, row.offsetHeight);
    }
  }

  /** The view has come near a row. Returns whether that is news. */
  approach(row: EventTarget | null): boolean {
    const id = row instanceof HTMLElement ? row.dataset['item'] : undefined;
    if (id === undefined || this.#near.has(id)) return false;
    this.#near.add(id);
    return true;
  }

  /** The rows, from first to last. One that was made before of the same is that one, and costs nothing. */
  nodes(store: Store, messages: Messages): VNode[] {
    const rows = store.rows.value;
    const printing = store.printing.value;
    const { from, to } = (this.range = printing ? { from: 0, to: rows.length } : this.window.range(rows));
    const end = to === rows.length ? to - rowsAtEnd(rows, from, store) : to;
    const made = new Map<string, Made>();
    const [first, last] = this.#kept.size === 0 ? [from, to] : [0, rows.length];
    for (let at = first; at < last; at += 1) {
      const row = rows[at];
      if (row === undefined || !((at >= from && at < to) || this.#kept.has(row.id))) continue;
      if (printing) this.#near.add(row.id);
      const node = this.#make(row, at, at >= end && at < to, store, messages);
      if (node !== null) made.set(row.id, node);
    }
    for (const id of this.#made.keys()) if (!made.has(id)) this.#near.delete(id);
    this.#made = made;
    const after = new Set(store.notices.value.map((notice) => notice.after));
    return [...made].flatMap(([id, { node }]) => (after.has(id) ? [node, <Notices key={`after ${id}`} after={id} />] : [node]));
  }

  #make(row: Row, at: number, atEnd: boolean, store: Store, messages: Messages): Made | null {
    const signal = store.item(row.id, at);
    if (signal === undefined || !(isMessage(signal.peek()) || detailTypes.has(row.type))) return null;
    if (atEnd || !told || !isMessage(signal.peek())) this.#near.add(row.id);
    const item = this.#near.has(row.id) ? null : signal.value;
    const before = this.#made.get(row.id);
    if (before?.row === row && before.item === item && before.atEnd === atEnd && before.messages === messages) return before;
    const height = this.#heights.get(row.id);
    const node = (
      <div key={row.id} class={atEnd ? 'row row-end' : 'row'} data-type={row.type} data-item={row.id} style={height === undefined ? undefined : { containIntrinsicSize: `auto ${height}px` }}>
        {item === null || !isMessage(item) ? <RowView row={row} /> : farMessage(item, messages)}
      </div>
    );
    return { row, item, messages, atEnd, node };
  }
}

function rowsAtEnd(rows: readonly Row[], from: number, store: Store): number {
  const least = Math.max(from, rows.length - endRows.least);
  const most = Math.max(from, rows.length - endRows.most);
  let height = 0;
  let at = rows.length;
  while (at > most && (at > least || height < endRows.pixels)) {
    at -= 1;
    const item = store.item(rows[at]?.id ?? '', at)?.peek();
    if (item !== undefined) height += guessedHeight(item);
  }
  return rows.length - at;
}

/** The rows in the page, and how that changes: around the view as it moves, and more of them when the browser is idle. */
export function useMounted(conversation: object, scroll: ScrollController, content: { current: HTMLElement | null }): {
  /** The rows to render. */
  nodes: VNode[];
  /** Everything in hand before them, after them, is in the page. */
  begins: boolean;
  ends: boolean;
  /** Before older rows come in front of those in hand. */
  older: () => void;
  /** Brings the newest rows back if they are gone. Returns whether they were. */
  toEnd: () => boolean;
} {
  const { store } = useShell();
  const messages = useMessages();
  const [, update] = useReducer((count: number) => count + 1, 0);
  const mounted = useMemo(() => new Mounted(), [conversation]);
  const sending = store.sending.value;
  if (mounted.sending !== sending && sending !== null) mounted.window.follow();
  mounted.sending = sending;
  const nodes = mounted.nodes(store, messages);
  const count = store.rows.value.length;
  const { from, to } = mounted.range;

  const move = (change: (rows: RowWindow) => void, filling = false): void => {
    if (content.current === null) return;
    scroll.keep();
    // None goes away from those that are filled up.
    if (!filling) mounted.remember(content.current);
    change(mounted.window);
    update(undefined);
  };
  scroll.cut = to < count;
  scroll.onEdge = (up) => {
    if (up && from > 0) move((rows) => rows.up());
    else if (!up && to < count) move((rows) => rows.down());
  };
  useEffect(() => {
    const room = mostRows - (to - from);
    if (to < count || (room > 0 ? from === 0 : -room < moreRows)) return undefined;
    // Who reads far above the newest row keeps what is there.
    return whenIdle(() => move((rows) => (room > 0 ? rows.up(Math.min(room, moreRows)) : scroll.upper ? rows.up(1) : rows.down(1)), room > 0));
  }, [mounted, from, to, count]);
  useApproach(mounted, scroll, content, update as () => void);

  return {
    nodes,
    begins: from === 0,
    ends: to === count,
    older: () => move((rows) => rows.up()),
    toEnd: () => {
      if (to === count) return false;
      mounted.window.toEnd();
      update(undefined);
      return true;
    },
  };
}

/** Has rows made whole that the view comes near, and held in which the user does something. */
function useApproach(mounted: Mounted, scroll: ScrollController, content: { current: HTMLElement | null }, update: () => void): void {
  useLayoutEffect(() => {
    const node = content.current;
    if (node === null) return undefined;
    let frame = 0;
    const build = (): void => {
      frame = 0;
      scroll.keep();
      update();
    };
    const stop = new AbortController();
    const options = { signal: stop.signal, capture: true };
    node.addEventListener('contentvisibilityautostatechange', (event) => {
      if ((event as ContentVisibilityAutoStateChangeEvent).skipped || !mounted.approach(event.target)) return;
      if (frame === 0) frame = requestAnimationFrame(build);
    }, options);
    for (const type of ['input', 'change']) node.addEventListener(type, ({ target }) => mounted.held.use(target), options);
    return () => {
      stop.abort();
      cancelAnimationFrame(frame);
    };
  }, [mounted]);
}
