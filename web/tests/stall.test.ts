/** A sign of life where text was on its way and nothing comes. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Chat } from '../src/core/chat';
import { readOptions } from '../src/core/options';
import { Announcer } from '../src/state/announcer';
import { Store } from '../src/state/store';
import { assistantItem, FakeServer, live, thread, userItem } from './support/server';

const created = { type: 'thread.created', thread: thread() };
const asked = { type: 'thread.item.done', item: userItem('msg_u', 'Hello') };
const begun = { type: 'thread.item.added', item: assistantItem('msg_a', 'Well') };
const word = { type: 'thread.item.updated', item_id: 'msg_a', update: { type: 'assistant_message.content_part.text_delta', content_index: 0, delta: ' yes' } };
const progress = { type: 'progress_update', text: 'Looking it up' };
const workflow = { type: 'thread.item.added', item: { id: 'wf', thread_id: 'thr_1', created_at: '2026-01-01T00:00:00Z', type: 'workflow', workflow: { type: 'custom', tasks: [], expanded: false } } };

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** A turn that has begun with these events, and the way to go on. */
async function turn(...events: unknown[]): Promise<{ store: Store; chat: Chat; stream: ReturnType<typeof live>; heard: (event: unknown) => Promise<void> }> {
  const stream = live();
  const chat = new Chat({ emit: () => undefined, scriptUrl: 'https://host.example/element.js', baseUrl: () => document.baseURI, locale: () => 'en' });
  chat.configure(readOptions({ api: { url: '/chatkit', fetch: new FakeServer().next(stream.response).fetch } }, {}, () => undefined));
  const store = new Store(chat, new Announcer());
  const sent = chat.send({ content: [{ type: 'input_text', text: 'Hello' }] });
  const heard = async (event: unknown): Promise<void> => {
    stream.send(event);
    await vi.advanceTimersByTimeAsync(1);
  };
  for (const event of [created, asked, ...events]) await heard(event);
  await sent;
  return { store, chat, stream, heard };
}

test('comes after two seconds without a word, and goes with the next', async () => {
  const { store, heard } = await turn(begun);
  await vi.advanceTimersByTimeAsync(1900);
  expect(store.stalled.value).toBe(false);
  await vi.advanceTimersByTimeAsync(200);
  expect(store.stalled.value).toBe(true);
  await heard(word);
  expect(store.stalled.value).toBe(false);
  await vi.advanceTimersByTimeAsync(2100);
  expect(store.stalled.value).toBe(true);
});

test('does not come as long as words do', async () => {
  const { store, heard } = await turn(begun);
  for (let at = 0; at < 10; at += 1) {
    await vi.advanceTimersByTimeAsync(1500);
    await heard(word);
    expect(store.stalled.value).toBe(false);
  }
});

test.each<[what: string, events: unknown[]]>([
  ['nothing has been said yet', []], ['progress is told', [begun, progress]], ['a workflow is at work', [begun, workflow]],
])('does not come where something else shows it: %s', async (_, events) => {
  const { store } = await turn(...events);
  await vi.advanceTimersByTimeAsync(5000);
  expect(store.stalled.value).toBe(false);
});

test.each<[how: string, end: (given: Awaited<ReturnType<typeof turn>>) => unknown]>([
  ['is done', ({ stream }) => { stream.send({ type: 'thread.item.done', item: assistantItem('msg_a', 'Well yes') }); stream.end(); }],
  ['is stopped', ({ chat }) => chat.current.stop()],
  ['breaks off', ({ stream }) => stream.fail()],
  ['is left', ({ chat }) => chat.open(null)],
])('is gone when the answer %s', async (_, end) => {
  const given = await turn(begun);
  await vi.advanceTimersByTimeAsync(2500);
  expect(given.store.stalled.value).toBe(true);
  void end(given);
  await vi.advanceTimersByTimeAsync(5000);
  expect(given.store.stalled.value).toBe(false);
});
