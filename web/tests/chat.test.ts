import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Change } from '../src/core/conversation-types';
import { ChatKitError } from '../src/core/errors';
import { readOptions } from '../src/core/options';
import { Harness } from './support/harness';
import { added, assistantItem, delta, done, events, FakeServer, json, live, thread, userItem } from './support/server';
import { shows } from './support/shows';

let harness: Harness;
beforeEach(() => {
  harness = new Harness();
});

const created = { type: 'thread.created', thread: thread() };

describe('order of events', () => {
  test('a first message', shows('event:chatkit.response.start', 'event:chatkit.response.end', 'event:chatkit.thread.change', 'operation:threads.create'), async () => {
    harness.server.next(events(created, done(userItem('msg_u', 'Hi')), added(assistantItem('msg_a', '')), delta('msg_a', 'Hello'), done(assistantItem('msg_a', 'Hello'))));
    await harness.say('Hi');
    await harness.ended();
    expect(harness.names).toEqual(['response.start', 'thread.change', 'message.sent', 'message.received', 'response.end']);
    expect(harness.heard.find(([name]) => name === 'thread.change')?.[1]).toEqual({ threadId: 'thr_1' });
    expect(harness.server.calls[0]).toMatchObject({
      type: 'threads.create',
      params: { input: { content: [{ type: 'input_text', text: 'Hi' }], attachments: [], inference_options: {} } },
      headers: { 'Accept-Language': 'nb' },
    });
    expect(harness.texts).toEqual(['user_message', 'Hello']);
  });

  test('a load', shows('event:chatkit.thread.load.start', 'event:chatkit.thread.load.end'), async () => {
    harness.server.next(json(thread('thr_1', [userItem('msg_u', 'Hi')])));
    await harness.chat.open('thr_1');
    expect(harness.names).toEqual(['thread.load.start', 'thread.change', 'thread.load.end']);
  });

  test('response.start comes before anything shows, response.end after all of it', async () => {
    const seen: string[] = [];
    harness.chat.current.onChange = (change: Change) => seen.push(`${change.kind}@${harness.names.join(',')}`);
    harness.server.next(events(created, done(userItem('msg_u', 'Hi'))));
    await harness.say('Hi');
    await harness.ended();
    expect(seen.length).toBeGreaterThan(2);
    for (const each of seen) {
      expect(each).toContain('response.start');
      expect(each).not.toContain('response.end');
    }
  });

  test('a refused message: start, error, end, and the promise rejects', async () => {
    harness.server.next(json({ error: { code: 'forbidden', message: 'Not yours.' } }, 403));
    await expect(harness.say('Hi')).rejects.toThrow('Not yours.');
    expect(harness.names).toEqual(['response.start', 'error', 'response.end']);
  });

  test('an effect is told where it stands in the stream', async () => {
    harness.server.next(events(created, done(userItem('msg_u', 'Hi')), { type: 'client_effect', name: 'beep', data: { n: 1 } }, done(assistantItem('msg_a', 'x'))));
    await harness.say('Hi');
    await harness.ended();
    expect(harness.names).toEqual(['response.start', 'thread.change', 'message.sent', 'effect', 'message.received', 'response.end']);
  });
});

describe('sending', () => {
  test('resolves when the server has acknowledged the message, not before and not after the answer', async () => {
    const stream = live();
    harness.server.next(stream.response);
    let acknowledged = false;
    const sent = harness.say('Hi').then(() => (acknowledged = true));
    await vi.waitFor(() => expect(harness.server.calls).toHaveLength(1));
    stream.send(created);
    await vi.waitFor(() => expect(harness.chat.current.id).toBe('thr_1'));
    expect(acknowledged).toBe(false);
    expect(harness.chat.current.sending?.content).toEqual([{ type: 'input_text', text: 'Hi' }]);
    stream.send(done(userItem('msg_u', 'Hi')));
    await sent;
    expect(harness.chat.current.busy).toBe(true);
    expect(harness.chat.current.sending).toBeNull();
    stream.end();
    await harness.ended();
  });

  test('methods are refused while an answer streams and while a thread loads', async () => {
    const stream = live();
    harness.server.next(stream.response);
    const sent = harness.say('Hi');
    expect(() => harness.chat.assertIdle('setThreadId')).toThrow('setThreadId cannot run while a response is streaming');
    await vi.waitFor(() => expect(harness.server.calls).toHaveLength(1));
    stream.send(created);
    stream.send(done(userItem('msg_u', 'Hi')));
    stream.end();
    await sent;
    await harness.ended();
    harness.server.next(json(thread('thr_2')));
    const load = harness.chat.open('thr_2');
    expect(() => harness.chat.assertIdle('focusComposer')).toThrow('focusComposer cannot run while a thread is loading');
    await load;
    expect(() => harness.chat.assertIdle('focusComposer')).not.toThrow();
  });

  test('a message that did not get there stays with the way to send it again', async () => {
    harness.server.next(new TypeError('failed to fetch'));
    await expect(harness.say('Hi')).rejects.toMatchObject({ code: 'network' });
    const { current } = harness.chat;
    expect(current.sending).not.toBeNull();
    expect(current.failure).toMatchObject({ code: 'network' });
    harness.server.next(json({ data: [], has_more: false })).next(events(created, done(userItem('msg_u', 'Hi'))));
    current.failure?.retry?.();
    await harness.ended(2);
    expect(current.failure).toBeNull();
    expect(harness.texts).toEqual(['user_message']);
  });
});

