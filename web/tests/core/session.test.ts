import { beforeEach, describe, expect, test, vi } from 'vitest';
import { Chat, type Emit } from '../../src/core/chat';
import { readOptions } from '../../src/core/options';
import { assistantItem, done, events, FakeServer, json, live, thread, userItem } from '../support/server';
import { threadsOf } from '../../src/core/threads';

const a = 'https://a.example/chatkit';
const b = 'https://b.example/chatkit';

/** Two servers behind one `fetch`, each with what it was sent. */
let servers: Record<string, FakeServer>;
let chat: Chat;
let heard: [name: string, detail: unknown][];

const fetchOf: typeof fetch = (input, init) => {
  const server = servers[new URL(input as string, document.baseURI).href];
  if (server === undefined) throw new Error(`nobody is at ${input as string}`);
  return server.fetch(input, init);
};
const another: typeof fetch = (input, init) => fetchOf(input, init);
const configure = (api: Record<string, unknown>, more: Record<string, unknown> = {}): void =>
  chat.configure(readOptions({ api: { fetch: fetchOf, ...api }, ...more }, {}, () => undefined));
const secrets = (server: FakeServer | undefined): (string | undefined)[] => (server?.calls ?? []).map(({ headers }) => headers.Authorization);
const ada = (): Promise<string> => Promise.resolve('of-ada');
const bob = (): Promise<string> => Promise.resolve('of-bob');

beforeEach(() => {
  servers = { [a]: new FakeServer(), [b]: new FakeServer() };
  heard = [];
  const emit: Emit = (name, ...detail) => void heard.push([name, detail[0]]);
  chat = new Chat({ emit, scriptUrl: 'https://a.example/element.js', baseUrl: () => document.baseURI, locale: () => 'en' });
});

const said = (): string[] => chat.current.state.items.map(({ id }) => id);

async function opened(api: Record<string, unknown>): Promise<void> {
  configure(api);
  servers[a]?.next(json(thread('thr_1', [userItem('msg_1', 'Hi')])));
  await chat.open('thr_1');
  heard = [];
}

describe.each<[name: string, before: Record<string, unknown>, after: Record<string, unknown>, server: string, secret: string | undefined]>([
  ['another server', { url: a, getClientSecret: ada }, { url: b, getClientSecret: ada }, b, 'Bearer of-ada'],
  ['another server and secret', { url: a, getClientSecret: ada }, { url: b, getClientSecret: bob }, b, 'Bearer of-bob'],
  ['another secret', { url: a, getClientSecret: ada }, { url: a, getClientSecret: bob }, a, 'Bearer of-bob'],
  ['another secret at the default address', { getClientSecret: ada }, { getClientSecret: bob }, a, 'Bearer of-bob'],
  ['no secret any more', { url: a, getClientSecret: ada }, { url: a }, a, undefined],
  ['a secret for the first time', { url: a }, { url: a, getClientSecret: ada }, a, 'Bearer of-ada'],
  ['another server without secrets', { url: a }, { url: b }, b, undefined],
])('options with %s', (_name, before, after, at, secret) => {
  test('start anew, with their own secret', async () => {
    await opened(before);
    configure(after);
    expect([chat.current.id, said()]).toEqual([null, []]);
    expect(heard).toContainEqual(['chatkit.thread.change', { threadId: null }]);
    const server = servers[at];
    const earlier = server?.calls.length ?? 0;
    server?.next(events({ type: 'thread.created', thread: thread('thr_2') }, done(userItem('msg_2', 'Hello'))));
    await chat.send({ content: [{ type: 'input_text', text: 'Hello' }] });
    expect(secrets(server).slice(earlier)).toEqual([secret]);
    expect(server?.calls.at(-1)?.type).toBe('threads.create');
  });
});

test('the thread they begin with is opened at the new server', async () => {
  await opened({ url: a, getClientSecret: ada });
  servers[b]?.next(json(thread('thr_7', [userItem('msg_7', 'There')])));
  configure({ url: b, getClientSecret: bob }, { initialThread: 'thr_7' });
  await vi.waitFor(() => expect(said()).toEqual(['msg_7']));
  expect(secrets(servers[b])).toEqual(['Bearer of-bob']);
});

test.each<[name: string, before: Record<string, unknown>, after: () => Record<string, unknown>]>([
  ['a function that the same code made anew', { url: a, getClientSecret: () => Promise.resolve('x') }, () => ({ url: a, getClientSecret: () => Promise.resolve('x') })],
  ['the same address spelt otherwise', { url: a, getClientSecret: ada }, () => ({ url: 'https://a.example:443/x/../chatkit', getClientSecret: ada })],
  ['another fetch', { url: a }, () => ({ url: a, fetch: another })],
  ['another way to upload', { url: a }, () => ({ url: a, uploadStrategy: { type: 'direct', uploadUrl: '/upload' } })],
])('%s keeps the conversation', async (_name, before, after) => {
  await opened(before);
  configure(after(), { theme: 'dark' });
  expect([chat.current.id, said()]).toEqual(['thr_1', ['msg_1']]);
  expect(heard.filter(([name]) => name !== 'chatkit.log')).toEqual([]);
});

test('an answer under way ends, and nothing of it is sent to the new server', async () => {
  let give: (value: unknown) => void = () => undefined;
  configure({ url: a, getClientSecret: ada }, { onClientTool: () => new Promise((resolve) => (give = resolve)) });
  const call = { id: 'tc', thread_id: 'thr_1', created_at: '', type: 'client_tool_call', status: 'pending', call_id: 'c', name: 'locate', arguments: {} };
  servers[a]?.next(json(thread('thr_1', [userItem('msg_1', 'Hi'), call])));
  await chat.open('thr_1');
  await vi.waitFor(() => expect(chat.current.phase).toBe('tool'));
  const stream = live();
  servers[a]?.next(json(thread('thr_2'))).next(stream.response);
  await chat.open('thr_2');
  const sent = chat.send({ content: [{ type: 'input_text', text: 'Hi' }] }).catch(() => undefined);
  await vi.waitFor(() => expect(servers[a]?.calls).toHaveLength(3));
  configure({ url: b, getClientSecret: bob });
  await sent;
  give({ city: 'Oslo' });
  await vi.waitFor(() => expect(heard.map(([name]) => name)).toContain('chatkit.response.end'));
  await new Promise((resolve) => setTimeout(resolve));
  expect(servers[b]?.calls).toEqual([]);
  expect(servers[a]?.calls).toHaveLength(3);
});

test('a secret that comes late is not kept for another', async () => {
  let late: (secret: string) => void = () => undefined;
  configure({ url: a, getClientSecret: () => new Promise<string>((resolve) => (late = resolve)) });
  void chat.open('thr_1');
  configure({ url: a, getClientSecret: bob });
  servers[a]?.next(json(thread('thr_3', [assistantItem('msg_3', 'x')])));
  late('of-ada');
  await chat.open('thr_3');
  expect(secrets(servers[a]).at(-1)).toBe('Bearer of-bob');
});

test('the list of threads is that of the new server', async () => {
  await opened({ url: a });
  servers[a]?.next(json({ data: [thread('thr_1')], has_more: false }));
  await threadsOf(chat).reload();
  servers[b]?.next(json({ data: [thread('thr_8')], has_more: false }));
  configure({ url: b });
  expect(threadsOf(chat).threads).toEqual([]);
  await vi.waitFor(() => expect(threadsOf(chat).threads.map(({ id }) => id)).toEqual(['thr_8']));
});
