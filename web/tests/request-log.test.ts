/** What `chatkit.log` tells of requests. */
import { expect, test, vi } from 'vitest';
import { Chat, type Emit } from '../src/core/chat';
import { readOptions } from '../src/core/options';
import type { Conversation } from '../src/core/conversation';
import { assistantItem, events, FakeServer, json, live, thread, userItem } from './support/server';

interface Log {
  name: string;
  data?: Record<string, unknown>;
}

function chatWith(server: FakeServer, more: Record<string, unknown> = {}): { chat: Chat; logs: Log[]; told: () => unknown[] } {
  const logs: Log[] = [];
  const chat = new Chat({
    emit: ((name: string, detail: Log) => { if (name === 'chatkit.log') logs.push(detail); }) as Emit,
    scriptUrl: 'https://host.example/element.js', baseUrl: () => document.baseURI, locale: () => 'en',
  });
  chat.configure(readOptions({ api: { url: '/chatkit', fetch: server.fetch, ...more } }, {}, () => undefined));
  return { chat, logs, told: () => logs.map(({ name, data = {} }) => [name, data.event ?? data.status ?? data.outcome ?? data.attempt].filter((part) => typeof part === 'string' || typeof part === 'number').join(' ')) };
}

const created = { type: 'thread.created', thread: thread() };
const asked = { type: 'thread.item.done', item: userItem('msg_u', 'A secret question') };
const begun = { type: 'thread.item.added', item: assistantItem('msg_a', '') };
const word = (delta: string): unknown => ({ type: 'thread.item.updated', item_id: 'msg_a', update: { type: 'assistant_message.content_part.text_delta', content_index: 0, delta } });
const part = { type: 'thread.item.updated', item_id: 'msg_a', update: { type: 'assistant_message.content_part.added', content_index: 0, content: { type: 'output_text', text: '', annotations: [] } } };
const done = { type: 'thread.item.done', item: assistantItem('msg_a', 'A secret answer') };
const ask = (chat: Chat): Promise<void> => chat.send({ content: [{ type: 'input_text', text: 'A secret question' }] });
const idle = (conversation: Conversation): Promise<void> => vi.waitFor(() => expect(conversation.phase).toBe('idle'));

test('an ordinary turn: request, first byte, events, end, and nothing of what was said', async () => {
  const { chat, logs, told } = chatWith(new FakeServer().next(events(created, asked, begun, part, word('A secret '), word('answer'), done)));
  await ask(chat);
  await idle(chat.current);
  expect(told()).toEqual([
    'request.sent 1', 'request.answered 200', 'stream.begun', 'stream.event thread.created', 'stream.event thread.item.done', 'stream.event thread.item.added',
    'stream.event thread.item.done', 'request.ended done',
  ]);
  expect(new Set(logs.map(({ data }) => `${String(data?.request)} ${String(data?.type)}`)).size).toBe(1);
  expect(logs.at(-1)?.data?.events).toEqual({ 'thread.created': 1, 'thread.item.done': 2, 'thread.item.added': 1, 'thread.item.updated': 3 });
  expect(logs.every(({ data }) => data?.ms === undefined || (data.ms as number) >= 0)).toBe(true);
  expect(JSON.stringify(logs)).not.toContain('secret');
});

test('a request that is sent again with another secret', async () => {
  let secrets = 0;
  const server = new FakeServer().next(json({}, 401)).next(json(thread('thr_1')));
  const { chat, told } = chatWith(server, { getClientSecret: () => Promise.resolve(`s${++secrets}`) });
  await chat.open('thr_1');
  expect(told()).toEqual(['request.sent 1', 'request.sent 2', 'request.answered 200', 'request.ended done']);
});

test.each<[what: string, answer: Response | Error, told: string[]]>([
  ['does not arrive', new TypeError('Failed to fetch'), ['request.sent 1', 'request.ended failed']],
  ['is refused', json({ error: { code: 'x', message: 'No.' } }, 500), ['request.sent 1', 'request.answered 500', 'request.ended failed']],
  ['is answered by something else', new Response('<html>', { headers: { 'Content-Type': 'text/html' } }), ['request.sent 1', 'request.answered 200', 'request.ended failed']],
])('a request that %s', async (_, answer, expected) => {
  const { chat, told } = chatWith(new FakeServer().next(answer));
  await chat.open('thr_1');
  expect(told()).toEqual(expected);
});

test('an answer that breaks off, and one that is stopped', async () => {
  const [broken, stopped] = [live(), live()];
  const { chat, told } = chatWith(new FakeServer().next(broken.response).next(stopped.response));
  const first = ask(chat);
  broken.send(created);
  broken.send(asked);
  await first;
  broken.fail();
  await idle(chat.current);
  expect(told().at(-1)).toBe('request.ended failed');
  const second = ask(chat);
  stopped.send(asked);
  await second;
  chat.current.stop();
  await vi.waitFor(() => expect(told().at(-1)).toBe('request.ended stopped'));
});