describe('stop', () => {
  test('ends the turn, keeps text, drops what was not finished', async () => {
    const stream = live();
    harness.server.next(stream.response);
    const sent = harness.say('Hi');
    await vi.waitFor(() => expect(harness.server.calls).toHaveLength(1));
    for (const event of [created, done(userItem('msg_u', 'Hi')), added({ id: 'wf', thread_id: 'thr_1', created_at: '', type: 'workflow', workflow: { type: 'custom', tasks: [] } }), added(assistantItem('msg_a', '')), delta('msg_a', 'Half an ans')]) stream.send(event);
    await sent;
    await vi.waitFor(() => expect(harness.texts).toContain('Half an ans'));
    harness.chat.current.stop();
    await harness.ended();
    expect(harness.texts).toEqual(['user_message', 'Half an ans']);
    expect(harness.names).not.toContain('error');
    expect(harness.chat.current.failure).toBeNull();
  });

  test('is not there when the server does not allow it', async () => {
    const stream = live();
    harness.server.next(stream.response);
    const sent = harness.say('Hi');
    await vi.waitFor(() => expect(harness.server.calls).toHaveLength(1));
    stream.send(created);
    stream.send({ type: 'stream_options', stream_options: { allow_cancel: false } });
    stream.send(done(userItem('msg_u', 'Hi')));
    await sent;
    harness.chat.current.stop();
    stream.send(done(assistantItem('msg_a', 'All of it')));
    stream.end();
    await harness.ended();
    expect(harness.texts).toEqual(['user_message', 'All of it']);
  });
});

