/**
 * Requests over one web socket, in the place of `fetch`: what sends them notices no difference. A page has one socket for each
 * endpoint, shared by all of its elements, and opened by the first request that finds none. Where no socket is to be had, requests
 * go over HTTP. Loaded with the first request of a page that wants it; docs/protocol.md has the wire.
 */
import { unlessAborted } from './abort';
import type { ApiContext } from './http';
import { presence } from './presence';
import { isRecord } from './validate';

type Log = ApiContext['log'];
type Fetch = typeof fetch;
type Frame = Readonly<Record<string, unknown>>;

/** How long a server has to say that the socket is open, and to answer a ping. In milliseconds, as all of these. */
const handshake = 5_000;
const patience = 4_000;
/** The last part of both is for what came while the page slept, and is still to be read. */
const grace = 1_000;
/** What has been heard within this time shows that the server is there. */
const fresh = 2_000;
/** How long requests go over HTTP once no socket could be had; twice as long after each further failure. */
const shortestPause = 60_000;
const longestPause = 3_600_000;

const encoder = new TextEncoder();
const beat = encoder.encode(': \n\n');
const endpoints = new Map<string, Endpoint>();
/** Who has heard that the page's own `fetch` leaves no room for a socket. */
const told = new WeakSet<Log>();
let requests = 0;
let informed = false;

/** Sends requests of the protocol, to `url`. `plain` does so over HTTP; `own`: it is the page's. */
export function overSocket(plain: Fetch, own: boolean, url: URL, log: Log): Fetch {
  const address = addressOf(url);
  return async (input, init = {}) => {
    const signal = init.signal ?? undefined;
    if (own && !told.has(log)) {
      told.add(log);
      log('socket.unavailable', { url: address, reason: 'The page has an api.fetch of its own.' });
    }
    const connection = own ? null : await endpointAt(address).open(log, signal);
    const body = init.body as string;
    if (connection === null || encoder.encode(body).length > connection.maxBytes) return plain(input, init);
    return connection.send(body, new Headers(init.headers), log, signal);
  };
}

function addressOf(endpoint: URL): string {
  const url = new URL(endpoint);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.pathname = `${url.pathname.replace(/\/$/, '')}/ws`;
  url.hash = '';
  return url.href;
}

function endpointAt(url: string): Endpoint {
  const endpoint = endpoints.get(url) ?? new Endpoint(url);
  endpoints.set(url, endpoint);
  return endpoint;
}

/** The way to a server: the socket in use, those that only end what is open on them, and what has come of attempts. */
class Endpoint {
  #current: Connection | null = null;
  readonly #connections = new Set<Connection>();
  #failures = 0;
  #pausedUntil = 0;

  constructor(private readonly url: string) {
    presence.listen((moment) => {
      if (moment !== 'woken') return;
      // What was found out may be of another network, and a socket of the time before does not say that it is gone.
      this.#failures = 0;
      this.#pausedUntil = 0;
      for (const connection of this.#connections) if (connection.isOpen) connection.drop('The page has woken.');
    });
  }

  /** A socket that takes requests; null when there is none to be had. Rejects with the signal. */
  async open(log: Log, signal: AbortSignal | undefined): Promise<Connection | null> {
    if (performance.now() < this.#pausedUntil) return null;
    const connection = this.#current?.isUsable === true ? this.#current : this.#connect(log);
    if (!connection.isOpen) connection.waiting.add(log);
    return await unlessAborted(signal, connection.opened) ? connection : null;
  }

  #connect(log: Log): Connection {
    const connection = new Connection(this.url, {
      opened: () => {
        this.#failures = 0;
        connection.waiting.clear();
      },
      unavailable: (reason) => this.#pause(connection, reason),
      gone: () => void this.#connections.delete(connection),
    });
    this.#connections.add(connection);
    this.#current = connection;
    // It may fail at once.
    connection.waiting.add(log);
    connection.begin();
    return connection;
  }

  #pause({ waiting }: Connection, reason: string): void {
    const pause = Math.min(longestPause, shortestPause * 2 ** this.#failures);
    this.#failures += 1;
    this.#pausedUntil = performance.now() + pause;
    for (const log of waiting) log('socket.unavailable', { url: this.url, reason, seconds: pause / 1000 });
    if (informed) return;
    informed = true;
    console.info(
      `ChatKit goes over HTTP for now, since it could open no web socket at ${this.url}: ${reason} `
      + 'Check that the server has CHATKIT_WEBSOCKET=true, and that each proxy on the way passes Upgrade on.',
    );
  }
}

interface Listener {
  opened(): void;
  /** It could not be opened; nothing was sent. */
  unavailable(reason: string): void;
  gone(): void;
}

/** One web socket, from its handshake to its end. */
class Connection {
  /** Whether it could be opened; settles then. */
  readonly opened: Promise<boolean>;
  /** Who is to hear that it could not be opened. */
  readonly waiting = new Set<Log>();
  isOpen = false;
  maxBytes = 0;
  #heartbeat = 0;
  #socket: WebSocket | null = null;
  #settle!: (opened: boolean) => void;
  #retired = false;
  #gone = false;
  #heard = 0;
  #pings = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #exchanges = new Map<string, Exchange>();

