import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Phase } from '../../src/core/conversation-types';
import { Harness } from '../support/harness';
import { added, assistantItem, delta, done, events, json, live, thread, userItem } from '../support/server';

let harness: Harness;
beforeEach(() => {
  harness = new Harness();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const created = { type: 'thread.created', thread: thread() };
const call = (status: string, id = 'tc_1'): Record<string, unknown> => ({
  id, thread_id: 'thr_1', created_at: '', type: 'client_tool_call', status, call_id: 'c', name: 'locate', arguments: {},
});
const never = new Promise<never>(() => undefined);
const asked = (): string[] => harness.server.calls.map(({ type }) => type);
const phase = (wanted: Phase): Promise<void> => vi.waitFor(() => expect(harness.chat.current.phase).toBe(wanted));
const failures = (): unknown[] => harness.heard.filter(([name]) => name === 'error').map(([, detail]) => detail);

/** A fetch of the page's own that hears of no signal. */
function deaf(answer: () => Promise<Response>): Harness {
  return new Harness({ api: { url: '/chatkit', fetch: () => answer() } });
}

const stuckBody = (): Response => new Response(new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode(': \n\n')) }), { headers: { 'Content-Type': 'text/event-stream' } });

async function toTool(tool: () => unknown): Promise<void> {
  harness = new Harness({ onClientTool: tool });
  harness.server.next(json(thread('thr_1', [userItem('msg_u', 'Hi'), call('pending')])));
  await harness.chat.open('thr_1');
}

describe('Stop is a way out of', () => {
  test.each<[name: string, wanted: Phase, begin: () => void | Promise<void>]>([
    ['an answer that never begins', 'responding', () => {
      harness.server.next(never);
      void harness.say('Hi').catch(() => undefined);
    }],
    ['a request whose fetch heeds no signal', 'responding', () => {
      harness = deaf(() => never);
      void harness.say('Hi').catch(() => undefined);
    }],
    ['an answer whose body heeds no signal', 'responding', () => {
      harness = deaf(() => Promise.resolve(stuckBody()));
      void harness.say('Hi').catch(() => undefined);
    }],
    ['a secret that never comes', 'responding', () => {
      harness = new Harness({ api: { url: '/chatkit', getClientSecret: () => never } });
      void harness.say('Hi').catch(() => undefined);
    }],
    ['a thread that never loads', 'loading', () => {
      harness = deaf(() => never);
      void harness.chat.open('thr_1');
    }],
    ['a client tool that never settles', 'tool', () => toTool(() => never)],
    ['a wait for another tab', 'tool', () => {
      vi.stubGlobal('navigator', { locks: { request: (_name: string, options: { ifAvailable?: boolean }, task: (lock: null) => unknown) => (options.ifAvailable === true ? Promise.resolve(task(null)) : never) } });
      return toTool(() => never);
    }],
    ['a look for the message before it is sent again', 'responding', async () => {
      harness.server.next(new TypeError('failed to fetch'));
      await harness.say('Hi').catch(() => undefined);
      harness.server.next(never);
      harness.chat.current.failure?.retry?.();
    }],
  ])('%s', async (_name, wanted, begin) => {
    await begin();
    await phase(wanted);
    harness.chat.current.stop();
    await phase('idle');
    expect(harness.chat.current.outcome).toBe('stopped');
  });

  test('a load, which then offers to load again', async () => {
    harness.server.next(never);
    void harness.chat.open('thr_1');
    await phase('loading');
    harness.chat.current.stop();
    await phase('idle');
    const { current } = harness.chat;
    expect([current.unavailable, current.failure?.code]).toEqual([true, 'stopped']);
    harness.server.next(json(thread('thr_1', [userItem('msg_u', 'Hi')])));
    current.failure?.retry?.();
    await vi.waitFor(() => expect(harness.texts).toEqual(['user_message']));
    expect(current.failure).toBeNull();
  });

  test('a client tool, whose late result goes nowhere; the call is not run again by a refresh', async () => {
    let give: (value: unknown) => void = () => undefined;
    const tool = vi.fn(() => new Promise((resolve) => (give = resolve)));
    await toTool(tool);
    await vi.waitFor(() => expect(tool).toHaveBeenCalledOnce());
    harness.chat.current.stop();
    await phase('idle');
    expect(harness.chat.current.ending).toMatchObject({ kind: 'stopped', asked: 'msg_u' });
    give({ city: 'Oslo' });
    harness.server.next(json(thread('thr_1', [userItem('msg_u', 'Hi'), call('pending')])));
    await harness.chat.current.refresh();
    expect(harness.chat.current.phase).toBe('idle');
    expect(tool).toHaveBeenCalledOnce();
    expect(asked()).toEqual(['threads.get_by_id', 'threads.get_by_id']);
    harness.server.next(events(done(userItem('msg_v', 'Never mind')), done(assistantItem('msg_a', 'Fine'))));
    await harness.say('Never mind');
    await harness.ended();
  });
});

describe('a client tool runs', () => {
  test.each<[name: string, request: () => Promise<unknown>]>([
    ['the browser refuses', () => Promise.reject(new DOMException('sandboxed', 'SecurityError'))],
    ['the document may not have', () => Promise.reject(new DOMException('inactive', 'InvalidStateError'))],
  ])('although %s locks', async (_name, request) => {
    vi.stubGlobal('navigator', { locks: { request } });
    const tool = vi.fn(() => ({ city: 'Oslo' }));
    harness = new Harness({ onClientTool: tool });
    harness.server.next(json(thread('thr_1', [userItem('msg_u', 'Hi'), call('pending')]))).next(events(done(assistantItem('msg_a', 'In Oslo'))));
    await harness.chat.open('thr_1');
    await harness.ended();
    await phase('idle');
    expect(tool).toHaveBeenCalledOnce();
  });
});