describe('failures', () => {
  test('an error event with retry asks for a new answer to the same message', async () => {
    harness.server.next(events(created, done(userItem('msg_u', 'Hi')), done(assistantItem('msg_a', 'Hm')), { type: 'error', code: 'stream.error', allow_retry: true }));
    await harness.say('Hi');
    await harness.ended();
    const { current } = harness.chat;
    expect(current.failure).toMatchObject({ code: 'stream.error', message: null });
    harness.server.next(events(done(assistantItem('msg_b', 'Better'))));
    current.failure?.retry?.();
    await harness.ended(2);
    expect(harness.server.calls[1]).toMatchObject({ type: 'threads.retry_after_item', params: { thread_id: 'thr_1', item_id: 'msg_u' } });
    expect(harness.texts).toEqual(['user_message', 'Better']);
    expect(current.failure).toBeNull();
  });

  test('an error event without retry offers none', async () => {
    harness.server.next(events(created, done(userItem('msg_u', 'Hi')), { type: 'error', code: 'custom', message: 'Not in your plan.', allow_retry: false }));
    await harness.say('Hi');
    await harness.ended();
    expect(harness.chat.current.failure).toEqual({ code: 'custom', message: 'Not in your plan.', detail: null, retry: null });
  });

  test('a broken connection is told, with retry', async () => {
    const stream = live();
    harness.server.next(stream.response);
    const sent = harness.say('Hi');
    await vi.waitFor(() => expect(harness.server.calls).toHaveLength(1));
    stream.send(created);
    stream.send(done(userItem('msg_u', 'Hi')));
    await sent;
    stream.fail();
    await harness.ended();
    expect(harness.chat.current.failure).toMatchObject({ code: 'interrupted' });
    expect(harness.chat.current.failure?.retry).not.toBeNull();
  });

  test.each<[name: string, sent: unknown[], found: unknown]>([
    ['anything', [], { data: [], has_more: false }],
    ['the message came back', [created], thread('thr_1')],
  ])('a stream that ends before %s: told, and the message is sent again on retry', async (_name, sent, found) => {
    const stream = live();
    harness.server.next(stream.response);
    const said = harness.say('Hi').catch((thrown: unknown) => thrown);
    await vi.waitFor(() => expect(harness.server.calls).toHaveLength(1));
    for (const event of sent) stream.send(event);
    stream.end();
    expect(await said).toMatchObject({ code: 'interrupted' });
    const { current } = harness.chat;
    expect(harness.names.filter((name) => name !== 'thread.change')).toEqual(['response.start', 'error', 'response.end']);
    expect(current.failure).toMatchObject({ code: 'interrupted', message: null });
    expect(current.outcome).toBe('failed');
    expect(current.sending?.content).toEqual([{ type: 'input_text', text: 'Hi' }]);
    harness.server.next(json(found)).next(events(created, done(userItem('msg_u', 'Hi'))));
    current.failure?.retry?.();
    await harness.ended(2);
    expect(harness.server.calls[2]?.params).toMatchObject({ input: { content: [{ type: 'input_text', text: 'Hi' }] } });
    expect(harness.texts).toEqual(['user_message']);
    expect(current.sending).toBeNull();
    expect(current.outcome).toBe('done');
  });

  test('a stream that ends inside a message is told as cut off, with retry', async () => {
    harness.server.next(events(created, done(userItem('msg_u', 'Hi')), added(assistantItem('msg_a', '')), delta('msg_a', 'Half')));
    await harness.say('Hi');
    await harness.ended();
    expect(harness.chat.current.failure).toMatchObject({ code: 'interrupted', message: null });
    expect(harness.texts).toEqual(['user_message', 'Half']);
    harness.server.next(json(thread('thr_1', [userItem('msg_u', 'Hi'), assistantItem('msg_a', 'Hal')]))).next(events(done(assistantItem('msg_b', 'Whole'))));
    harness.chat.current.failure?.retry?.();
    await harness.ended(2);
    expect(harness.texts).toEqual(['user_message', 'Whole']);
  });

  test.each<[name: string, event: unknown]>([
    ['an item that is missing', { type: 'thread.item.done' }],
    ['an update that is missing', { type: 'thread.item.updated', item_id: 'msg_a' }],
    ['a thread that is missing', { type: 'thread.updated' }],
    ['options that are missing', { type: 'stream_options' }],
  ])('%s does not end the answer', async (_name, event) => {
    harness.server.next(events(created, event, done(userItem('msg_u', 'Hi')), added(assistantItem('msg_a', '')), event, done(assistantItem('msg_a', 'Whole'))));
    await harness.say('Hi');
    await harness.ended();
    expect(harness.texts).toEqual(['user_message', 'Whole']);
    expect(harness.chat.current.failure).toBeNull();
    expect(harness.heard.filter(([name, detail]) => name === 'log' && (detail as { name: string }).name === 'event.ignored')).toHaveLength(2);
  });

  test('an answer that cannot be asked for again stays', async () => {
    harness.server.next(json(thread('thr_1', [userItem('msg_u', 'Hi'), assistantItem('msg_a', 'Kept')])));
    await harness.chat.open('thr_1');
    harness.server.next(json({ error: { code: 'rate_limited', message: 'Slow down.' } }, 429));
    await harness.chat.current.retryAfter('msg_u');
    expect(harness.texts).toEqual(['user_message', 'Kept']);
    expect(harness.chat.current.failure).toMatchObject({ code: 'rate_limited' });
    harness.server.next(events(done(assistantItem('msg_b', 'Anew'))));
    harness.chat.current.failure?.retry?.();
    await harness.ended(2);
    expect(harness.texts).toEqual(['user_message', 'Anew']);
  });

  test('a thread that cannot be loaded says so and loads on retry', async () => {
    harness.server.next(json({ error: { code: 'not_found', message: 'No such thread.' } }, 404));
    await harness.chat.open('thr_1');
    const { current } = harness.chat;
    expect(current.unavailable).toBe(true);
    expect(current.failure).toMatchObject({ code: 'not_found', message: null, detail: 'No such thread.' });
    expect(harness.names).toEqual(['thread.load.start', 'thread.change', 'error', 'thread.load.end']);
    harness.server.next(json(thread('thr_1', [userItem('msg_u', 'Hi')])));
    current.failure?.retry?.();
    await vi.waitFor(() => expect(current.unavailable).toBe(false));
    expect(harness.texts).toEqual(['user_message']);
  });

  test.each<[name: string, response: () => Response, code: string, words: string]>([
    ['no such route', () => new Response('nothing', { status: 404 }), 'endpoint', 'There is no ChatKit endpoint at'],
    ['a page instead', () => new Response('<p>', { headers: { 'Content-Type': 'text/html' } }), 'endpoint', 'answered with text/html where ChatKit expects text/event-stream'],
    ['a server error', () => new Response('', { status: 500 }), 'http.500', 'answered with status 500'],
    ['the server’s own words', () => json({ error: { code: 'rate_limited', message: 'Slow down.' } }, 429), 'rate_limited', 'Slow down.'],
  ])('%s', async (_name, response, code, words) => {
    harness.server.next(response());
    const error = await harness.say('Hi').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ChatKitError);
    expect(error).toMatchObject({ code, message: expect.stringContaining(words) as string });
  });
});

