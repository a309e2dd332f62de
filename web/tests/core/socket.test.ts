import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ClientSecret, HttpApi } from '../../src/core/http';
import type { ApiOption } from '../../src/core/options';
import type { presence } from '../../src/core/presence';
import type { overSocket } from '../../src/core/socket';
import { shows } from '../support/shows';
import { FakeSocket } from '../support/socket';

type Logged = [name: string, data: Record<string, unknown> | undefined];

let module: { overSocket: typeof overSocket };
let page: typeof presence;
let logged: Logged[];
const log = (name: string, data?: Record<string, unknown>): void => void logged.push([name, data]);
const http = vi.fn<typeof fetch>();
const names = (): string[] => logged.map(([name]) => name);

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
  // A page of its own for each test.
  vi.resetModules();
  module = await import('../../src/core/socket');
  page = (await import('../../src/core/presence')).presence;
  FakeSocket.install();
  logged = [];
  http.mockReset().mockImplementation(() => Promise.resolve(new Response('{"over":"http"}', { headers: { 'Content-Type': 'application/json' } })));
  vi.spyOn(console, 'info').mockImplementation(() => undefined);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 3; turn += 1) await vi.advanceTimersByTimeAsync(0);
};
/** What becomes of a promise that may fail. */
const outcome = async <T>(promise: Promise<T>): Promise<T | Error> => promise.catch((error: unknown) => error as Error);

interface Asked {
  body?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  url?: string;
  own?: boolean;
  by?: typeof log;
}

function ask({ body = '{"type":"x","params":{}}', headers = {}, signal, url = 'https://chat.example/chatkit', own = false, by = log }: Asked = {}): Promise<Response> {
  return module.overSocket(http, own, new URL(url), by)(url, { method: 'POST', headers: { Accept: 'text/event-stream', ...headers }, body, ...(signal ? { signal } : {}) });
}

/** A request on a socket that is open, which the server has just had. */
async function asked(how: Asked = {}): Promise<{ response: Promise<Response>; socket: FakeSocket; id: string }> {
  const before = FakeSocket.made.at(-1);
  const response = ask(how);
  response.catch(() => undefined);
  await settle();
  if (FakeSocket.last !== before) FakeSocket.last.open();
  await settle();
  const socket = FakeSocket.last;
  return { response, socket, id: socket.ids.at(-1) ?? '' };
}

/** A stream that has begun. */
async function streaming(how: Asked = {}): Promise<{ reader: ReadableStreamDefaultReader<Uint8Array>; response: Response; socket: FakeSocket; id: string }> {
  const { response, socket, id } = await asked(how);
  socket.tell({ id, begin: true });
  const begun = await response;
  if (begun.body === null) throw new Error('no body');
  return { reader: begun.body.getReader(), response: begun, socket, id };
}

const text = ({ value }: { value?: Uint8Array | undefined }): string => new TextDecoder().decode(value);

