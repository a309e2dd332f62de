import { beforeEach, describe, expect, test, vi } from 'vitest';
import { Harness } from '../support/harness';
import { assistantItem, done, events, json, live, thread, userItem } from '../support/server';

let harness: Harness;
beforeEach(() => {
  harness = new Harness();
});

const created = { type: 'thread.created', thread: thread() };
const now = new Date().toISOString();
const threads = (...all: Record<string, unknown>[]): Response => json({ data: all, has_more: false });
const recent = (id: string): Record<string, unknown> => ({ ...thread(id), created_at: now });
const asked = (): string[] => harness.server.calls.map(({ type }) => type);
const posted = (type: string): number => asked().filter((each) => each === type).length;

/** The message is on its way, and its request has failed. */
async function lost(text: string, answer: Response | Error): Promise<void> {
  harness.server.next(answer);
  await expect(harness.say(text)).rejects.toThrow();
  expect(harness.chat.current.sending).not.toBeNull();
}

async function opened(...items: unknown[]): Promise<void> {
  harness.server.next(json(thread('thr_1', items)));
  await harness.chat.open('thr_1');
}

/** Ways in which a message gets to the server without a word of it. */
const failures: [name: string, answer: () => Response | Error][] = [
  ['the stream ends before anything', () => events({ type: 'progress_update', text: '…' })],
  ['a fetch that forwards and then rejects', () => new TypeError('failed to fetch')],
  ['a gateway that lost its patience', () => new Response('', { status: 504 })],
];

describe.each(failures)('a message that the thread holds, although %s', (_name, answer) => {
  beforeEach(async () => {
    await opened(userItem('msg_1', 'Hi'), assistantItem('msg_2', 'Hello'));
    await lost('Hi', answer());
  });
  const stored = (): unknown[] => [userItem('msg_1', 'Hi'), assistantItem('msg_2', 'Hello'), userItem('msg_3', 'Hi')];

  test('is one row after a refresh, and nothing is left to retry', async () => {
    harness.server.next(json(thread('thr_1', stored())));
    await harness.chat.current.refresh();
    const { current } = harness.chat;
    expect([current.sending, current.failure]).toEqual([null, null]);
    expect(harness.texts).toEqual(['user_message', 'Hello', 'user_message']);
    expect(harness.names).toContain('message.sent');
  });

  test('is not sent again on retry: its answer is asked for', async () => {
    harness.server.next(json(thread('thr_1', stored()))).next(events(done(assistantItem('msg_4', 'Hello again'))));
    harness.chat.current.failure?.retry?.();
    await harness.ended(2);
    expect(posted('threads.add_user_message')).toBe(1);
    expect(harness.server.calls.at(-1)).toMatchObject({ type: 'threads.retry_after_item', params: { item_id: 'msg_3' } });
    expect(harness.texts).toEqual(['user_message', 'Hello', 'user_message', 'Hello again']);
    expect([harness.chat.current.sending, harness.chat.current.failure]).toEqual([null, null]);
  });

  test('with its answer there is nothing to ask for', async () => {
    harness.server.next(json(thread('thr_1', [...stored(), assistantItem('msg_4', 'Hello again')])));
    harness.chat.current.failure?.retry?.();
    await harness.ended(2);
    expect(asked().slice(2)).toEqual(['threads.get_by_id']);
    expect(harness.texts).toEqual(['user_message', 'Hello', 'user_message', 'Hello again']);
  });
});

describe('a message that the thread does not hold', () => {
  test('stays unsent after a refresh', async () => {
    await opened(userItem('msg_1', 'Hi'));
    await lost('Hi', new TypeError('failed to fetch'));
    harness.server.next(json(thread('thr_1', [userItem('msg_1', 'Hi'), userItem('msg_2', 'From another tab')])));
    await harness.chat.current.refresh();
    expect(harness.chat.current.sending).not.toBeNull();
    expect(harness.chat.current.failure?.retry).not.toBeNull();
  });

  test('is sent again under the same name', async () => {
    await opened(userItem('msg_1', 'Hi'));
    await lost('Hi', new TypeError('failed to fetch'));
    harness.server.next(json(thread('thr_1', [userItem('msg_1', 'Hi')]))).next(events(done(userItem('msg_2', 'Hi')), done(assistantItem('msg_3', 'Yes?'))));
    harness.chat.current.failure?.retry?.();
    await harness.ended(2);
    const sent = harness.server.calls.filter(({ type }) => type === 'threads.add_user_message');
    expect(sent).toHaveLength(2);
    expect(sent[0]?.requestId).toMatch(/^[0-9a-f]{32}$/);
    expect(sent[1]?.requestId).toBe(sent[0]?.requestId);
  });

  test('is sent again at once when the server has refused it', async () => {
    await opened();
    await lost('Hi', json({ error: { code: 'rate_limited', message: 'Slow down.' } }, 429));
    harness.server.next(events(done(userItem('msg_1', 'Hi'))));
    harness.chat.current.failure?.retry?.();
    await harness.ended(2);
    expect(posted('threads.add_user_message')).toBe(2);
  });

  test('stays with its retry while nobody can tell', async () => {
    await opened();
    await lost('Hi', new TypeError('failed to fetch'));
    harness.server.next(new TypeError('failed to fetch'));
    harness.chat.current.failure?.retry?.();
    await harness.ended(2);
    expect(posted('threads.add_user_message')).toBe(1);
    expect(harness.chat.current.failure).toMatchObject({ code: 'network' });
    harness.server.next(json(thread('thr_1'))).next(events(done(userItem('msg_1', 'Hi'))));
    harness.chat.current.failure?.retry?.();
    await harness.ended(3);
    expect(harness.texts).toEqual(['user_message']);
  });

  test('goes to a server that cannot say what it has', async () => {
    await lost('Hi', new TypeError('failed to fetch'));
    harness.server.next(json({ error: { code: 'unknown', message: 'What?' } }, 400)).next(events(created, done(userItem('msg_1', 'Hi'))));
    harness.chat.current.failure?.retry?.();
    await harness.ended(2);
    expect(harness.texts).toEqual(['user_message']);
  });
});