describe('loading', () => {
  test('a long thread shows its newest items and loads older ones before them', shows('operation:items.list'), async () => {
    const long = { ...thread('thr_1'), items: { data: [userItem('msg_1', 'first')], has_more: true, after: 'msg_1' } };
    harness.server.next(json(long)).next(json({ data: [userItem('msg_9', 'nine'), userItem('msg_8', 'eight')], has_more: true, after: 'msg_8' }));
    await harness.chat.open('thr_1');
    const ids = (): string[] => harness.chat.current.state.items.map((item) => item.id);
    expect(ids()).toEqual(['msg_8', 'msg_9']);
    expect(harness.chat.current.hasOlder).toBe(true);
    harness.server.next(json({ data: [userItem('msg_7', 'seven')], has_more: false }));
    await harness.chat.current.loadOlder();
    expect(ids()).toEqual(['msg_7', 'msg_8', 'msg_9']);
    expect(harness.chat.current.hasOlder).toBe(false);
    expect(harness.server.calls[2]).toMatchObject({ type: 'items.list', params: { thread_id: 'thr_1', order: 'desc', after: 'msg_8' } });
  });

  test('fetching updates keeps what did not change, adds and removes the rest', async () => {
    harness.server.next(json(thread('thr_1', [userItem('msg_1', 'a'), userItem('msg_2', 'b'), userItem('msg_3', 'c')])));
    await harness.chat.open('thr_1');
    const before = harness.chat.current.state.items;
    harness.server.next(json(thread('thr_1', [userItem('msg_1', 'a'), userItem('msg_3', 'changed'), userItem('msg_4', 'd')])));
    await harness.chat.current.refresh();
    const after = harness.chat.current.state.items;
    expect(after.map((item) => item.id)).toEqual(['msg_1', 'msg_3', 'msg_4']);
    expect(after[0]).toBe(before[0]);
    expect(after[1]).not.toBe(before[2]);
  });

  test('fetching updates without a change changes nothing', async () => {
    harness.server.next(json(thread('thr_1', [userItem('msg_1', 'a')])));
    await harness.chat.open('thr_1');
    const { state } = harness.chat.current;
    const changes: Change[] = [];
    harness.chat.current.onChange = (change) => changes.push(change);
    harness.server.next(json(thread('thr_1', [userItem('msg_1', 'a')])));
    await harness.chat.current.refresh();
    expect(harness.chat.current.state.items).toBe(state.items);
    expect(changes).toEqual([]);
  });

  test('updates that were on their way while a message was answered do not take it back', async () => {
    harness.server.next(json(thread('thr_1', [userItem('msg_1', 'a')])));
    await harness.chat.open('thr_1');
    let answer: (response: Response) => void = () => undefined;
    harness.server.next(new Promise<Response>((resolve) => (answer = resolve)));
    const refreshed = harness.chat.current.refresh();
    harness.server.next(events(done(userItem('msg_u', 'Hi')), done(assistantItem('msg_a', 'Said'))));
    await harness.say('Hi');
    await harness.ended();
    harness.server.next(json(thread('thr_1', [userItem('msg_1', 'a'), userItem('msg_u', 'Hi'), assistantItem('msg_a', 'Said')])));
    answer(json(thread('thr_1', [userItem('msg_1', 'a')])));
    await refreshed;
    expect(harness.texts).toEqual(['user_message', 'user_message', 'Said']);
  });

  test('a conversation left before it has its thread goes on, and does not change what is on show', async () => {
    const stream = live();
    harness.server.next(stream.response);
    const sent = harness.say('Hi');
    await vi.waitFor(() => expect(harness.server.calls).toHaveLength(1));
    harness.server.next(json(thread('thr_2', [])));
    await harness.chat.open('thr_2');
    expect(stream.cancelled()).toBe(false);
    stream.send(created);
    stream.send(done(userItem('msg_u', 'Hi')));
    await sent;
    expect(harness.chat.current.id).toBe('thr_2');
    expect(harness.heard.filter(([name]) => name === 'thread.change')).toEqual([['thread.change', { threadId: 'thr_2' }]]);
    await harness.chat.open('thr_1');
    expect(harness.texts).toEqual(['user_message']);
    stream.end();
    await harness.ended();
  });

  test('deleting the thread on show ends its answer', async () => {
    const stream = live();
    harness.server.next(stream.response);
    const sent = harness.say('Hi');
    await vi.waitFor(() => expect(harness.server.calls).toHaveLength(1));
    stream.send(created);
    stream.send(done(userItem('msg_u', 'Hi')));
    await sent;
    harness.server.next(json({}));
    await harness.chat.delete('thr_1');
    await harness.ended();
    expect(harness.chat.current.id).toBeNull();
  });

  test('a thread left while it answers goes on and is there on return', async () => {
    const stream = live();
    harness.server.next(stream.response);
    const sent = harness.say('Hi');
    await vi.waitFor(() => expect(harness.server.calls).toHaveLength(1));
    stream.send(created);
    stream.send(done(userItem('msg_u', 'Hi')));
    await sent;
    await harness.chat.open(null);
    expect(stream.cancelled()).toBe(false);
    stream.send(done(assistantItem('msg_a', 'Meanwhile')));
    await vi.waitFor(() => expect(harness.names).toContain('message.received'));
    await harness.chat.open('thr_1');
    expect(harness.texts).toEqual(['user_message', 'Meanwhile']);
    expect(harness.server.calls).toHaveLength(1);
    stream.end();
    await harness.ended();
  });
});

