import { beforeEach, describe, expect, test, vi } from 'vitest';
import { Harness } from '../support/harness';
import { assistantItem, done, json, live, thread, userItem } from '../support/server';

const created = { type: 'thread.created', thread: thread() };
const call = (status: string, id = 'tc_1'): Record<string, unknown> => ({
  id, thread_id: 'thr_1', created_at: '', type: 'client_tool_call', status, call_id: 'c', name: 'locate', arguments: {},
});
const asked = (): string[] => harness.server.calls.map(({ type }) => type);

let harness: Harness;
let give: (value: unknown) => void;
const tool = vi.fn(() => new Promise((resolve) => (give = resolve)));
let first: ReturnType<typeof live>;

/** A conversation that is left while it answers, and whose client tool starts then. */
beforeEach(async () => {
  tool.mockClear();
  harness = new Harness({ onClientTool: tool });
  first = live();
  harness.server.next(first.response);
  const said = harness.say('Hi');
  await vi.waitFor(() => expect(harness.server.calls).toHaveLength(1));
  first.send(created);
  first.send(done(userItem('msg_u', 'Hi')));
  await said;
  await harness.chat.open(null);
  first.send(done(call('pending')));
  first.end();
  await vi.waitFor(() => expect(tool).toHaveBeenCalledOnce());
});

describe('a conversation left in the background whose client tool starts', () => {
  test('is the one that comes back, and its tool runs once', async () => {
    await harness.chat.open('thr_1');
    expect(harness.chat.current.phase).toBe('tool');
    const second = live();
    harness.server.next(second.response);
    give({ city: 'Oslo' });
    await vi.waitFor(() => expect(asked()).toEqual(['threads.create', 'threads.add_client_tool_output']));
    second.send(done(assistantItem('msg_a', 'In Oslo')));
    second.end();
    await harness.ended(2);
    expect(tool).toHaveBeenCalledOnce();
    expect(harness.texts).toEqual(['user_message', 'client_tool_call', 'In Oslo']);
  });

  test('goes on through the next answer and the next tool', async () => {
    const second = live();
    harness.server.next(second.response);
    give({ city: 'Oslo' });
    await vi.waitFor(() => expect(asked()).toHaveLength(2));
    await harness.chat.open('thr_1');
    expect(asked()).toHaveLength(2);
    await harness.chat.open(null);
    second.send(done(call('pending', 'tc_2')));
    second.end();
    await vi.waitFor(() => expect(tool).toHaveBeenCalledTimes(2));
    await harness.chat.open('thr_1');
    expect(harness.chat.current.phase).toBe('tool');
    expect(asked()).toHaveLength(2);
  });

  test('is loaded anew once nothing is going on there', async () => {
    const second = live();
    harness.server.next(second.response);
    give({ city: 'Oslo' });
    second.send(done(assistantItem('msg_a', 'In Oslo')));
    second.end();
    await harness.ended(2);
    await new Promise((resolve) => setTimeout(resolve));
    harness.server.next(json(thread('thr_1', [userItem('msg_u', 'Hi'), assistantItem('msg_a', 'In Oslo')])));
    await harness.chat.open('thr_1');
    expect(asked().at(-1)).toBe('threads.get_by_id');
  });

  test.each<[name: string, end: () => unknown]>([
    ['the element leaves the page', () => harness.chat.close()],
    ['the thread is deleted', () => {
      harness.server.next(json({}));
      return harness.chat.delete('thr_1');
    }],
  ])('posts nothing after %s', async (_name, end) => {
    await end();
    const before = asked();
    give({ city: 'Oslo' });
    await new Promise((resolve) => setTimeout(resolve));
    expect(asked()).toEqual(before);
  });
});
