import { beforeEach, describe, expect, test, vi } from 'vitest';
import { Harness } from '../support/harness';
import { added, assistantItem, delta, done, events, json, live, thread, userItem } from '../support/server';

let harness: Harness;
beforeEach(() => {
  harness = new Harness();
});

const created = { type: 'thread.created', thread: thread() };
const asked = done(userItem('msg_u', 'Hi'));
const item = (type: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({ id: `${type}_1`, thread_id: 'thr_1', created_at: '2026-01-01T00:00:00Z', type, ...more });
const tool = item('tool_call', { call_id: 'c', name: 'send_mail', arguments: {}, status: 'completed' });
const pageTool = item('client_tool_call', { call_id: 'c', name: 'open_door', arguments: {}, status: 'completed' });
const pending = item('client_tool_call', { call_id: 'c', name: 'not_yet', arguments: {}, status: 'pending' });
const workflow = item('workflow', { workflow: { type: 'custom', tasks: [] } });
const widget = item('widget', { widget: { type: 'Card', children: [] } });
const open = async (...items: unknown[]): Promise<void> => {
  harness.server.next(json(thread('thr_1', items)));
  await harness.chat.open('thr_1');
};
const ending = (): unknown => harness.chat.current.ending;

describe('a thread that is opened says of its last answer', () => {
  const answer = (status?: string): unknown => ({ ...assistantItem('msg_a', 'Half'), ...(status === undefined ? {} : { status }) });
  test.each<[string, unknown[], unknown]>([
    ['nothing, when it is whole', [answer()], null],
    ['nothing, when it is a card', [widget], null],
    ['that it was stopped', [answer('stopped')], { kind: 'stopped', begun: true, asked: 'msg_u' }],
    ['that it is incomplete', [answer('incomplete')], { kind: 'incomplete', begun: true, asked: 'msg_u' }],
    ['that there is none', [], { kind: 'unanswered', begun: false, asked: 'msg_u' }],
    ['that there is none but thoughts', [workflow], { kind: 'unanswered', begun: false, asked: 'msg_u' }],
    ['that there is none but calls', [tool], { kind: 'unanswered', begun: false, asked: 'msg_u' }],
  ])('%s', async (_name, items, expected) => {
    await open(userItem('msg_u', 'Hi'), ...items);
    expect(ending()).toEqual(expected);
  });

  test('nothing, when nothing was said', async () => {
    await open();
    expect(ending()).toBeNull();
  });
});

describe('an answer that is stopped', () => {
  test.each<[string, unknown[], unknown]>([
    ['with text', [added(assistantItem('msg_a', '')), delta('msg_a', 'Half')], { kind: 'stopped', begun: true, asked: 'msg_u' }],
    ['before there is any', [added(assistantItem('msg_a', ''))], { kind: 'stopped', begun: false, asked: 'msg_u' }],
    ['while it thinks', [added(workflow)], { kind: 'stopped', begun: false, asked: 'msg_u' }],
    ['after it is whole', [done(assistantItem('msg_a', 'Whole'))], null],
  ])('%s', async (_name, said, expected) => {
    const stream = live();
    harness.server.next(stream.response);
    void harness.say('Hi').catch(() => undefined);
    for (const event of [created, asked, ...said]) stream.send(event);
    await vi.waitFor(() => expect(harness.chat.current.state.items.length).toBeGreaterThan(1));
    await new Promise((resolve) => setTimeout(resolve));
    harness.chat.current.stop();
    await harness.ended();
    expect(ending()).toEqual(expected);
  });

  test('still says so after a refresh, whether the server keeps that or not', async () => {
    const stream = live();
    harness.server.next(stream.response);
    void harness.say('Hi');
    for (const event of [created, asked, added(assistantItem('msg_a', '')), delta('msg_a', 'Half')]) stream.send(event);
    await vi.waitFor(() => expect(harness.texts).toEqual(['user_message', 'Half']));
    harness.chat.current.stop();
    await harness.ended();
    for (const status of [{}, { status: 'stopped' }]) {
      harness.server.next(json(thread('thr_1', [userItem('msg_u', 'Hi'), { ...assistantItem('msg_a', 'Half'), ...status }])));
      await harness.chat.current.refresh();
      expect(ending()).toMatchObject({ kind: 'stopped' });
    }
  });
});

test('an answer that fails is incomplete once its failure is dismissed', async () => {
  harness.server.next(events(created, asked, added(assistantItem('msg_a', '')), delta('msg_a', 'Half'), { type: 'error', code: 'stream.error', allow_retry: true }));
  await harness.say('Hi');
  await harness.ended();
  expect(ending()).toBeNull();
  harness.chat.current.dismissFailure();
  expect(ending()).toEqual({ kind: 'incomplete', begun: true, asked: 'msg_u' });
});

test('a server that says nothing on purpose is taken at its word, also when its thread was left', async () => {
  harness.server.next(events(created, asked, { type: 'stream_options', stream_options: { allow_cancel: true } }));
  await harness.say('Hi');
  await harness.ended();
  expect(ending()).toBeNull();
  await harness.chat.open(null);
  await open(userItem('msg_u', 'Hi'));
  expect(ending()).toBeNull();
});

describe('asking anew tells', () => {
  const tools = (): unknown[] => harness.chat.current.notices.map(({ tools: names, after }) => [names, after]);
  const again = (): void => void harness.server.next(events(done(assistantItem('msg_b', 'Better'))));
  test.each<[string, unknown[], unknown[]]>([
    ['what the server did', [tool], [[['send_mail'], 'msg_u']]],
    ['what the page did', [pageTool, tool], [[['open_door', 'send_mail'], 'msg_u']]],
    ['each once', [tool, { ...tool, id: 'other' }], [[['send_mail'], 'msg_u']]],
    ['nothing of what was only said', [workflow, widget], []],
  ])('%s', async (_name, items, expected) => {
    await open(userItem('msg_u', 'Hi'), ...items, assistantItem('msg_a', 'Done.'));
    again();
    await harness.chat.current.retryAfter('msg_u');
    expect(tools()).toEqual(expected);
  });

  test('nothing when the server did not take it', async () => {
    await open(userItem('msg_u', 'Hi'), tool, assistantItem('msg_a', 'Done.'));
    harness.server.next(json({ error: { code: 'unavailable', message: 'Later.' } }, 503));
    await harness.chat.current.retryAfter('msg_u');
    expect(tools()).toEqual([]);
    expect(harness.texts).toEqual(['user_message', 'tool_call', 'Done.']);
  });

  test('the same of an edited message', async () => {
    harness.server.next(json({ ...thread('thr_1', [userItem('msg_u', 'Hi'), tool, assistantItem('msg_a', 'Done.')]), extensions: ['edit'] }));
    await harness.chat.open('thr_1');
    harness.server.next(events({ type: 'thread.item.replaced', item: userItem('msg_u', 'Ho') }, done(assistantItem('msg_b', 'Better'))));
    await harness.chat.current.edit('msg_u', { content: [{ type: 'input_text', text: 'Ho' }], attachments: [], inference_options: {} }, []);
    await harness.ended();
    expect(tools()).toEqual([[['send_mail'], 'msg_u']]);
  });

  test('nothing of a call that was never run', async () => {
    harness.server.next(json(thread('thr_1', [userItem('msg_u', 'Hi'), pending, assistantItem('msg_a', 'Done.')])));
    await harness.chat.open('thr_1');
    again();
    await harness.chat.current.retryAfter('msg_u');
    expect(tools()).toEqual([]);
  });
});