  constructor(private readonly url: string, private readonly listener: Listener) {
    this.opened = new Promise((resolve) => (this.#settle = resolve));
  }

  begin(): void {
    try {
      const socket = (this.#socket = new WebSocket(this.url));
      socket.onmessage = ({ data }) => this.#hear(data);
      socket.onclose = ({ code }) => this.drop(`The socket was closed (${code}).`);
      this.#wait(handshake, 'The server did not answer in time.');
    } catch (error) {
      this.drop(`${String(error)}.`);
    }
  }

  get isUsable(): boolean {
    // Neither closing nor closed, which is told later.
    return !this.#gone && !this.#retired && this.#socket !== null && this.#socket.readyState < 2;
  }

  /** `body`: the request's JSON, which is sent as it is. */
  send(body: string, headers: Headers, log: Log, signal: AbortSignal | undefined): Promise<Response> {
    const id = String((requests += 1));
    const exchange = new Exchange(log, headers.has('authorization'), this.#heartbeat, signal, {
      over: () => this.#end(id),
      cancel: () => this.#put(JSON.stringify({ id, cancel: true })),
    });
    this.#exchanges.set(id, exchange);
    const given = ['authorization', 'accept-language'].flatMap((name) => (headers.has(name) ? [[name, headers.get(name)]] : []));
    this.#put(`{"id":"${id}","request":${body},"headers":${JSON.stringify(Object.fromEntries(given))}}`);
    return exchange.response;
  }

  /** Nothing more comes of it. What is open on it fails, as on any line that is lost. */
  drop(reason: string): void {
    if (this.#gone) return;
    this.#gone = true;
    clearTimeout(this.#timer);
    this.#socket?.close();
    if (!this.isOpen) this.listener.unavailable(reason);
    this.#settle(false);
    this.listener.gone();
    this.#tell('socket.lost', { url: this.url, reason });
    for (const exchange of [...this.#exchanges.values()]) exchange.fail(new TypeError(reason));
  }

  #end(id: string): void {
    this.#exchanges.delete(id);
    if (this.#retired && this.#exchanges.size === 0) this.drop('It is not used any more.');
  }

  #put(frame: string): void {
    this.#socket?.send(frame);
    this.#expect();
  }

  /** A socket can be dead and not say so: what is sent has to be followed by something that comes. */
  #expect(): void {
    if (this.#timer !== undefined) return;
    // The clock of a machine may be set back, too.
    if (Math.abs(Date.now() - this.#heard) >= fresh) this.#ping();
    else this.#timer = setTimeout(() => this.#ping(), fresh);
  }

  #ping(): void {
    this.#socket?.send(JSON.stringify({ ping: (this.#pings += 1) }));
    this.#wait(patience, 'The server has fallen silent.');
  }

  /** Drops it unless something is heard. */
  #wait(milliseconds: number, reason: string): void {
    this.#timer = setTimeout(() => {
      this.#timer = setTimeout(() => this.drop(reason), grace);
    }, milliseconds - grace);
  }

  #hear(data: unknown): void {
    if (this.#gone) return;
    if (this.isOpen) this.#stillThere();
    const text = typeof data === 'string' ? data : '';
    const frame = parsed(text);
    if (frame === null || !this.#take(frame)) this.#tell('stream.unreadable', { bytes: text.length });
  }

  #stillThere(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#heard = Date.now();
  }

  /** False when it is not known what the frame says. */
  #take(frame: Frame): boolean {
    if (typeof frame.id === 'string') return this.#pass(frame.id, frame);
    if (isRecord(frame.opened)) return this.#open(frame.opened);
    if (!isRecord(frame.error)) return 'pong' in frame;
    this.#tell('socket.error', { code: frame.error.code, message: frame.error.message });
    return true;
  }

  #open({ heartbeat, max_bytes: maxBytes }: Frame): boolean {
    if (typeof heartbeat !== 'number' || typeof maxBytes !== 'number') return false;
    this.isOpen = true;
    this.maxBytes = maxBytes;
    this.#heartbeat = heartbeat;
    this.#stillThere();
    this.listener.opened();
    this.#settle(true);
    return true;
  }

  #pass(id: string, frame: Frame): boolean {
    const exchange = this.#exchanges.get(id);
    // Of a request that was cancelled when this was on its way.
    if (exchange === undefined) return true;
    // The cookies that were refused are those of the handshake: another may have better ones.
    if (!exchange.isSigned && isRecord(frame.error) && frame.error.status === 401) this.#retired = true;
    return exchange.take(frame);
  }

