/**
 * Which rows of a conversation are in the page: some hundreds around the view. A thread of ten thousand costs what a thread
 * of four hundred does. Pure.
 */
import type { Row } from '../state/rows';

/** How many rows are there at once when a thread opens, how many more come at a time, and how many there are at most. */
export const firstRows = 12;
export const moreRows = 80;
export const mostRows = 400;

/** Positions in the list of rows; `to` is exclusive. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Its ends are rows, not positions: rows that come before or after them do not move it. */
export class RowWindow {
  /** The first row; null before there was any. */
  #first: string | null = null;
  /** The last row; null for whichever is the newest. */
  #last: string | null = null;
  #before = 0;
  #after = 0;

  /** More rows before the first one, from now on or as soon as there are any. What is too much then goes at the end. */
  up(count = moreRows): void {
    this.#before = count;
  }

  /** More rows after the last one; what is too much goes at the start. */
  down(count = moreRows): void {
    this.#after = count;
  }

  /** The newest rows again, as when the thread was opened. */
  toEnd(): void {
    this.#first = this.#last = null;
    this.#before = this.#after = 0;
  }

  /** Something comes at the end that has to be seen. */
  follow(): void {
    if (this.#last !== null) this.toEnd();
  }

  /** The rows that belong into the page. */
  range(rows: readonly Row[]): Range {
    const last = this.#last === null ? -1 : rows.findLastIndex(({ id }) => id === this.#last);
    const end = last < 0 ? rows.length : last + 1;
    const first = this.#first === null ? -1 : rows.findIndex(({ id }) => id === this.#first);
    const start = first < 0 || first >= end ? Math.max(0, end - firstRows) : first;
    const from = Math.max(0, start - this.#before);
    const to = Math.min(rows.length, end + this.#after);
    const range = to - from <= mostRows ? { from, to }
      : this.#before > 0 ? { from, to: from + mostRows }
      : this.#after > 0 ? { from: to - mostRows, to }
      : { from, to };
    this.#before = this.#after = 0;
    this.#first = rows[range.from]?.id ?? null;
    this.#last = range.to === rows.length ? null : rows[range.to - 1]?.id ?? null;
    return range;
  }
}