describe('a first message whose thread nobody told', () => {
  test('is found among the newest threads, and so is its thread', async () => {
    await lost('Hi', new TypeError('failed to fetch'));
    harness.server
      .next(threads(recent('thr_other'), recent('thr_9'), thread('thr_old')))
      .next(json(thread('thr_other', [userItem('msg_1', 'Something else')])))
      .next(json(thread('thr_9', [userItem('msg_2', 'Hi'), assistantItem('msg_3', 'Hello')])));
    harness.chat.current.failure?.retry?.();
    await harness.ended(2);
    expect(posted('threads.create')).toBe(1);
    expect(harness.chat.current.id).toBe('thr_9');
    expect(harness.texts).toEqual(['user_message', 'Hello']);
    expect(harness.heard).toContainEqual(['thread.change', { threadId: 'thr_9' }]);
  });

  test.each<[name: string, found: () => Response]>([
    ['one from before', () => threads({ ...thread('thr_9'), created_at: new Date(Date.now() - 600_000).toISOString() })],
    ['one that is known already', () => threads(recent('thr_1'))],
    ['none', () => threads()],
  ])('is not taken for %s', async (_name, found) => {
    await opened(userItem('msg_1', 'Hi'));
    await harness.chat.open(null);
    await lost('Hi', new TypeError('failed to fetch'));
    harness.server.next(found()).next(events({ ...created, thread: thread('thr_2') }, done(userItem('msg_2', 'Hi'))));
    harness.chat.current.failure?.retry?.();
    await harness.ended(2);
    expect(harness.chat.current.id).toBe('thr_2');
  });
});

describe('what answers an item', () => {
  const question = (status: string): Record<string, unknown> => ({ id: 'q', thread_id: 'thr_1', created_at: '', type: 'structured_input', status, inputs: [] });

  test('is not given again when it got there', async () => {
    await opened(question('pending'));
    harness.server.next(new TypeError('failed to fetch'));
    await harness.chat.current.answer('q', { status: 'skipped' } as never);
    harness.server.next(json(thread('thr_1', [question('answered')])));
    harness.chat.current.failure?.retry?.();
    await harness.ended(2);
    expect(posted('threads.add_structured_input')).toBe(1);
    expect(harness.chat.current.question).toBeNull();
    expect(harness.chat.current.failure).toBeNull();
  });

  test('is given again when it did not', async () => {
    await opened(question('pending'));
    harness.server.next(new TypeError('failed to fetch'));
    await harness.chat.current.answer('q', { status: 'skipped' } as never);
    harness.server.next(json(thread('thr_1', [question('pending')]))).next(events({ type: 'thread.item.replaced', item: question('answered') }));
    harness.chat.current.failure?.retry?.();
    await harness.ended(2);
    const [first, second] = harness.server.calls.filter(({ type }) => type === 'threads.add_structured_input');
    expect(second?.requestId).toBe(first?.requestId);
  });
});

describe('an answer that was cut off', () => {
  beforeEach(async () => {
    const stream = live();
    harness.server.next(stream.response);
    const said = harness.say('Hi');
    await vi.waitFor(() => expect(harness.server.calls).toHaveLength(1));
    for (const event of [created, done(userItem('msg_u', 'Hi')), { type: 'thread.item.added', item: assistantItem('msg_a', 'Half') }]) stream.send(event);
    await said;
    stream.fail();
    await harness.ended();
    expect(harness.chat.current.failure).toMatchObject({ code: 'interrupted' });
  });

  test.each([
    ['whole: settled', [userItem('msg_u', 'Hi'), assistantItem('msg_a', 'Half and whole')], true],
    ['anew: settled', [userItem('msg_u', 'Hi'), assistantItem('msg_b', 'Another')], true],
    ['not at all: open', [userItem('msg_u', 'Hi')], false],
    ['as it was: open', [userItem('msg_u', 'Hi'), assistantItem('msg_a', 'Half')], false],
  ])('and that a refresh shows %s', async (_name, items, settled) => {
    harness.server.next(json(thread('thr_1', items)));
    await harness.chat.current.refresh();
    expect(harness.chat.current.failure === null).toBe(settled);
  });

  test('and is there by the time of the retry is not asked for again', async () => {
    harness.server.next(json(thread('thr_1', [userItem('msg_u', 'Hi'), assistantItem('msg_b', 'Whole')])));
    harness.chat.current.failure?.retry?.();
    await harness.ended(2);
    expect(posted('threads.retry_after_item')).toBe(0);
    expect(harness.texts).toEqual(['user_message', 'Whole']);
  });
});