describe('a request', () => {
  test.each([
    ['https://chat.example/chatkit', 'wss://chat.example/chatkit/ws'],
    ['http://localhost:8000/a/chatkit/?tenant=7', 'ws://localhost:8000/a/chatkit/ws?tenant=7'],
  ])('to %s goes to %s', async (url, expected) => {
    await asked({ url });
    expect(FakeSocket.last.url).toBe(expected);
  });

  test('is sent as it is, with the two headers that a server takes', async () => {
    const body = '{"type":"threads.list","params":{"q":"ä \\u2028"}}';
    const { socket, id } = await asked({ body, headers: { 'Authorization': 'Bearer s', 'Accept-Language': 'nb', 'Content-Type': 'application/json' } });
    expect(socket.sent).toEqual([{ id, request: JSON.parse(body) as unknown, headers: { 'authorization': 'Bearer s', 'accept-language': 'nb' } }]);
    expect(http).not.toHaveBeenCalled();
  });

  test('waits for the server’s first word', async () => {
    void ask();
    await settle();
    FakeSocket.last.readyState = 1;
    await settle();
    expect(FakeSocket.last.sent).toEqual([]);
    FakeSocket.last.open();
    await settle();
    expect(FakeSocket.last.asked).toHaveLength(1);
  });

  test('is answered with JSON', async () => {
    const { response, socket, id } = await asked();
    socket.tell({ id, result: { data: [1] } });
    const given = await response;
    expect([given.status, given.headers.get('Content-Type'), await given.json()]).toEqual([200, 'application/json', { data: [1] }]);
  });

  test.each<[error: Record<string, unknown>, status: number, after: string | null]>([
    [{ code: 'thread.not_found', message: 'No.', param: 'thread_id', status: 404 }, 404, null],
    [{ code: 'rate.limited', message: 'Later.', status: 429, retry_after: 3 }, 429, '3'],
    [{ code: 'odd', message: 'Odd.', status: 200 }, 500, null],
  ])('is refused: %j', async (error, status, after) => {
    const { response, socket, id } = await asked();
    socket.tell({ id, error });
    const given = await response;
    const { status: _status, retry_after: _after, ...rest } = error;
    expect([given.status, given.headers.get('Retry-After'), await given.json()]).toEqual([status, after, { error: rest }]);
  });

  test('longer than the server takes goes over HTTP', async () => {
    // As many bytes as it takes, in 512 characters.
    const body = JSON.stringify({ type: 'x', params: 'ä'.repeat(488) });
    expect(new TextEncoder().encode(body).length).toBe(1000);
    await asked({ body });
    expect(FakeSocket.last.asked).toHaveLength(1);
    const longer = JSON.stringify({ type: 'x', params: `a${'ä'.repeat(488)}` });
    await expect((await ask({ body: longer })).json()).resolves.toEqual({ over: 'http' });
    expect(http).toHaveBeenCalledExactlyOnceWith('https://chat.example/chatkit', expect.objectContaining({ method: 'POST', body: longer }));
    expect([FakeSocket.last.asked.length, names()]).toEqual([1, []]);
  });
});

describe('a stream', () => {
  test('is that of HTTP, in bytes and head', async () => {
    const { reader, response, socket, id } = await streaming();
    expect([response.status, response.headers.get('Content-Type'), response.headers.get('ChatKit-Heartbeat')]).toEqual([200, 'text/event-stream', '15']);
    socket.tell({ id, event: { type: 'a', text: 'ä' } });
    expect(text(await reader.read())).toBe('data: {"type":"a","text":"ä"}\n\n');
    socket.tell({ id, event: { type: 'b' }, position: '3-17' });
    expect(text(await reader.read())).toBe('id: 3-17\ndata: {"type":"b"}\n\n');
    socket.tell({ id, heartbeat: true });
    expect(text(await reader.read())).toBe(': \n\n');
    socket.tell({ id, end: true });
    expect((await reader.read()).done).toBe(true);
    expect(socket.cancels).toEqual([]);
  });

  test('that the server breaks off breaks as a line does', async () => {
    const { reader, socket, id } = await streaming();
    socket.tell({ id, error: { code: 'stream.broken', message: 'The answer was broken off.', status: 500 } });
    const error = await outcome(reader.read());
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toHaveProperty('message', 'The answer was broken off.');
  });

  test('that is not read any more is cancelled, once', async () => {
    const { reader, socket, id } = await streaming();
    await reader.cancel();
    socket.tell({ id, event: { type: 'late' } }, { id, end: true });
    expect([socket.cancels, names()]).toEqual([[id], []]);
  });

  test('is not cancelled when it is over', async () => {
    const stopping = new AbortController();
    const { socket, id } = await streaming({ signal: stopping.signal });
    socket.tell({ id, end: true });
    stopping.abort();
    expect(socket.cancels).toEqual([]);
  });
});

