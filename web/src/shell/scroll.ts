/**
 * Where the conversation stands in its scroll container.
 *
 * - A thread opens at its newest row, and stays there while rows take their real height, until somebody scrolls up.
 * - Rows that come or go above what is in view do not move it.
 * - A sent message goes to the top, with room below for its answer; `autoScroll` follows the answer while the reader is near
 *   the bottom.
 */
const near = 80;
const topGap = 16;
/** With more than this below the view, words are cut off: what is left is the room after the last row. */
const cutOff = 40;
/** Nearer than this to the first or the last row in the page, more of them should come. */
const edge = 1600;
const readerScrolls = ['wheel', 'touchmove', 'pointerdown', 'keydown'] as const;

export class ScrollController {
  /** Told when the newest row goes out of or comes into view. */
  onAway: (away: boolean) => void = () => undefined;
  /** Told when the view is near the first row in the page, or near the last. */
  onEdge: (up: boolean) => void = () => undefined;
  autoScroll = false;
  /** There are rows after the last one in the page. */
  cut = false;

  #scroller: HTMLElement | null = null;
  #content: HTMLElement | null = null;
  #tail: HTMLElement | null = null;
  #observer: ResizeObserver | null = null;
  #pinned = true;
  #away = false;
  /** The row that goes to the top while its answer comes. */
  #anchor: HTMLElement | null = null;
  /** The reader has scrolled since the anchor was set. */
  #touched = false;
  /** The reader has scrolled, or tried to, since the view was last put somewhere. */
  #reader = false;
  /** A smooth scroll is under way, which to scroll would end. Until it ends nobody sees what rows do that take their height. */
  #moving = false;
  /** Where the view was when last looked at, and how long the conversation. */
  #last = { top: 0, height: 0 };
  /** Something in view, how far it is from the upper side of the view, and where that was then. */
  #kept: { node: Element; top: number; scrolled: number } | null = null;