  /** Tells all whose requests are open. */
  #tell(name: string, data: Record<string, unknown>): void {
    for (const log of new Set([...this.#exchanges.values()].map((exchange) => exchange.log))) log(name, data);
  }
}

/** One request, and the answer that its frames become. */
class Exchange {
  readonly response: Promise<Response>;
  #resolve!: (response: Response) => void;
  #reject!: (reason: Error) => void;
  #events: ReadableStreamDefaultController<Uint8Array> | null = null;

  /** `isSigned`: it says itself who sends it. `line`: told once it is over, and before that when its answer is not wanted any more. */
  constructor(
    readonly log: Log,
    readonly isSigned: boolean,
    private readonly heartbeat: number,
    private readonly signal: AbortSignal | undefined,
    private readonly line: { over(): void; cancel(): void },
  ) {
    this.response = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    signal?.addEventListener('abort', this.#abort);
  }

  /** False for what does not belong here. */
  take(frame: Frame): boolean {
    return this.#events === null ? this.#begin(frame) : this.#goOn(frame, this.#events);
  }

  fail(reason: Error): void {
    this.#over();
    if (this.#events === null) this.#reject(reason);
    else this.#events.error(reason);
  }

  #begin(frame: Frame): boolean {
    if ('result' in frame) this.#answer(jsonResponse(frame.result, 200));
    else if (isRecord(frame.error)) this.#answer(refusal(frame.error));
    else if (frame.begin === true) this.#resolve(this.#stream());
    else return false;
    return true;
  }

  #goOn(frame: Frame, events: ReadableStreamDefaultController<Uint8Array>): boolean {
    if ('event' in frame) events.enqueue(eventBytes(frame));
    else if (frame.heartbeat === true) events.enqueue(beat);
    else if (frame.end === true) this.#close(events);
    else if (isRecord(frame.error)) this.fail(new TypeError(String(frame.error.message)));
    else return false;
    return true;
  }

  #answer(response: Response): void {
    this.#over();
    this.#resolve(response);
  }

  #stream(): Response {
    const body = new ReadableStream<Uint8Array>({ start: (controller) => void (this.#events = controller), cancel: () => this.#leave() });
    return new Response(body, { headers: { 'Content-Type': 'text/event-stream', 'ChatKit-Heartbeat': String(this.heartbeat) } });
  }

  #close(events: ReadableStreamDefaultController<Uint8Array>): void {
    this.#over();
    events.close();
  }

  readonly #abort = (): void => {
    this.line.cancel();
    this.fail(this.signal?.reason as Error);
  };

  #leave(): void {
    this.line.cancel();
    this.#over();
  }

  #over(): void {
    this.signal?.removeEventListener('abort', this.#abort);
    this.line.over();
  }
}

function parsed(text: string): Frame | null {
  try {
    const frame: unknown = JSON.parse(text);
    return isRecord(frame) ? frame : null;
  } catch {
    return null;
  }
}

/** As it is among server-sent events. */
function eventBytes({ event, position }: Frame): Uint8Array {
  const id = typeof position === 'string' ? `id: ${position}\n` : '';
  return encoder.encode(`${id}data: ${JSON.stringify(event)}\n\n`);
}

function jsonResponse(body: unknown, status: number, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json', ...headers } });
}

/** What HTTP would have answered. */
function refusal({ status, retry_after: retryAfter, ...error }: Frame): Response {
  const known = typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
  return jsonResponse({ error }, known, typeof retryAfter === 'number' ? { 'Retry-After': String(retryAfter) } : {});
}