describe('client tools', () => {
  const call = (status: 'pending' | 'completed', output?: unknown): Record<string, unknown> => ({
    id: 'tc_1', thread_id: 'thr_1', created_at: '', type: 'client_tool_call', status, call_id: 'c', name: 'locate', arguments: { precise: true }, ...(output === undefined ? {} : { output }),
  });

  test('the result goes back and the answer goes on', shows('option:onClientTool', 'operation:threads.add_client_tool_output'), async () => {
    const tool = vi.fn(() => ({ city: 'Oslo' }));
    harness = new Harness({ onClientTool: tool });
    harness.server
      .next(events(created, done(userItem('msg_u', 'Hi')), done(call('pending'))))
      .next(events({ type: 'thread.item.replaced', item: call('completed', { city: 'Oslo' }) }, done(assistantItem('msg_a', 'In Oslo'))));
    await harness.say('Hi');
    await harness.ended(2);
    expect(tool).toHaveBeenCalledExactlyOnceWith({ name: 'locate', params: { precise: true } });
    expect(harness.server.calls[1]).toMatchObject({ type: 'threads.add_client_tool_output', params: { thread_id: 'thr_1', result: { city: 'Oslo' } } });
    expect(harness.texts).toEqual(['user_message', 'client_tool_call', 'In Oslo']);
    expect(harness.chat.current.phase).toBe('idle');
  });

  describe('registered one by one', () => {
    const asked = (name: string): Record<string, unknown> => ({ ...call('pending'), name });
    const scripted = (name: string): void => {
      harness.server.next(events(created, done(userItem('msg_u', 'Hi')), done(asked(name)))).next(events(done(assistantItem('msg_a', 'Well'))));
    };

    test('run with their parameters, before onClientTool is asked', shows('own:registerClientTool'), async () => {
      const rest = vi.fn();
      harness = new Harness({ onClientTool: rest });
      const run = vi.fn(() => ({ city: 'Oslo' }));
      harness.chat.registerClientTool('locate', run);
      scripted('locate');
      await harness.say('Hi');
      await harness.ended(2);
      expect(run).toHaveBeenCalledExactlyOnceWith({ precise: true });
      expect(rest).not.toHaveBeenCalled();
      expect(harness.server.calls[1]?.params).toEqual({ thread_id: 'thr_1', result: { city: 'Oslo' } });
    });

    test('leave calls of other names to onClientTool, and theirs once they are taken back', async () => {
      const rest = vi.fn(() => ({ from: 'rest' }));
      harness = new Harness({ onClientTool: rest });
      const takeBack = harness.chat.registerClientTool('locate', () => ({ from: 'locate' }));
      scripted('open_page');
      await harness.say('Hi');
      await harness.ended(2);
      expect(harness.server.calls[1]?.params).toMatchObject({ result: { from: 'rest' } });
      takeBack();
      harness.server.next(events(done(userItem('msg_v', 'Again')), done({ ...asked('locate'), id: 'tc_2' }))).next(events(done(assistantItem('msg_b', 'Well'))));
      await harness.say('Again');
      await harness.ended(4);
      expect(harness.server.calls.at(-1)?.params).toMatchObject({ result: { from: 'rest' } });
      expect(rest).toHaveBeenLastCalledWith({ name: 'locate', params: { precise: true } });
    });

    test('the last one of a name counts; taking back an earlier one changes nothing', async () => {
      harness = new Harness();
      const takeBack = harness.chat.registerClientTool('locate', () => 'first');
      harness.chat.registerClientTool('locate', () => 'second');
      takeBack();
      scripted('locate');
      await harness.say('Hi');
      await harness.ended(2);
      expect(harness.server.calls[1]?.params).toEqual({ thread_id: 'thr_1', result: 'second' });
    });

    test('one that nobody has registered is an error that names it', async () => {
      harness = new Harness();
      harness.chat.registerClientTool('locate', () => null);
      scripted('open_page');
      await harness.say('Hi');
      await harness.ended(2);
      expect(harness.server.calls[1]?.params).toMatchObject({ result: { error: expect.stringContaining('"open_page"') as string } });
    });
  });

  test.each<[name: string, answer: () => unknown, result: unknown]>([
    ['nothing is null', () => undefined, null],
    ['a function is null', () => () => 1, null],
    ['what is no JSON is left out', () => ({ kept: 1, gone: undefined }), { kept: 1 }],
    ['what JSON cannot hold is a failure', () => 1n, { error: expect.stringContaining('BigInt') as string }],
  ])('%s', async (_name, answer, result) => {
    harness = new Harness({ onClientTool: answer });
    harness.server.next(events(created, done(userItem('msg_u', 'Hi')), done(call('pending')))).next(events(done(assistantItem('msg_a', 'Well'))));
    await harness.say('Hi');
    await harness.ended(2);
    expect(harness.server.calls[1]?.params).toEqual({ thread_id: 'thr_1', result });
    expect(harness.texts).toEqual(['user_message', 'client_tool_call', 'Well']);
  });

  test('a tool of a thread that is left runs on, once, and its result gets to the server', async () => {
    let give: (result: unknown) => void = () => undefined;
    const tool = vi.fn(() => new Promise((resolve) => (give = resolve)));
    harness = new Harness({ onClientTool: tool });
    harness.server.next(events(created, done(userItem('msg_u', 'Hi')), done(call('pending'))));
    await harness.say('Hi');
    await vi.waitFor(() => expect(tool).toHaveBeenCalled());
    await harness.chat.open(null);
    harness.server.next(events(done(assistantItem('msg_a', 'Done'))));
    give({ city: 'Oslo' });
    await harness.ended(2);
    expect(harness.server.calls.at(-1)).toMatchObject({ type: 'threads.add_client_tool_output', params: { thread_id: 'thr_1', result: { city: 'Oslo' } } });
    harness.server.next(json(thread('thr_1', [userItem('msg_u', 'Hi'), call('completed', { city: 'Oslo' }), assistantItem('msg_a', 'Done')])));
    await harness.chat.open('thr_1');
    expect(harness.texts).toEqual(['user_message', 'client_tool_call', 'Done']);
    expect(tool).toHaveBeenCalledOnce();
  });

  test('a call is done once its result is on its way, which the server does not tell', async () => {
    harness = new Harness({ onClientTool: () => ({ city: 'Oslo' }) });
    const stream = live();
    harness.server.next(events(created, done(userItem('msg_u', 'Hi')), done(call('pending')))).next(stream.response);
    await harness.say('Hi');
    await vi.waitFor(() => expect(harness.server.calls).toHaveLength(2));
    expect(harness.chat.current.state.items.at(-1)).toMatchObject({ status: 'completed', output: { city: 'Oslo' } });
    stream.send(done(assistantItem('msg_a', 'In Oslo')));
    stream.end();
    await harness.ended(2);
  });

  test('a result that did not get there is sent again on retry, and the tool is not run again', async () => {
    const tool = vi.fn(() => ({ city: 'Oslo' }));
    harness = new Harness({ onClientTool: tool });
    harness.server.next(events(created, done(userItem('msg_u', 'Hi')), done(call('pending')))).next(new TypeError('failed to fetch'));
    await harness.say('Hi');
    await harness.ended(2);
    await vi.waitFor(() => expect(harness.chat.current.phase).toBe('idle'));
    expect(harness.chat.current.failure).toMatchObject({ code: 'network' });
    harness.server.next(json(thread('thr_1', [userItem('msg_u', 'Hi'), call('pending')]))).next(events(done(assistantItem('msg_a', 'In Oslo'))));
    harness.chat.current.failure?.retry?.();
    await harness.ended(3);
    expect(tool).toHaveBeenCalledOnce();
    expect(harness.server.calls[3]).toMatchObject({ type: 'threads.add_client_tool_output', params: { result: { city: 'Oslo' } } });
    expect(harness.texts).toEqual(['user_message', 'client_tool_call', 'In Oslo']);
  });

  test('a tool that throws sends its message', async () => {
    harness = new Harness({ onClientTool: () => Promise.reject(new Error('no permission')) });
    harness.server.next(events(created, done(userItem('msg_u', 'Hi')), done(call('pending')))).next(events(done(assistantItem('msg_a', 'Never mind'))));
    await harness.say('Hi');
    await harness.ended(2);
    expect(harness.server.calls[1]?.params).toMatchObject({ result: { error: 'no permission' } });
    expect(harness.names).toContain('error');
  });

  test('a pending call is run again when the thread is loaded', async () => {
    harness = new Harness({ onClientTool: () => ({ city: 'Oslo' }) });
    harness.server.next(json(thread('thr_1', [userItem('msg_u', 'Hi'), call('pending')]))).next(events({ type: 'thread.item.replaced', item: call('completed', {}) }));
    await harness.chat.open('thr_1');
    await harness.ended();
    expect(harness.server.calls[1]).toMatchObject({ type: 'threads.add_client_tool_output' });
  });
});