  attach(scroller: HTMLElement, content: HTMLElement, tail: HTMLElement): () => void {
    this.#scroller = scroller;
    this.#content = content;
    this.#tail = tail;
    this.#observer = new ResizeObserver(() => this.#resized());
    this.#observer.observe(content);
    this.#observer.observe(scroller);
    const onScroll = (): void => {
      this.#moving = 'onscrollend' in scroller;
      this.#scrolled();
    };
    const onTouch = (): void => void (this.#touched = this.#reader = true);
    // What lays itself out meanwhile can end a smooth scroll short of its aim.
    const onEnd = (): void => {
      this.#moving = false;
      this.settle();
    };
    scroller.addEventListener('scroll', onScroll, { passive: true });
    scroller.addEventListener('scrollend', onEnd, { passive: true });
    for (const type of readerScrolls) scroller.addEventListener(type, onTouch, { passive: true });
    return () => {
      scroller.removeEventListener('scroll', onScroll);
      scroller.removeEventListener('scrollend', onEnd);
      for (const type of readerScrolls) scroller.removeEventListener(type, onTouch);
      this.#observer?.disconnect();
      this.#scroller = null;
    };
  }

  /** Another thread is on show: at its newest row, until the reader scrolls. */
  reset(): void {
    this.#anchor = null;
    this.#kept = null;
    this.#setTail(0);
    this.#pin();
    this.#toEnd('instant');
  }

  /** The row goes to the top of the view, smoothly. */
  anchor(row: HTMLElement): void {
    this.#anchor = row;
    this.#touched = false;
    // In a short thread nothing scrolls, so nothing would tell later that the reader is at the end.
    this.#pinned = this.autoScroll;
    this.#reader = false;
    this.#toAnchor();
  }

  /** The row that stands for the anchored one from now on. */
  replaceAnchor(row: HTMLElement): void {
    if (this.#anchor === null) return;
    this.#anchor = row;
    if (this.#touched) this.#fitTail();
    else this.#toAnchor();
  }

  #toAnchor(): void {
    this.#fitTail();
    const { scroller, anchor } = { scroller: this.#scroller, anchor: this.#anchor };
    if (scroller === null || anchor === null) return;
    const top = anchor.offsetTop - topGap;
    // Asked with every line of an answer, and nearly always where it should be.
    if (Math.abs(scroller.scrollTop - top) > 1) scroller.scrollTo({ top, behavior: motion() });
  }

  get anchored(): boolean {
    return this.#anchor !== null;
  }

  /** The reader wants the newest row. `far`: it has only now come into the page, so there is no way to be seen. */
  jump(far = false): void {
    this.#anchor = null;
    this.#setTail(0);
    this.#pin();
    this.#toEnd(far ? 'instant' : motion());
  }

  /** The view is in the upper half of what is there. */
  get upper(): boolean {
    return this.#scroller !== null && !this.#pinned && this.#scroller.scrollTop < this.#scroller.scrollHeight / 2;
  }

  #pin(): void {
    this.#pinned = true;
    this.#reader = false;
  }

  /** Before rows come or go: remembers what is in view and where, unless it is the end that is kept. */
  keep(): void {
    const scroller = this.#scroller;
    const content = this.#content;
    if (scroller === null || content === null) return;
    const { top, bottom } = scroller.getBoundingClientRect();
    const kept = this.#kept;
    // The same as long as nobody scrolls: rows take their height step by step. The browser itself may have scrolled to keep it.
    if (kept?.node.isConnected === true && (kept.scrolled === scroller.scrollTop || Math.abs(kept.node.getBoundingClientRect().top - top - kept.top) < 1)) return;
    this.#kept = null;
    if (this.#pinned || this.#held) return;
    const node = landmark(content, top, bottom);
    if (node !== undefined) this.#kept = { node, top: node.getBoundingClientRect().top - top, scrolled: scroller.scrollTop };
  }

  /** After they have come or gone, or taken their height: what was in view stands where it stood. */
  restore(): void {
    const kept = this.#kept;
    const scroller = this.#scroller;
    if (kept?.node.isConnected !== true || scroller === null || this.#pinned || this.#held) return;
    const moved = kept.node.getBoundingClientRect().top - scroller.getBoundingClientRect().top - kept.top;
    // Browsers that do it by themselves have done it by now; to scroll would end what is left of a turn of the wheel.
    if (Math.abs(moved) > 0.5) scroller.scrollTop += moved;
    kept.scrolled = scroller.scrollTop;
  }

  /** Comes before anything is painted. */
  #resized(): void {
    if (!this.#moving) this.restore();
    this.#fitTail();
    // Rows above take their real height while it is on its way, which would leave it short of the top.
    if (this.#held) this.#toAnchor();
    else if (this.#pinned && (this.#anchor === null || this.autoScroll)) this.#toEnd('instant');
    this.#scrolled(false);
  }

  /** The anchored row belongs at the top: the reader has not scrolled, and the answer does not run on below the view. */
  get #held(): boolean {
    return !this.#touched && this.#anchor !== null && (!this.#pinned || (this.#tail?.offsetHeight ?? 0) > 0);
  }

  /** The end, or the anchored row, is where it should be. */
  settle(): void {
    if (this.#pinned && this.#anchor === null) this.#toEnd('instant');
    if (this.#held) this.#toAnchor();
  }

  #scrolled(byReader = true): void {
    const scroller = this.#scroller;
    if (scroller === null) return;
    const tail = this.#tail?.offsetHeight ?? 0;
    const below = scroller.scrollHeight - tail - scroller.scrollTop - scroller.clientHeight;
    const rest = this.cut ? Infinity : below;
    if (rest < near ? byReader : this.#movedUp(scroller)) this.#pinned = rest < near && (this.#anchor === null || this.autoScroll);
    this.#last = { top: scroller.scrollTop, height: scroller.scrollHeight };
    if (!this.#pinned && scroller.scrollTop < edge) this.onEdge(true);
    else if (this.cut && below < edge) this.onEdge(false);
    this.keep();
    const away = rest > cutOff && !this.#pinned;
    if (away === this.#away) return;
    this.#away = away;
    this.onAway(away);
  }

  /**
   * Somebody scrolled up. Rows that take their real height move the view too, but make the conversation shorter when they
   * move it up.
   */
  #movedUp({ scrollTop, scrollHeight }: HTMLElement): boolean {
    return scrollTop < this.#last.top - 1 && (this.#reader || scrollHeight >= this.#last.height);
  }

  #toEnd(behavior: ScrollBehavior): void {
    const scroller = this.#scroller;
    if (scroller === null) return;
    const tail = this.#tail?.offsetHeight ?? 0;
    const end = scroller.scrollHeight - tail - scroller.clientHeight;
    // With room left below an anchored row, the end is above it: never scroll back for that.
    scroller.scrollTo({ top: tail > 0 ? Math.max(end, scroller.scrollTop) : end, behavior });
  }

  /** As much room below the last row as the anchored one needs to reach the top. */
  #fitTail(): void {
    const { scroller, content, anchor } = { scroller: this.#scroller, content: this.#content, anchor: this.#anchor };
    if (scroller === null || content === null || anchor === null) return;
    if (!anchor.isConnected) return;
    const below = content.offsetTop + content.offsetHeight - anchor.offsetTop + topGap;
    this.#setTail(Math.max(0, scroller.clientHeight - below));
  }

  #setTail(height: number): void {
    if (this.#tail !== null) this.#tail.style.height = `${Math.round(height)}px`;
  }
}

/**
 * What a reader would notice if it moved: the first row that begins in the view; of one that began before it, a paragraph
 * or the like.
 */
function landmark(content: HTMLElement, top: number, bottom: number): Element | undefined {
  const begins = (node: Element): boolean => {
    const at = node.getBoundingClientRect().top;
    return at >= top && at < bottom;
  };
  const row = firstBelow(content.children, top);
  if (row === undefined || begins(row)) return row;
  const next = row.nextElementSibling;
  // Mere words, which are about to become a whole message, have nothing that stays.
  const parts = row.querySelector('.prose:not(.ck-md), .user') !== null ? [] : [...row.querySelectorAll(':scope > * > :not(.hidden), .ck-md > *')];
  return parts.find(begins) ?? (next !== null && begins(next) ? next : row);
}

/** The first of nodes that stand one below another whose end is below `top`. */
function firstBelow(nodes: HTMLCollection, top: number): Element | undefined {
  let [from, to] = [0, nodes.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((nodes[middle]?.getBoundingClientRect().bottom ?? 0) > top) to = middle;
    else from = middle + 1;
  }
  return nodes[from];
}

const calm = matchMedia('(prefers-reduced-motion: reduce)');

function motion(): ScrollBehavior {
  return calm.matches ? 'instant' : 'smooth';
}
