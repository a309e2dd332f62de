import { beforeEach, describe, expect, test, vi } from 'vitest';
import { Harness } from '../support/harness';
import { events, json, thread, userItem } from '../support/server';
import { threadsOf } from '../../src/core/threads';

let harness: Harness;
beforeEach(() => {
  harness = new Harness();
});

const items = (from: number, to: number): Record<string, unknown>[] => Array.from({ length: to - from + 1 }, (_, at) => userItem(`m${from + at}`, `${from + at}`));
/** A page of items as the server gives it, the newest first; `after` when there are more. */
const page = (data: Record<string, unknown>[], after: string | null = null): Response => json({ data: data.toReversed(), has_more: after !== null, ...(after === null ? {} : { after }) });
const long = (): Response => json({ ...thread(), items: { data: items(1, 20), has_more: true, after: 'm20' } });
const ids = (): string[] => harness.chat.current.state.items.map(({ id }) => id);
const open = async (): Promise<void> => {
  harness.server.next(long()).next(page(items(81, 120), 'm81'));
  await harness.chat.open('thr_1');
};
const later = (): { promise: Promise<Response>; give: (response: Response) => void } => {
  let give!: (response: Response) => void;
  return { promise: new Promise<Response>((resolve) => (give = resolve)), give: (response) => give(response) };
};

describe('earlier messages', () => {
  test('that answer after a refresh are asked for again, so that none is out of reach', async () => {
    await open();
    const slow = later();
    harness.server.next(slow.promise);
    const older = harness.chat.current.loadOlder();
    await vi.waitFor(() => expect(harness.server.calls.at(-1)?.params).toHaveProperty('after'));
    harness.server.next(long()).next(page(items(161, 200), 'm161'));
    await harness.chat.current.refresh();
    expect(ids()).toEqual(items(161, 200).map(({ id }) => id));
    slow.give(page(items(41, 80), 'm41'));
    await older;
    expect(ids()).toEqual(items(161, 200).map(({ id }) => id));
    harness.server.next(page(items(121, 160), 'm121'));
    await harness.chat.current.loadOlder();
    expect(harness.server.calls.at(-1)?.params).toMatchObject({ after: 'm161' });
    expect(ids()).toEqual(items(121, 200).map(({ id }) => id));
  });

  test('whose place is gone are looked for from the newest', async () => {
    await open();
    harness.server.next(json({ error: { code: 'not_found', message: 'There is nothing.' } }, 404)).next(long()).next(page(items(50, 89), 'm50'));
    await harness.chat.current.loadOlder();
    expect(ids()).toEqual(items(50, 89).map(({ id }) => id));
    expect(harness.chat.current.hasOlder).toBe(true);
  });

  test('come from behind pages of which nothing is to be seen', async () => {
    await open();
    harness.server.next(page([], 'h1')).next(page([], 'h2')).next(page(items(1, 3)));
    await harness.chat.current.loadOlder();
    expect(harness.server.calls.slice(-3).map(({ params }) => params['after'])).toEqual(['m81', 'h1', 'h2']);
    expect(ids()[0]).toBe('m1');
    expect(harness.chat.current.hasOlder).toBe(false);
  });
});

test.each([1, 3])('a thread that ends with %d pages of hidden items shows what is before them', async (hidden) => {
  harness.server.next(long());
  for (let at = 0; at < hidden; at += 1) harness.server.next(page([], `h${at}`));
  harness.server.next(page(items(1, 40)));
  await harness.chat.open('thr_1');
  expect(ids()).toHaveLength(40);
  harness.server.next(long());
  for (let at = 0; at < hidden; at += 1) harness.server.next(page([], `h${at}`));
  harness.server.next(page(items(1, 40)));
  await harness.chat.current.refresh();
  expect(ids()).toHaveLength(40);
});

test('a server that says for ever that there is more is asked no further', async () => {
  harness.server.next(long()).next(page([], 'h')).next(page([], 'h'));
  await harness.chat.open('thr_1');
  expect(ids()).toEqual([]);
});

describe('the history', () => {
  const threads = (...names: string[]): Response => json({ data: names.map((id) => thread(id)), has_more: true, after: names.at(-1) });
  const listed = (): string[] => threadsOf(harness.chat).threads.map(({ id }) => id);

  test.each([
    ['the last one', ['c'], 'b'],
    ['the last two', ['c', 'b'], 'a'],
    ['one before it', ['b'], 'c'],
  ])('goes on after %s was deleted', async (_name, deleted, after) => {
    harness.server.next(threads('a', 'b', 'c'));
    await threadsOf(harness.chat).reload();
    for (const id of deleted) {
      harness.server.next(json({}));
      await threadsOf(harness.chat).delete(id);
    }
    harness.server.next(threads('d'));
    await threadsOf(harness.chat).loadMore();
    expect(harness.server.calls.at(-1)?.params).toMatchObject({ after });
    expect(listed()).toEqual([...['a', 'b', 'c'].filter((id) => !deleted.includes(id)), 'd']);
  });

  test('starts over when all were deleted', async () => {
    harness.server.next(threads('a')).next(json({})).next(threads('b'));
    await threadsOf(harness.chat).reload();
    await threadsOf(harness.chat).delete('a');
    await threadsOf(harness.chat).loadMore();
    expect(listed()).toEqual(['b']);
  });

  test('starts over when the thread that it ended with was deleted elsewhere', async () => {
    harness.server.next(threads('a', 'b')).next(json({ error: { code: 'not_found', message: 'There is nothing.' } }, 404)).next(threads('x', 'a'));
    await threadsOf(harness.chat).reload();
    await threadsOf(harness.chat).loadMore();
    expect(listed()).toEqual(['x', 'a']);
    expect(threadsOf(harness.chat).error).toBeNull();
  });

});

describe('a message that did not get to the server', () => {
  const unsent: [string | null, string][] = [];
  const refuse = (): Response => json({ error: { code: 'unavailable', message: 'Later.' } }, 503);
  beforeEach(() => {
    unsent.length = 0;
    harness.chat.onUnsent = (threadId, message) => unsent.push([threadId, message.content.map((part) => part.text).join('')]);
  });

  test('goes back to where it was written when another thread is opened', async () => {
    harness.server.next(refuse());
    await expect(harness.say('First words')).rejects.toThrow();
    harness.server.next(json(thread('thr_2')));
    await harness.chat.open('thr_2');
    expect(unsent).toEqual([[null, 'First words']]);
  });

  test('goes back when another one takes its place', async () => {
    harness.server.next(refuse());
    await expect(harness.say('First words')).rejects.toThrow();
    await harness.chat.open(null);
    harness.server.next(events({ type: 'thread.created', thread: thread() }, { type: 'thread.item.done', item: userItem('m', 'Second words') }));
    await harness.say('Second words');
    expect(unsent).toEqual([[null, 'First words']]);
  });

  test('of a thread goes back to that thread', async () => {
    harness.server.next(json(thread('thr_1')));
    await harness.chat.open('thr_1');
    harness.server.next(refuse());
    await expect(harness.say('More')).rejects.toThrow();
    await harness.chat.open(null);
    expect(unsent).toEqual([['thr_1', 'More']]);
  });

  test('stays where it is while it is shown', async () => {
    harness.server.next(refuse());
    await expect(harness.say('First words')).rejects.toThrow();
    await vi.waitFor(() => expect(harness.chat.current.busy).toBe(false));
    expect(harness.chat.current.sending).not.toBeNull();
    expect(unsent).toEqual([]);
  });
});