describe('an abort', () => {
  const reason = new Error('Enough.');

  test('before anything sends nothing', async () => {
    await expect(ask({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    FakeSocket.last.open();
    await settle();
    expect(FakeSocket.last.sent).toEqual([]);
    expect(http).not.toHaveBeenCalled();
  });

  test('while the socket opens sends nothing', async () => {
    const stopping = new AbortController();
    const response = outcome(ask({ signal: stopping.signal }));
    await settle();
    stopping.abort(reason);
    expect(await response).toBe(reason);
    FakeSocket.last.open();
    await settle();
    expect(FakeSocket.last.sent).toEqual([]);
  });

  test('before the answer cancels', async () => {
    const stopping = new AbortController();
    const { response, socket, id } = await asked({ signal: stopping.signal });
    await asked();
    stopping.abort(reason);
    expect(await outcome(response)).toBe(reason);
    expect(socket.cancels).toEqual([id]);
    socket.tell({ id, begin: true }, { id, event: { type: 'late' } });
    expect(names()).toEqual([]);
  });

  test('of a stream cancels, and breaks what is read', async () => {
    const stopping = new AbortController();
    const { reader, socket, id } = await streaming({ signal: stopping.signal });
    const next = outcome(reader.read());
    stopping.abort(reason);
    expect(await next).toBe(reason);
    expect(socket.cancels).toEqual([id]);
  });

  test('says nothing on a socket that is lost', async () => {
    const stopping = new AbortController();
    const { socket } = await asked({ signal: stopping.signal });
    socket.lose();
    stopping.abort(reason);
    expect(socket.cancels).toEqual([]);
  });
});

describe('one socket', () => {
  test('carries what all elements ask, each with an id of its own', async () => {
    const other = vi.fn();
    const first = await asked();
    const second = await asked({ by: other });
    expect(FakeSocket.made).toHaveLength(1);
    expect(new Set(first.socket.ids).size).toBe(2);
    second.socket.tell({ id: second.id, result: 'second' }, { id: first.id, result: 'first' });
    expect([await (await first.response).json(), await (await second.response).json()]).toEqual(['first', 'second']);
  });

  test('is opened once by requests that wait together', async () => {
    const both = [ask(), ask()];
    await settle();
    FakeSocket.last.open();
    await settle();
    const { ids } = FakeSocket.last;
    expect([FakeSocket.made.length, ids.length, new Set(ids).size]).toEqual([1, 2, 2]);
    for (const id of ids) FakeSocket.last.tell({ id, result: {} });
    await Promise.all(both);
  });

  test('is for one endpoint', async () => {
    const one = await asked();
    const other = await asked({ url: 'https://chat.example/chatkit?tenant=2' });
    expect([FakeSocket.made.length, one.id === other.id]).toEqual([2, false]);
  });

  test('that is lost takes all with it, and the next request opens another', async () => {
    const { reader, socket } = await streaming();
    const waiting = await asked();
    socket.lose(1012);
    expect(vi.getTimerCount()).toBe(0);
    for (const error of [await outcome(reader.read()), await outcome(waiting.response)]) expect(error).toBeInstanceOf(TypeError);
    expect(logged).toEqual([['socket.lost', { url: 'wss://chat.example/chatkit/ws', reason: 'The socket was closed (1012).' }]]);
    const { socket: another } = await asked();
    expect(another).not.toBe(socket);
    // What had been sent is not sent again by itself.
    expect(another.asked).toHaveLength(1);
    expect(http).not.toHaveBeenCalled();
  });

  test('that is closing takes nothing new', async () => {
    const { socket } = await asked();
    socket.readyState = 2;
    expect((await asked()).socket).not.toBe(socket);
  });

  test('that nobody used may be closed without a word', async () => {
    const { response, socket, id } = await asked();
    socket.tell({ id, result: {} });
    await response;
    socket.lose(1000);
    expect(names()).toEqual([]);
    expect((await asked()).socket).not.toBe(socket);
  });
});

describe('frames that say nothing', () => {
  test.each<[frame: unknown, about: string]>([
    ['no JSON', 'text'], ['[1]', 'a list'], ['{"hello":1}', 'a member that is not known'], ['{"id":"ID","hello":1}', 'another answer'],
    ['{"id":"ID","event":{"type":"early"}}', 'an event before its stream'], ['{"opened":{"heartbeat":"often"}}', 'an opening of another kind'],
    [new Uint8Array([1]), 'bytes'],
  ])('%s are told and skipped: %s', async (frame) => {
    const { response, socket, id } = await asked();
    const raw = typeof frame === 'string' ? frame.replace('ID', id) : frame;
    socket.raw(raw);
    expect(logged).toEqual([['stream.unreadable', { bytes: typeof raw === 'string' ? raw.length : 0 }]]);
    socket.tell({ id, result: 'goes on' });
    expect(await (await response).json()).toBe('goes on');
  });

  test('break no stream either', async () => {
    const { reader, socket, id } = await streaming();
    socket.tell({ id, result: 'late' }, { id, begin: true });
    expect(names()).toEqual(['stream.unreadable', 'stream.unreadable']);
    socket.tell({ id, event: { type: 'a' } });
    expect(text(await reader.read())).toContain('"a"');
  });

  test('of no request are told with what the server says', async () => {
    const { socket } = await asked();
    socket.tell({ error: { code: 'socket.malformed', message: 'What?', status: 400 } });
    expect(logged).toEqual([['socket.error', { code: 'socket.malformed', message: 'What?' }]]);
  });

  test('about pings are no surprise', async () => {
    const { socket } = await asked();
    socket.tell({ pong: 1 });
    expect(names()).toEqual([]);
  });
});

describe('a socket that is dead and does not say so', () => {
  test('is found out by a ping beside what is sent after silence', async () => {
    const { reader, socket } = await streaming();
    await vi.advanceTimersByTimeAsync(2000);
    expect(socket.pings).toEqual([]);
    const waiting = await asked();
    expect(socket.pings).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(3990);
    expect(names()).toEqual([]);
    await vi.advanceTimersByTimeAsync(10);
    for (const error of [await outcome(reader.read()), await outcome(waiting.response)]) expect(error).toBeInstanceOf(TypeError);
    expect([names(), socket.readyState]).toEqual([['socket.lost'], 2]);
    expect((await asked()).socket).not.toBe(socket);
  });

  test('is asked once, whatever else is sent meanwhile', async () => {
    const { response, socket, id } = await asked();
    socket.tell({ id, result: {} });
    await response;
    await vi.advanceTimersByTimeAsync(10_000);
    const both = [await asked(), await asked()];
    expect(socket.pings).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(3000);
    socket.tell({ pong: socket.pings[0]?.ping });
    await vi.advanceTimersByTimeAsync(60_000);
    for (const each of both) socket.tell({ id: each.id, result: {} });
    await Promise.all(both.map((each) => each.response));
    expect(names()).toEqual([]);
  });

  test('is found out by a cancel, too', async () => {
    const stopping = new AbortController();
    const { reader, socket } = await streaming();
    await asked({ signal: stopping.signal });
    socket.tell({ pong: 0 });
    await vi.advanceTimersByTimeAsync(5000);
    stopping.abort();
    expect(socket.pings).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(4000);
    expect(await outcome(reader.read())).toBeInstanceOf(TypeError);
  });

  test('is found out though it has just been heard', async () => {
    const { response, socket } = await asked();
    expect(socket.pings).toEqual([]);
    await vi.advanceTimersByTimeAsync(2000);
    expect(socket.pings).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(4000);
    expect(await outcome(response)).toBeInstanceOf(TypeError);
  });

  test('is not what answers pings, however long a request takes', async () => {
    const { response, socket, id } = await asked();
    await vi.advanceTimersByTimeAsync(2000);
    socket.tell({ pong: socket.pings[0]?.ping });
    await vi.advanceTimersByTimeAsync(60_000);
    socket.tell({ id, result: 'slow' });
    expect(await (await response).json()).toBe('slow');
    expect([socket.pings.length, FakeSocket.made.length]).toEqual([1, 1]);
  });

  test('is dropped when the page wakes', async () => {
    const { reader, socket } = await streaming();
    page.tell('woken');
    expect(await outcome(reader.read())).toBeInstanceOf(TypeError);
    expect(socket.readyState).toBe(2);
    expect((await asked()).socket).not.toBe(socket);
  });

  test('says nothing any more', async () => {
    const { response, socket, id } = await asked();
    page.tell('woken');
    socket.tell({ id, result: 'late' }, { hello: 1 });
    expect(await outcome(response)).toBeInstanceOf(TypeError);
    expect(names()).toEqual(['socket.lost']);
  });
});

describe('a sign-in by cookie that is refused', () => {
  const refused = { code: 'auth.required', message: 'Who?', status: 401 };

  test('ends the socket of that handshake', async () => {
    const { response, socket, id } = await asked();
    socket.tell({ id, error: refused });
    expect([(await response).status, socket.readyState]).toEqual([401, 2]);
    expect((await asked()).socket).not.toBe(socket);
    expect(names()).toEqual([]);
  });

  test('leaves what is open there to its end', async () => {
    const { reader, socket, id: first } = await streaming();
    const { id } = await asked();
    socket.tell({ id, error: refused });
    expect(socket.readyState).toBe(1);
    expect((await asked()).socket).not.toBe(socket);
    socket.tell({ id: first, event: { type: 'a' } }, { id: first, end: true });
    expect(text(await reader.read())).toContain('"a"');
    expect(socket.readyState).toBe(2);
  });

  test('is none with a secret of its own', async () => {
    const { socket, id } = await asked({ headers: { Authorization: 'Bearer old' } });
    socket.tell({ id, error: refused });
    expect((await asked()).socket).toBe(socket);
  });
});

describe('where no socket is to be had', () => {
  const url = 'wss://chat.example/chatkit/ws';
  const overHttp = async (response: Promise<Response>): Promise<void> => expect(await (await response).json()).toEqual({ over: 'http' });

  test.each<[kind: string, prepare: () => void, refuse: () => unknown, reason: string]>([
    ['a browser without', () => vi.stubGlobal('WebSocket', undefined), () => undefined, 'TypeError'],
    ['a policy that forbids it', () => vi.stubGlobal('WebSocket', function forbid() { throw new DOMException('forbidden', 'SecurityError'); }), () => undefined, 'forbidden'],
    ['a handshake that is refused', () => undefined, () => FakeSocket.last.lose(1006), 'The socket was closed (1006).'],
    ['another server that closes', () => undefined, () => { FakeSocket.last.readyState = 1; FakeSocket.last.lose(1008); }, 'The socket was closed (1008).'],
    ['nothing but silence', () => undefined, () => vi.advanceTimersByTimeAsync(5000), 'The server did not answer in time.'],
    ['another first word', () => undefined, () => { FakeSocket.last.tell({ hello: 1 }); return vi.advanceTimersByTimeAsync(5000); }, 'The server did not answer in time.'],
  ])('%s: HTTP, once, with a line in the log', async (_kind, prepare, refuse, reason) => {
    prepare();
    const response = ask();
    await settle();
    await refuse();
    await overHttp(response);
    expect(http).toHaveBeenCalledTimes(1);
    expect(logged).toEqual([['socket.unavailable', { url, reason: expect.stringContaining(reason) as string, seconds: 60 }]]);
    expect(console.info).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/wss:.*CHATKIT_WEBSOCKET=true.*Upgrade/));
    await overHttp(ask());
    expect([FakeSocket.made.length <= 1, logged.length]).toEqual([true, 1]);
    expect(FakeSocket.made[0]?.asked ?? []).toEqual([]);
  });

  test('it is tried again ever later, and soon again once it has worked', async () => {
    const tries: number[] = [];
    for (const seconds of [60, 120, 240, 480, 960, 1920, 3600, 3600]) {
      const response = ask();
      await settle();
      FakeSocket.last.lose();
      await overHttp(response);
      expect(logged.at(-1)?.[1]).toMatchObject({ seconds });
      await vi.advanceTimersByTimeAsync(1000 * seconds - 1);
      await overHttp(ask());
      tries.push(FakeSocket.made.length);
      await vi.advanceTimersByTimeAsync(1);
    }
    expect(tries).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(console.info).toHaveBeenCalledOnce();
    const { socket } = await asked();
    socket.lose();
    const response = ask();
    await settle();
    FakeSocket.last.lose();
    await overHttp(response);
    expect(logged.at(-1)?.[1]).toMatchObject({ seconds: 60 });
  });

  test('what comes of it too late changes nothing', async () => {
    const response = ask();
    await vi.advanceTimersByTimeAsync(5000);
    await overHttp(response);
    FakeSocket.last.open().lose();
    expect(logged).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(60_000);
    const again = ask();
    await settle();
    FakeSocket.last.lose();
    await overHttp(again);
    expect(logged.at(-1)?.[1]).toMatchObject({ seconds: 120 });
  });

  test('all who wait hear of it once', async () => {
    const other = vi.fn();
    const all = [ask(), ask(), ask({ by: other })];
    await settle();
    FakeSocket.last.lose();
    await Promise.all(all);
    expect([names(), other.mock.calls.length, FakeSocket.made.length]).toEqual([['socket.unavailable'], 1, 1]);
  });

  test('a page that wakes tries anew', async () => {
    const response = ask();
    await settle();
    FakeSocket.last.lose();
    await overHttp(response);
    page.tell('woken');
    await asked();
    expect([FakeSocket.made.length, http.mock.calls.length]).toEqual([2, 1]);
  });

  test('the page’s own fetch is used, and that is told', async () => {
    await overHttp(ask({ own: true }));
    await overHttp(ask({ own: true }));
    expect([FakeSocket.made.length, http.mock.calls.length]).toEqual([0, 2]);
    expect(logged).toEqual([['socket.unavailable', { url, reason: 'The page has an api.fetch of its own.' }]]);
  });
});

describe('the element’s requests', () => {
  const context = { locale: () => 'nb', baseUrl: () => 'https://page.example/', log };
  const apiOf = (config: unknown): HttpApi => new HttpApi(config as ApiOption, context, { scriptUrl: 'https://page.example/chatkit.js', secret: new ClientSecret() });
  // Modules come in their own time.
  const opened = async (): Promise<FakeSocket> => {
    await vi.waitFor(() => expect(FakeSocket.made).toHaveLength(1));
    return FakeSocket.last.open();
  };

  test('stream over it', shows('own:api.transport'), async () => {
    vi.stubGlobal('fetch', http);
    const heard = { at: '' };
    const events = apiOf({ url: '/chatkit', transport: 'websocket' }).stream({ type: 'threads.create', params: { a: 1 }, requestId: 'r' }, new AbortController().signal, () => Promise.resolve(true), heard);
    const first = events.next();
    const socket = await opened();
    expect(socket.url).toBe('wss://page.example/chatkit/ws');
    await vi.waitFor(() => expect(socket.asked).toHaveLength(1));
    const id = socket.ids[0];
    expect(socket.asked[0]).toEqual({ id, request: { type: 'threads.create', params: { a: 1 }, extensions: ['edit', 'runs'], request_id: 'r' }, headers: { 'accept-language': 'nb' } });
    socket.tell({ id, begin: true }, { id, heartbeat: true }, { id, event: { type: 'thread.created' }, position: '1-1' });
    expect([await first, heard.at]).toEqual([{ done: false, value: { type: 'thread.created' } }, '1-1']);
    socket.lose();
    expect(await outcome(events.next())).toMatchObject({ name: 'ChatKitError', code: 'interrupted', retryable: true });
    expect(http).not.toHaveBeenCalled();
  });

  test('have another secret when the server refuses one', async () => {
    const getClientSecret = vi.fn((before: string | null) => Promise.resolve(before === null ? 'one' : 'two'));
    const answer = apiOf({ getClientSecret, url: '/chatkit', transport: 'websocket' }).call('threads.list', {});
    const socket = await opened();
    await vi.waitFor(() => expect(socket.asked).toHaveLength(1));
    socket.tell({ id: socket.ids[0], error: { code: 'auth.expired', message: 'Old.', status: 401 } });
    await vi.waitFor(() => expect(socket.asked).toHaveLength(2));
    expect(socket.asked.map(({ headers }) => (headers as Record<string, string>).authorization)).toEqual(['Bearer one', 'Bearer two']);
    socket.tell({ id: socket.ids[1], result: { data: [] } });
    expect(await answer).toEqual({ data: [] });
    expect(FakeSocket.made).toHaveLength(1);
  });

  test.each([{}, { transport: 'http' }])('go over HTTP with %j', async (more) => {
    vi.stubGlobal('fetch', http);
    expect(await apiOf({ url: '/chatkit', ...more }).call('threads.list', {})).toEqual({ over: 'http' });
    expect(FakeSocket.made).toEqual([]);
  });

  test('go through the page’s own fetch', async () => {
    expect(await apiOf({ url: '/chatkit', fetch: http, transport: 'websocket' }).call('threads.list', {})).toEqual({ over: 'http' });
    expect(FakeSocket.made).toEqual([]);
    expect(logged).toContainEqual(['socket.unavailable', { url: 'wss://page.example/chatkit/ws', reason: 'The page has an api.fetch of its own.' }]);
  });

  test('go over HTTP when the code for it does not come', async () => {
    vi.stubGlobal('fetch', http);
    vi.doMock('../../src/core/socket', () => { throw new Error('not there'); });
    try {
      expect(await apiOf({ url: '/chatkit', transport: 'websocket' }).call('threads.list', {})).toEqual({ over: 'http' });
    } finally {
      vi.doUnmock('../../src/core/socket');
    }
    expect([FakeSocket.made.length, names()]).toEqual([0, expect.arrayContaining(['part.unavailable'])]);
  });

  test('fail as over HTTP when the socket is lost before an answer', async () => {
    const answer = outcome(apiOf({ url: '/chatkit', transport: 'websocket' }).call('threads.update', {}));
    const socket = await opened();
    await vi.waitFor(() => expect(socket.asked).toHaveLength(1));
    socket.lose();
    expect(await answer).toMatchObject({ name: 'ChatKitError', code: 'network', retryable: true });
  });
});