describe('actions', () => {
  const widget = { id: 'wid', thread_id: 'thr_1', created_at: '', type: 'widget', widget: { type: 'Card', children: [] } };

  beforeEach(async () => {
    harness.server.next(json(thread('thr_1', [widget])));
    await harness.chat.open('thr_1');
  });

  test('a streaming action is a turn', async () => {
    harness.server.next(events({ type: 'thread.item.replaced', item: { ...widget, widget: { type: 'Card', children: [], size: 'sm' } } }));
    await harness.chat.current.action({ type: 'go', payload: { a: 1 } }, 'wid');
    expect(harness.server.calls[1]).toMatchObject({ type: 'threads.custom_action', params: { thread_id: 'thr_1', item_id: 'wid', action: { type: 'go', payload: { a: 1 } } } });
    expect(harness.names.slice(-2)).toEqual(['response.start', 'response.end']);
  });

  test('a failing action rejects', async () => {
    harness.server.next(events({ type: 'error', code: 'custom', message: 'No.', allow_retry: false }));
    await expect(harness.chat.current.action({ type: 'go' }, 'wid')).rejects.toThrow('No.');
  });

  test('a synchronous action applies the changed item, without a turn', shows('operation:threads.sync_custom_action'), async () => {
    harness.server.next(json({ updated_item: { ...widget, copy_text: 'new' } }));
    await harness.chat.current.syncAction({ type: 'go' }, 'wid');
    expect(harness.chat.current.state.items[0]).toMatchObject({ copy_text: 'new' });
    expect(harness.names).not.toContain('response.start');
  });

  describe('beside another card', () => {
    const other = { ...widget, id: 'wid_2', copy_text: 'old' };
    const items = [widget, other, assistantItem('msg_a', 'Hm')];

    beforeEach(async () => {
      harness = new Harness();
      harness.server.next(json(thread('thr_1', items)));
      await harness.chat.open('thr_1');
    });
    const copies = (): unknown[] => harness.chat.current.state.items.map((item) => ('copy_text' in item ? item.copy_text : null));

    test('show there, too, what they changed', async () => {
      const message = harness.chat.current.state.items[2];
      harness.server.next(json({ updated_item: { ...widget, copy_text: 'mine' } })).next(json(thread('thr_1', [widget, { ...other, copy_text: 'new' }, assistantItem('msg_a', 'Changed')])));
      await harness.chat.current.syncAction({ type: 'go' }, 'wid');
      await vi.waitFor(() => expect(copies()).toEqual(['mine', 'new', null]));
      expect(harness.chat.current.state.items[2]).toBe(message);
    });

    test('touch nothing that did not change', async () => {
      const [before] = [harness.chat.current.state.items[1]];
      harness.server.next(events({ type: 'progress_update', text: 'Going' })).next(json(thread('thr_1', items)));
      await harness.chat.current.action({ type: 'go' }, 'wid');
      await vi.waitFor(() => expect(harness.server.calls).toHaveLength(3));
      expect(harness.chat.current.state.items[1]).toBe(before);
    });

    test('only the last of several looks at the others', async () => {
      let answerFirst = (_: Response): void => undefined;
      harness.server.next(json({})).next(() => new Promise((resolve) => (answerFirst = resolve)));
      await harness.chat.current.syncAction({ type: 'one' }, 'wid');
      await vi.waitFor(() => expect(harness.server.calls).toHaveLength(3));
      harness.server.next(json({})).next(json(thread('thr_1', [widget, { ...other, copy_text: 'newest' }])));
      await harness.chat.current.syncAction({ type: 'two' }, 'wid');
      await vi.waitFor(() => expect(copies()[1]).toBe('newest'));
      answerFirst(json(thread('thr_1', [widget, { ...other, copy_text: 'stale' }])));
      await new Promise((resolve) => setTimeout(resolve));
      expect(copies()[1]).toBe('newest');
    });
  });
});

