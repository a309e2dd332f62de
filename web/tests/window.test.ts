/** Which rows are in the page. */
import { describe, expect, test } from 'vitest';
import type { Row } from '../src/state/rows';
import { firstRows, moreRows, mostRows, RowWindow } from '../src/shell/window';

const rows = (from: number, to: number): Row[] => Array.from({ length: to - from }, (_, at) => ({ id: `row_${from + at}`, type: 'user_message', turn: null, asked: null }));
const all = rows(0, 10_000);
const count = all.length;

/** At its end, with as many rows as there may be. */
function full(): RowWindow {
  const window = new RowWindow();
  for (let size = window.range(all).to - window.range(all).from; size < mostRows; size += moreRows) {
    window.up(Math.min(moreRows, mostRows - size));
    window.range(all);
  }
  return window;
}

describe('the rows in the page', () => {
  test('are the newest at first, or all of a few', () => {
    expect(new RowWindow().range(all)).toEqual({ from: count - firstRows, to: count });
    expect(new RowWindow().range(rows(0, 3))).toEqual({ from: 0, to: 3 });
    expect(new RowWindow().range([])).toEqual({ from: 0, to: 0 });
  });

  test('grow by those that come at the end', () => {
    const window = new RowWindow();
    window.range(rows(0, 100));
    expect(window.range(rows(0, 103))).toEqual({ from: 100 - firstRows, to: 103 });
  });

  test('stay the same when older ones come before them, but for those that were asked for', () => {
    const window = new RowWindow();
    window.range(rows(100, 110));
    expect(window.range(rows(60, 110))).toEqual({ from: 40, to: 50 });
    window.up();
    expect(window.range(rows(20, 110))).toEqual({ from: 80 - moreRows, to: 90 });
  });

  test('are never more than a few hundred: on the way up the newest go, on the way down the oldest', () => {
    const window = full();
    expect(window.range(all)).toEqual({ from: count - mostRows, to: count });
    window.up();
    expect(window.range(all)).toEqual({ from: count - mostRows - moreRows, to: count - moreRows });
    window.down(20);
    expect(window.range(all)).toEqual({ from: count - mostRows - moreRows + 20, to: count - moreRows + 20 });
  });

  test('do not grow at the end while that is away, until something has to be seen there', () => {
    const window = full();
    window.up();
    const before = window.range(all);
    expect(window.range(rows(0, count + 5))).toEqual(before);
    window.follow();
    expect(window.range(rows(0, count + 5))).toEqual({ from: count + 5 - firstRows, to: count + 5 });
  });

  test('are still some when the first or the last of them is removed', () => {
    const window = full();
    const range = window.range(all);
    expect(window.range(all.toSpliced(range.from, 1))).toEqual({ from: count - 1 - firstRows, to: count - 1 });
    window.up();
    window.range(all);
    expect(window.range(rows(0, 50)).to).toBe(50);
  });
});