describe('a client tool whose check fails', () => {
  test('says so, with the way to try again', async () => {
    const waiting = (_name: string, options: { ifAvailable?: boolean }, task: (lock: object | null) => unknown): Promise<unknown> => Promise.resolve(task(options.ifAvailable === true ? null : {}));
    vi.stubGlobal('navigator', { locks: { request: waiting } });
    const tool = vi.fn(() => ({ city: 'Oslo' }));
    harness = new Harness({ onClientTool: tool });
    const pending = (): Response => json(thread('thr_1', [userItem('msg_u', 'Hi'), call('pending')]));
    harness.server.next(pending()).next(new TypeError('failed to fetch'));
    await harness.chat.open('thr_1');
    await vi.waitFor(() => expect(harness.chat.current.failure).toMatchObject({ code: 'network' }));
    expect(harness.chat.current.phase).toBe('idle');
    expect(failures()).toHaveLength(1);
    harness.server.next(pending()).next(events(done(assistantItem('msg_a', 'In Oslo'))));
    harness.chat.current.failure?.retry?.();
    await harness.ended();
    expect(tool).toHaveBeenCalledOnce();
    expect(harness.chat.current.failure).toBeNull();
  });
});

describe('a half-open stream', () => {
  const second = 1000;
  const half = [created, done(userItem('msg_u', 'Hi')), added(assistantItem('msg_a', '')), delta('msg_a', 'Half')];

  /** An answer of which half has come. */
  async function halfway(headers: Record<string, string> = {}): Promise<ReturnType<typeof live>> {
    vi.useFakeTimers();
    const stream = live();
    for (const [name, value] of Object.entries(headers)) stream.response.headers.set(name, value);
    harness.server.next(stream.response);
    const said = harness.say('Hi');
    await vi.advanceTimersByTimeAsync(0);
    for (const event of half) stream.send(event);
    await vi.advanceTimersByTimeAsync(0);
    await said;
    expect(harness.texts).toEqual(['user_message', 'Half']);
    return stream;
  }
  const pass = (seconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(seconds * second);
  const stored = (...items: unknown[]): Response => json(thread('thr_1', [userItem('msg_u', 'Hi'), ...items]));

  test.each([['15', 29, 32], ['1', 1.5, 4], ['60', 119, 122]])('of a server that beats every %s s is given up after two beats', async (beat, before, after) => {
    await halfway({ 'ChatKit-Heartbeat': beat });
    await pass(before);
    expect(harness.chat.current.busy).toBe(true);
    await pass(after - before);
    expect(harness.chat.current.phase).toBe('idle');
    expect(harness.chat.current.failure).toMatchObject({ code: 'interrupted' });
    expect(harness.chat.current.failure?.retry).not.toBeNull();
    expect(failures()).toHaveLength(1);
  });

  test('is none while there are heartbeats', async () => {
    const stream = await halfway({ 'ChatKit-Heartbeat': '15' });
    for (let beat = 0; beat < 8; beat += 1) {
      await pass(16);
      stream.comment();
    }
    expect(harness.chat.current.busy).toBe(true);
    stream.send(done(assistantItem('msg_a', 'Half and whole')));
    stream.end();
    await pass(0);
    expect(harness.texts).toEqual(['user_message', 'Half and whole']);
    expect(harness.chat.current.failure).toBeNull();
  });

  test.each<[name: string, answer: () => Response | Error | Promise<never>]>([
    ['cannot be reached', () => new TypeError('failed to fetch')],
    ['has the whole answer', () => stored(assistantItem('msg_a', 'Half and whole'))],
    ['has more than what has come', () => stored(assistantItem('msg_b', 'Another'))],
  ])('of a server without heartbeats that %s is given up', async (_name, answer) => {
    await halfway();
    harness.server.next(answer());
    await pass(32);
    expect(harness.chat.current.phase).toBe('idle');
    expect(harness.chat.current.failure).toMatchObject({ code: 'interrupted' });
  });

  test('of a server without heartbeats that answers otherwise may be slow, but not for ever', async () => {
    await halfway();
    for (let look = 0; look < 3; look += 1) harness.server.next(stored());
    await pass(100);
    expect(harness.chat.current.busy).toBe(true);
    await pass(30);
    expect(harness.chat.current.phase).toBe('idle');
    expect(harness.chat.current.failure).toMatchObject({ code: 'interrupted' });
  });

  test('whose server never answers at all is given up, too', async () => {
    vi.useFakeTimers();
    harness.server.next(never).next(never);
    const said = harness.say('Hi').catch((error: unknown) => error);
    await pass(70);
    expect(await said).toMatchObject({ code: 'interrupted' });
    expect(harness.chat.current.phase).toBe('idle');
    expect(harness.chat.current.failure?.retry).not.toBeNull();
  });

  test('what came while the page slept is heard first', async () => {
    const stream = await halfway({ 'ChatKit-Heartbeat': '15' });
    vi.advanceTimersByTime(30 * second);
    stream.send(done(assistantItem('msg_a', 'Half and whole')));
    await pass(2);
    expect(harness.chat.current.busy).toBe(true);
    stream.end();
    await pass(0);
    expect(harness.chat.current.failure).toBeNull();
  });
});

test('a thread that does not come is given up, with the way to try again', async () => {
  vi.useFakeTimers();
  harness.server.next(never);
  void harness.chat.open('thr_1');
  await vi.advanceTimersByTimeAsync(32_000);
  expect(harness.chat.current.phase).toBe('idle');
  expect(harness.chat.current.unavailable).toBe(true);
  expect(harness.chat.current.failure?.retry).not.toBeNull();
});
