/** What one delta of a long answer costs, in counts: a change that makes the work grow with the length of the answer fails. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { StreamingMarkdown } from '../../src/markdown';
import type * as Dom from '../../src/markdown/dom';
import type * as Parser from '../../src/markdown/parser';
import { options } from '../markdown/support';
import { longAnswer, pieces } from './support';

const counted = vi.hoisted(() => ({ built: 0, parsed: 0, looked: 0 }));

vi.mock('../../src/markdown/parser', async (original) => {
  const real = await original<typeof Parser>();
  return {
    ...real,
    parse: (...given: Parameters<typeof real.parse>) => {
      counted.parsed += given[0].length;
      return real.parse(...given);
    },
    parseStructure: (...given: Parameters<typeof real.parseStructure>) => {
      counted.looked += given[0].length;
      return real.parseStructure(...given);
    },
  };
});
vi.mock('../../src/markdown/dom', async (original) => {
  const real = await original<typeof Dom>();
  return {
    ...real,
    buildBlock: (...given: Parameters<typeof real.buildBlock>) => {
      counted.built += 1;
      return real.buildBlock(...given);
    },
  };
});

/** Of ten letters, as the deltas of models often are. */
const deltas = 1000;
const length = 10_000;

interface Cost {
  /** blocks built, characters parsed, characters looked through for the ends of blocks */
  built: number;
  parsed: number;
  looked: number;
  /** nodes made, nodes that came into or went out of the document */
  made: number;
  moved: number;
}

let made = 0;

beforeEach(() => {
  made = 0;
  Object.assign(counted, { built: 0, parsed: 0, looked: 0 });
  for (const name of ['createElement', 'createElementNS', 'createTextNode'] as const) {
    const real = document[name].bind(document) as (...given: unknown[]) => Node;
    vi.spyOn(document, name).mockImplementation(((...given: unknown[]) => {
      made += 1;
      return real(...given);
    }) as never);
  }
});

afterEach(() => {
  vi.restoreAllMocks();
  document.body.replaceChildren();
});

/** Streams an answer and brings the nodes up to date after every delta, which is the worst that can be. */
function costOf(text: string): Cost {
  const container = document.createElement('div');
  document.body.append(container);
  const markdown = new StreamingMarkdown(container, options());
  let moved = 0;
  const count = (records: MutationRecord[]): void => {
    for (const { addedNodes, removedNodes } of records) moved += addedNodes.length + removedNodes.length;
  };
  const observer = new MutationObserver(count);
  observer.observe(container, { childList: true, subtree: true });
  for (const delta of pieces(text, deltas)) {
    markdown.append(delta);
    markdown.flush();
    count(observer.takeRecords());
  }
  markdown.finish();
  count(observer.takeRecords());
  return { ...counted, made, moved };
}

// Found on 2026-11-20: 1.6 blocks built, 246 characters parsed, 39 looked through, 36 nodes made, 0.6 moved.
test('a delta of a long answer costs its open block, no more', { timeout: 60_000 }, () => {
  const cost = costOf(longAnswer(length));
  const per = (count: number): number => count / deltas;
  expect.soft(per(cost.built), 'blocks built').toBeLessThan(2.3);
  expect.soft(per(cost.parsed), 'characters parsed').toBeLessThan(340);
  expect.soft(per(cost.looked), 'characters looked through').toBeLessThan(55);
  expect.soft(per(cost.made), 'nodes made').toBeLessThan(50);
  expect.soft(per(cost.moved), 'nodes put in or taken out').toBeLessThan(0.8);
});

test('pieces that come before the next update are one', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const markdown = new StreamingMarkdown(document.createElement('div'), options());
  for (const letter of 'Fifty letters in fifty pieces, all before one frame') markdown.append(letter);
  vi.advanceTimersByTime(20);
  expect(counted.built).toBe(1);
  vi.useRealTimers();
});

test.each([
  { speed: 'model', piece: 'word ', least: 25, most: 32 },
  { speed: 'burst', piece: 'a whole line of words, which nobody can read as fast as it comes ', least: 12, most: 17 },
])('a second of deltas at the speed of a $speed is some $most updates', ({ piece, least, most }) => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const markdown = new StreamingMarkdown(document.createElement('div'), options());
  for (let count = 0; count < 200; count += 1) {
    markdown.append(piece);
    vi.advanceTimersByTime(5);
  }
  expect(counted.built).toBeGreaterThan(least);
  expect(counted.built).toBeLessThan(most);
  vi.useRealTimers();
});