describe('leaving the page and coming back', () => {
  test('ends the connection, and loads the thread again', async () => {
    const stream = live();
    harness.server.next(stream.response);
    const sent = harness.say('Hi');
    await vi.waitFor(() => expect(harness.server.calls).toHaveLength(1));
    stream.send(created);
    stream.send(done(userItem('msg_u', 'Hi')));
    await sent;
    harness.chat.close();
    await harness.ended();
    harness.server.next(json(thread('thr_1', [userItem('msg_u', 'Hi'), assistantItem('msg_a', 'Hello')])));
    harness.chat.reopen();
    await vi.waitFor(() => expect(harness.texts).toEqual(['user_message', 'Hello']));
    expect(harness.names).not.toContain('error');
  });
});

describe('hosted mode', () => {
  test('new options keep the secret', async () => {
    const asked: (string | null)[] = [];
    const server = new FakeServer();
    const options = (): Record<string, unknown> => ({ api: { fetch: server.fetch, getClientSecret: (current: string | null) => (asked.push(current), Promise.resolve('one')) } });
    harness = new Harness(options());
    server.next(json(thread('thr_1'))).next(json(thread('thr_1')));
    await harness.chat.open('thr_1');
    harness.chat.configure(readOptions(options(), {}, () => undefined));
    await harness.chat.current.refresh();
    expect(asked).toEqual([null]);
  });

  test('the secret is asked for once, and again when it is refused', shows('option:api.getClientSecret'), async () => {
    const secrets = ['one', 'two'];
    const asked: (string | null)[] = [];
    const server = new FakeServer();
    harness = new Harness({
      api: {
        fetch: server.fetch,
        getClientSecret: (current: string | null) => {
          asked.push(current);
          return Promise.resolve(secrets.shift() ?? 'none');
        },
      },
    });
    server.next(json(thread('thr_1'))).next(json({ error: { code: 'unauthenticated', message: 'Expired.' } }, 401)).next(json(thread('thr_1')));
    await harness.chat.open('thr_1');
    await harness.chat.current.refresh();
    expect(asked).toEqual([null, 'one']);
    expect(server.calls.map((call) => call.headers.Authorization)).toEqual(['Bearer one', 'Bearer one', 'Bearer two']);
  });
});
