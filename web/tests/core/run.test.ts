import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { presence } from '../../src/core/presence';
import type { ThreadItem } from '../../src/core/protocol.generated';
import { Harness } from '../support/harness';
import { added, assistantItem, delta, done, events, json, live, thread, userItem, type Call } from '../support/server';

type Stream = ReturnType<typeof live>;

let harness: Harness;
let watched: Stream;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'] });
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  presence.hidden = false;
  watched = live();
  // Loaded here, so that no test waits for files.
  await Promise.all([import('../../src/core/run'), import('../../src/core/watch'), import('../../src/core/redo'), import('../../src/core/claim'), import('../../src/core/tool-call'), import('../../src/core/refusal'), import('../../src/core/recovery')]);
  harness = new Harness();
});
afterEach(() => {
  harness.chat.close();
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const options = { type: 'stream_options', stream_options: { allow_cancel: true }, extensions: ['edit', 'runs'], run_id: 'run_1' };
const ended = (outcome = 'completed'): unknown => ({ type: 'run.ended', outcome, thread_id: 'thr_1', run_id: 'run_1' });
const known = (items: unknown[] = [], more: Record<string, unknown> = {}): Response => json({ ...thread('thr_1', items), extensions: ['edit', 'runs'], ...more });
const call = (status = 'pending'): Record<string, unknown> => ({
  id: 'tc_1', thread_id: 'thr_1', created_at: '', type: 'client_tool_call', status, call_id: 'c', name: 'locate', arguments: {},
});
/** Without the watch, which is beside all of it. */
const asked = (): Call[] => harness.server.calls.filter(({ type }) => type !== 'threads.watch');
const types = (): string[] => asked().map(({ type }) => type);
const pass = async (milliseconds = 0): Promise<void> => {
  await vi.advanceTimersByTimeAsync(milliseconds);
  // Modules come in their own time.
  for (let turn = 0; turn < 5; turn += 1) await new Promise<void>((resolve) => void setImmediate(resolve));
  await vi.advanceTimersByTimeAsync(0);
};
const phase = (): string => harness.chat.current.phase;

function watching(): void {
  harness.server.always('threads.watch', () => watched.response);
}

/** A thread of a server with runs, open and quiet. */
async function open(items: unknown[] = [userItem('msg_0', 'Before'), assistantItem('msg_1', 'Was said')]): Promise<void> {
  watching();
  harness.server.next(known(items));
  await harness.chat.open('thr_1');
  await pass();
  expect(phase()).toBe('idle');
}

/** An answer of which half has come. */
async function halfway(): Promise<Stream> {
  await open();
  const stream = live();
  harness.server.next(stream.response);
  const said = harness.say('Hi');
  await pass();
  stream.send(done(userItem('msg_u', 'Hi')), '1-1');
  stream.send(options, '1-2');
  stream.send(added(assistantItem('msg_a', '')), '1-3');
  stream.send(delta('msg_a', 'Half'), '1-4');
  await pass();
  await said;
  expect(harness.texts.at(-1)).toBe('Half');
  return stream;
}

describe('a server', () => {
  test('is asked for runs where it can say that it has them', async () => {
    harness.server.next(json(thread('thr_1'))).next(events(done(userItem('msg_u', 'Hi')), done(assistantItem('msg_a', 'Yes'))));
    await harness.chat.open('thr_1');
    void harness.say('Hi');
    await pass();
    expect(harness.server.calls.map(({ extensions }) => extensions)).toEqual([['edit', 'runs'], ['edit', 'runs']]);
  });

  test('without runs is not watched, and a line that breaks is a failure at once', async () => {
    const stream = live();
    harness.server.next(json(thread('thr_1', [userItem('msg_0', 'Before')]))).next(stream.response);
    await harness.chat.open('thr_1');
    void harness.say('Hi').catch(() => undefined);
    await pass();
    stream.send(done(userItem('msg_u', 'Hi')));
    stream.fail();
    await pass(1000);
    expect(harness.chat.current.failure).toMatchObject({ code: 'interrupted' });
    expect(harness.server.calls.map(({ type }) => type)).toEqual(['threads.get_by_id', 'threads.add_user_message']);
  });
});

describe('a line that is lost in mid-answer', () => {
  test.each<[name: string, lose: (stream: Stream) => void]>([
    ['breaks', (stream) => stream.fail()],
    ['ends', (stream) => stream.end()],
    ['says what is no JSON', (stream) => stream.raw('id: 1-5\ndata: {"type": "thread.it\n\n')],
  ])('and %s is come back to where it was', async (_name, lose) => {
    const stream = await halfway();
    const again = live();
    harness.server.next(again.response);
    lose(stream);
    await pass(300);
    expect(asked().at(-1)).toMatchObject({ type: 'threads.resume', params: { thread_id: 'thr_1', run_id: 'run_1', after: '1-4', request_id: asked()[1]?.requestId } });
    expect(phase()).toBe('responding');
    expect(harness.chat.current.trouble).toBeNull();
    again.send(delta('msg_a', ' and whole'), '1-6');
    again.send(done(assistantItem('msg_a', 'Half and whole')), '1-7');
    again.send(ended(), '1-8');
    again.end();
    await pass();
    expect(harness.texts.at(-1)).toBe('Half and whole');
    expect([phase(), harness.chat.current.failure]).toEqual(['idle', null]);
  });

  test('says so when it takes longer, offers to try at once later, and stops saying so when it is found', async () => {
    const stream = await halfway();
    const again = live();
    for (let attempt = 0; attempt < 3; attempt += 1) harness.server.next(new TypeError('Load failed'));
    harness.server.next(json({ error: { code: 'unavailable', message: 'Soon' } }, 503)).next(again.response);
    stream.fail();
    await pass(650);
    expect(harness.chat.current.trouble).toMatchObject({ kind: 'line' });
    expect(harness.chat.current.trouble?.tryNow).toBeUndefined();
    await pass(1200);
    expect(types().filter((type) => type === 'threads.resume')).toHaveLength(3);
    harness.chat.current.trouble?.tryNow?.();
    await pass();
    expect(types().filter((type) => type === 'threads.resume')).toHaveLength(4);
    presence.tell('woken');
    await pass();
    again.send(delta('msg_a', '.'), '1-5');
    await pass();
    expect(harness.chat.current.trouble).toBeNull();
    expect(phase()).toBe('responding');
  });

  test.each([[404, 'interrupted'], [401, 'auth.required']])('is given up when the server says no (%s)', async (status, code) => {
    const stream = await halfway();
    harness.server.next(json({ error: { code: 'auth.required', message: 'No' } }, status));
    stream.fail();
    await pass(300);
    expect(phase()).toBe('idle');
    expect(harness.chat.current.failure).toMatchObject({ code });
    expect(harness.chat.current.failure?.retry).not.toBeNull();
    expect(harness.texts.at(-1)).toBe('Half');
  });

  test('can be stopped while it is lost: what is there stays, and the server is told when it can be', async () => {
    const stream = await halfway();
    harness.server.next(new TypeError('offline')).next(new TypeError('offline')).next(json({ outcome: 'stopped' }));
    stream.fail();
    await pass(300);
    harness.chat.current.stop();
    await pass();
    expect([phase(), harness.chat.current.outcome, harness.texts.at(-1)]).toEqual(['idle', 'stopped', 'Half']);
    await pass(2000);
    expect(asked().at(-1)).toMatchObject({ type: 'threads.stop', params: { thread_id: 'thr_1', run_id: 'run_1' } });
  });

  test('of which no more is known begins anew under what is on show', async () => {
    const stream = await halfway();
    const again = live();
    harness.server.next(again.response);
    stream.fail();
    await pass(300);
    harness.server.next(known([userItem('msg_0', 'Before'), assistantItem('msg_1', 'Was said'), userItem('msg_u', 'Hi')], { active_run: { id: 'run_1' } }));
    again.send({ type: 'stream.reset' }, '1-9');
    again.send(added(assistantItem('msg_a', 'Half and more')), '1-9');
    await pass();
    expect(harness.texts).toEqual(['user_message', 'Was said', 'user_message', 'Half and more']);
    again.send(done(assistantItem('msg_a', 'All')), '1-10');
    again.send(ended(), '1-11');
    again.end();
    await pass();
    expect(harness.texts.at(-1)).toBe('All');
    expect(types().filter((type) => type === 'threads.resume')).toHaveLength(1);
  });
});

describe('a message whose reply is lost', () => {
  test('is sent again under the same id', async () => {
    await open();
    const stream = live();
    harness.server.next(new TypeError('Load failed')).next(json({ error: { code: 'busy', message: 'Wait' } }, 503)).next(stream.response);
    const said = harness.say('Hi');
    await pass(300);
    await pass(600);
    const [, ...sent] = asked();
    expect(sent.map(({ type }) => type)).toEqual(Array(3).fill('threads.add_user_message'));
    expect(new Set(sent.map(({ requestId }) => requestId)).size).toBe(1);
    stream.send(done(userItem('msg_u', 'Hi')), '1-1');
    stream.send(options, '1-2');
    await said;
    expect(phase()).toBe('responding');
  });

  test('and that the server refuses then fails as ever', async () => {
    await open();
    harness.server.next(new TypeError('Load failed')).next(json({ error: { code: 'message.too_long', message: 'Too long' } }, 413));
    const said = harness.say('Hi').catch((error: unknown) => error);
    await pass(300);
    expect(await said).toMatchObject({ code: 'message.too_long' });
    expect(phase()).toBe('idle');
  });
});

describe('a run that its server could not finish', () => {
  test('is no failure: what was said of it stays, and can be gone on with', async () => {
    const stream = await halfway();
    stream.send(done({ ...assistantItem('msg_a', 'Half'), status: 'incomplete' }), '1-5');
    stream.send(ended('interrupted'), '1-6');
    stream.end();
    await pass();
    expect(harness.chat.current.failure).toBeNull();
    expect(harness.chat.current.ending).toMatchObject({ kind: 'incomplete', begun: true });
  });

  test('before anything was said of it is not taken for silence', async () => {
    await open();
    harness.server.next(events(done(userItem('msg_u', 'Hi')), options, ended('interrupted')));
    await harness.say('Hi');
    await pass();
    expect(harness.chat.current.ending).toMatchObject({ kind: 'unanswered', asked: 'msg_u' });
  });
});

describe('stop', () => {
  test('names the run, and waits for its end', async () => {
    const stream = await halfway();
    harness.server.next(json({ outcome: 'stopped' }));
    harness.chat.current.stop();
    await pass();
    expect(asked().at(-1)).toMatchObject({ type: 'threads.stop', params: { thread_id: 'thr_1', run_id: 'run_1' } });
    expect([phase(), stream.cancelled()]).toEqual(['responding', false]);
    stream.send(done({ ...assistantItem('msg_a', 'Half'), status: 'stopped' }), '1-5');
    stream.send(ended('stopped'), '1-6');
    stream.end();
    await pass();
    expect([phase(), harness.chat.current.outcome]).toEqual(['idle', 'stopped']);
    expect(harness.chat.current.ending).toMatchObject({ kind: 'stopped', begun: true });
    expect(harness.names).not.toContain('message.received');
  });

  test('waits for the run to have a name', async () => {
    await open();
    const stream = live();
    harness.server.next(stream.response).next(json({ outcome: 'stopped' }));
    const said = harness.say('Hi');
    await pass();
    harness.chat.current.stop();
    await pass(100);
    expect(types().at(-1)).toBe('threads.add_user_message');
    stream.send(done(userItem('msg_u', 'Hi')), '1-1');
    stream.send(options, '1-2');
    await said;
    await pass();
    expect(types().at(-1)).toBe('threads.stop');
  });

  test('a second time, or when the server says nothing, is the end here', async () => {
    await halfway();
    harness.server.next(new Promise<never>(() => undefined));
    harness.chat.current.stop();
    await pass(5900);
    expect(phase()).toBe('responding');
    await pass(200);
    expect([phase(), harness.chat.current.outcome, harness.texts.at(-1)]).toEqual(['idle', 'stopped', 'Half']);
  });

  test('that comes too late is none', async () => {
    const stream = await halfway();
    harness.server.next(json({ outcome: 'completed' }));
    harness.chat.current.stop();
    stream.send(done(assistantItem('msg_a', 'Half and whole')), '1-5');
    stream.send(ended(), '1-6');
    stream.end();
    await pass();
    expect([phase(), harness.chat.current.outcome, harness.chat.current.ending]).toEqual(['idle', 'done', null]);
  });

  test('in another tab ends it here', async () => {
    const stream = await halfway();
    stream.send(done({ ...assistantItem('msg_a', 'Half'), status: 'stopped' }), '1-5');
    stream.send(ended('stopped'), '1-6');
    stream.end();
    await pass();
    expect(harness.chat.current.ending).toMatchObject({ kind: 'stopped' });
  });

  test('is nothing that leaving does', async () => {
    const stream = await halfway();
    harness.chat.close();
    await pass();
    expect(stream.cancelled()).toBe(true);
    expect(types()).not.toContain('threads.stop');
  });
});

describe('a thread that is being answered', () => {
  const loaded = [userItem('msg_0', 'Before'), assistantItem('msg_1', 'Was said'), userItem('msg_u', 'Hi'), assistantItem('msg_p', 'First, a plan.')];
  let stream: Stream;
  let items: readonly ThreadItem[];

  beforeEach(async () => {
    watching();
    stream = live();
    harness.server.next(known(loaded, { active_run: { id: 'run_1' } })).next(stream.response);
    await harness.chat.open('thr_1');
    await pass();
    items = harness.chat.current.state.items;
  });

  test('is followed, as a turn that can be stopped', async () => {
    expect(asked().at(-1)).toMatchObject({ type: 'threads.resume', params: { thread_id: 'thr_1', run_id: 'run_1' } });
    expect(asked().at(-1)?.params).not.toHaveProperty('after');
    expect(phase()).toBe('responding');
    expect(harness.names).toEqual(['thread.load.start', 'thread.change', 'thread.load.end', 'response.start']);
    stream.send(options, '1-1');
    await pass();
    harness.server.next(json({ outcome: 'stopped' }));
    harness.chat.current.stop();
    await pass();
    expect(types().at(-1)).toBe('threads.stop');
  });

  test('keeps what was loaded while it is told again, in the order in which it was told', async () => {
    stream.send(done(userItem('msg_u', 'Hi')), '1-1');
    stream.send(options, '1-2');
    stream.send(added({ id: 'wf', thread_id: 'thr_1', created_at: '', type: 'workflow', workflow: { type: 'reasoning', tasks: [] } }), '1-3');
    stream.send(added(assistantItem('msg_p', '')), '1-4');
    await pass();
    expect(harness.texts).toEqual(['user_message', 'Was said', 'user_message', 'First, a plan.', 'workflow']);
    stream.send(delta('msg_p', 'First, '), '1-5');
    stream.send(done(assistantItem('msg_p', 'First, a plan.')), '1-6');
    stream.send(added(assistantItem('msg_a', 'Then')), '1-7');
    await pass();
    expect(harness.texts).toEqual(['user_message', 'Was said', 'user_message', 'workflow', 'First, a plan.', 'Then']);
    const now = harness.chat.current.state.items;
    for (const item of items) expect(now).toContain(item);
    expect(harness.names).not.toContain('message.received');
    stream.send(done(assistantItem('msg_a', 'Then that.')), '1-8');
    stream.send(ended(), '1-9');
    stream.end();
    await pass();
    expect(harness.texts.at(-1)).toBe('Then that.');
    expect(harness.names.slice(-2)).toEqual(['message.received', 'response.end']);
  });

  test('takes over what has become of an item since it was loaded', async () => {
    stream.send(done(assistantItem('msg_p', 'First, a better plan.')), '1-1');
    await pass(100);
    expect(harness.texts.at(-1)).toBe('First, a plan.');
    await pass(1000);
    expect(harness.texts.at(-1)).toBe('First, a better plan.');
  });

  test('has been answered by the time it is asked for', async () => {
    stream.send({ type: 'run.ended', outcome: 'completed', thread_id: 'thr_1' });
    stream.end();
    await pass();
    expect([phase(), harness.chat.current.failure]).toEqual(['idle', null]);
  });
});

describe('a page that is hidden', () => {
  /** So many beats of a server that is there, nearly 20 s apart. */
  async function alive(stream: Stream, beats: number): Promise<void> {
    for (let beat = 0; beat < beats; beat += 1) {
      await pass(19_500);
      if (!stream.cancelled()) stream.comment();
    }
  }

  test('for long stops following, and goes on from there when it is shown', async () => {
    const stream = await halfway();
    presence.tell('hidden');
    await alive(stream, 3);
    expect(stream.cancelled()).toBe(false);
    await pass(1600);
    expect([stream.cancelled(), phase()]).toEqual([true, 'responding']);
    await pass(60_000);
    const before = types().length;
    harness.server.next(live().response);
    presence.tell('shown');
    await pass();
    expect(types()).toHaveLength(before + 1);
    expect(asked().at(-1)).toMatchObject({ type: 'threads.resume', params: { after: '1-4' } });
  });

  test('for a moment goes on following', async () => {
    const stream = await halfway();
    presence.tell('hidden');
    await alive(stream, 1);
    presence.tell('shown');
    await alive(stream, 4);
    expect(stream.cancelled()).toBe(false);
  });
});

describe('a client tool call', () => {
  function pending(tool: () => unknown): void {
    harness = new Harness({ onClientTool: tool });
    watching();
    harness.server.next(known([userItem('msg_u', 'Hi'), call()]));
  }

  test('is claimed before it runs, and again while it does', async () => {
    let give: (value: unknown) => void = () => undefined;
    pending(() => new Promise((resolve) => (give = resolve)));
    for (let claim = 0; claim < 3; claim += 1) harness.server.next(json({ claimed: true, seconds: 8 }));
    await harness.chat.open('thr_1');
    await pass();
    await pass(6100);
    const claims = asked().filter(({ type }) => type === 'items.claim');
    expect(claims).toHaveLength(3);
    expect(new Set(claims.map(({ params }) => params.claimant)).size).toBe(1);
    harness.server.next(events(options, done(assistantItem('msg_a', 'In Oslo')), ended()));
    give({ city: 'Oslo' });
    await pass();
    expect(types().at(-1)).toBe('threads.add_client_tool_output');
    expect([phase(), harness.texts.at(-1)]).toEqual(['idle', 'In Oslo']);
    await pass(10_000);
    expect(types().at(-1)).toBe('threads.add_client_tool_output');
  });

  test('that another tab runs is waited for, and taken over when that tab is gone', async () => {
    const tool = vi.fn(() => ({ city: 'Oslo' }));
    pending(tool);
    harness.server.next(json({ claimed: false, pending: true }));
    await harness.chat.open('thr_1');
    await pass();
    expect(harness.chat.current.trouble).toMatchObject({ kind: 'elsewhere', name: 'locate' });
    expect(tool).not.toHaveBeenCalled();
    harness.server.next(json({ claimed: false, pending: true }));
    await pass(2000);
    harness.server.next(json({ claimed: true, seconds: 8 })).next(events(options, done(assistantItem('msg_a', 'In Oslo')), ended()));
    await pass(2000);
    expect(tool).toHaveBeenCalledOnce();
    expect(types()).toEqual(['threads.get_by_id', ...Array<string>(3).fill('items.claim'), 'threads.add_client_tool_output']);
    expect([harness.chat.current.trouble, harness.texts.at(-1)]).toEqual([null, 'In Oslo']);
  });

  test('that another tab has run is followed', async () => {
    const tool = vi.fn();
    pending(tool);
    harness.server.next(json({ claimed: false, pending: true }));
    await harness.chat.open('thr_1');
    await pass();
    const after = (): Response => known([userItem('msg_u', 'Hi'), call('completed')], { active_run: { id: 'run_2' } });
    const stream = live();
    harness.server.next(json({ claimed: false, pending: false })).next(after()).next(stream.response);
    watched.send({ type: 'run.started', thread_id: 'thr_1', run_id: 'run_2' });
    await pass();
    expect(types()).toEqual(['threads.get_by_id', 'items.claim', 'items.claim', 'threads.get_by_id', 'threads.resume']);
    expect(asked().at(-1)).toMatchObject({ params: { run_id: 'run_2' } });
    expect(tool).not.toHaveBeenCalled();
    expect(phase()).toBe('responding');
  });
});

describe('what happens elsewhere', () => {
  test('is followed when it is in the thread on show', async () => {
    await open();
    const stream = live();
    harness.server.next(known([userItem('msg_0', 'Before'), assistantItem('msg_1', 'Was said'), userItem('msg_u', 'From there')], { active_run: { id: 'run_9' } })).next(stream.response);
    watched.send({ type: 'run.started', thread_id: 'thr_1', run_id: 'run_9' });
    await pass();
    expect(asked().at(-1)).toMatchObject({ type: 'threads.resume', params: { run_id: 'run_9' } });
    expect(harness.texts).toEqual(['user_message', 'Was said', 'user_message']);
    expect(phase()).toBe('responding');
  });

  test('that began here is known already', async () => {
    const stream = await halfway();
    watched.send({ type: 'run.started', thread_id: 'thr_1', run_id: 'run_1' });
    stream.send(done(assistantItem('msg_a', 'Half')), '1-5');
    stream.send(ended(), '1-6');
    stream.end();
    await pass();
    watched.send({ type: 'run.ended', thread_id: 'thr_1', run_id: 'run_1', outcome: 'completed' });
    await pass(500);
    expect(types()).toEqual(['threads.get_by_id', 'threads.add_user_message']);
  });

  test('while an answer comes is looked at after it', async () => {
    const stream = await halfway();
    watched.send({ type: 'run.started', thread_id: 'thr_1', run_id: 'run_2' });
    await pass();
    harness.server.next(known([userItem('msg_2', 'More')], { active_run: { id: 'run_2' } })).next(live().response);
    stream.send(done(assistantItem('msg_a', 'Half')), '1-5');
    stream.send(ended(), '1-6');
    stream.end();
    await pass();
    expect(asked().at(-1)).toMatchObject({ type: 'threads.resume', params: { run_id: 'run_2' } });
  });

  test('and is no run is looked at after the answer, too', async () => {
    const stream = await halfway();
    watched.send({ type: 'thread.changed', thread_id: 'thr_1' });
    await pass();
    harness.server.next(known([userItem('msg_2', 'More')], { title: 'Renamed there' }));
    stream.send(done(assistantItem('msg_a', 'Half')), '1-5');
    stream.send(ended(), '1-6');
    stream.end();
    await pass();
    expect(harness.chat.current.state.thread?.title).toBe('Renamed there');
  });

  test('is not followed by a page out of sight', async () => {
    await open();
    presence.tell('hidden');
    watched.send({ type: 'run.started', thread_id: 'thr_1', run_id: 'run_9' });
    await pass(1000);
    expect(types()).toEqual(['threads.get_by_id']);
  });

  test('is asked for again when the line is lost, and not while nobody looks', async () => {
    const watches = (): number => harness.server.calls.filter(({ type }) => type === 'threads.watch').length;
    await open();
    expect(watches()).toBe(1);
    harness.server.next(known());
    const first = watched;
    watched = live();
    first.end();
    await pass(300);
    expect(watches()).toBe(2);
    presence.tell('hidden');
    await pass(61_000);
    expect(watched.cancelled()).toBe(true);
    watched = live();
    presence.tell('shown');
    await pass();
    expect(watches()).toBe(3);
  });
});
