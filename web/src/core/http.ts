/** Requests to a ChatKit endpoint. */
import type { CustomApiConfig, HostedApiConfig } from '@openai/chatkit';
import { unlessAborted } from './abort';
import { asError, ChatKitError, isAbort } from './errors';
import type { ApiOption } from './options';
import type { RunEndedEvent, StreamResetEvent, ThreadStreamEvent } from './protocol.generated';
import { requestLog, type RequestLog } from './request-log';
import { readEvents } from './sse';
import { isRecord } from './validate';
import { Watchdog } from './watchdog';

/** How requests get to the server, for those that are not operations: uploads. */
export interface Transport {
  readonly url: string;
  /** What an address without an origin belongs to. */
  readonly baseUrl: () => string;
  /** The page's own `fetch`; null when it gave none. */
  readonly custom: typeof fetch | null;
  /** Sends with the client secret, where there is one. */
  readonly authorize: <T extends { status: number }>(send: (authorization: string | null) => Promise<T>) => Promise<T>;
}

/** What is asked of the server. */
export interface Operation {
  readonly type: string;
  readonly params: object;
  /** The same each time it is sent. */
  readonly requestId?: string;
}

/** What a stream says: of a thread, or of the run that is followed. */
export type StreamEvent = ThreadStreamEvent | RunEndedEvent | StreamResetEvent;

/** How far a run has been heard: the last position its server named, nothing before that. */
export interface Heard {
  at: string;
}

export interface Api {
  readonly transport: Transport;
  /** A JSON operation. Rejects with a `ChatKitError`. */
  call<T>(type: string, params: object, signal?: AbortSignal): Promise<T>;
  /**
   * A streaming operation: its events until the stream ends. Throws a `ChatKitError`, or an `AbortError` when aborted.
   * `isAlive` is asked when the server is silent and has not said that it would not be. `heard` is kept up to date.
   */
  stream(operation: Operation, signal: AbortSignal, isAlive: () => Promise<boolean>, heard: Heard): AsyncGenerator<StreamEvent, void, void>;
}

export interface ApiContext {
  /** The active locale, sent as `Accept-Language`. */
  locale(): string;
  /** What addresses without an origin belong to. */
  baseUrl(): string;
  /** Told about frames that could not be read; they are skipped. */
  readonly log: (name: string, data?: Record<string, unknown>) => void;
}

/** What this client understands beyond the reference's protocol; a server that does too says so. */
const extensions = ['edit', 'runs'] as const;

/** Operations that a server answers from its store, so at once. */
const reads: ReadonlySet<string> = new Set(['threads.get_by_id', 'threads.list', 'items.list']);

type Fetch = typeof fetch;
/** Without a client secret there is an address. */
type AnyApi = Partial<HostedApiConfig & CustomApiConfig> & Pick<ApiOption, 'transport'>;

/** A client secret and who has to give it: outlives a change of options, which React makes with every render. */
export class ClientSecret {
  /** Of the options that have one, and only these ask. */
  get!: HostedApiConfig['getClientSecret'];
  #current: string | null = null;
  #asking: Promise<string> | null = null;

  /** Sends with the secret; when the server refuses it (401), asks for another and sends once more. */
  async authorize<T extends { status: number }>(send: Send<T>): Promise<T> {
    const secret = this.#current ?? (await this.#ask(null));
    const response = await send(`Bearer ${secret}`);
    return response.status === 401 ? send(`Bearer ${await this.#ask(secret)}`) : response;
  }

  /** Asks the page; concurrent asks are one. */
  #ask(refused: string | null): Promise<string> {
    // Somebody else has already replaced the secret that was refused.
    if (this.#current !== null && this.#current !== refused) return Promise.resolve(this.#current);
    this.#asking ??= Promise.resolve(this.get(refused))
      .then((secret) => (this.#current = secret))
      .catch((error: unknown) => {
        throw new ChatKitError(`The page's getClientSecret failed: ${asError(error).message}`, { code: 'session', retryable: true, cause: error });
      })
      .finally(() => (this.#asking = null));
    return this.#asking;
  }
}

type Send<T> = (authorization: string | null) => Promise<T>;

/** Talks to one endpoint. */
export class HttpApi implements Api {
  readonly transport: Transport;
  readonly #fetch: Fetch;

  constructor(config: ApiOption, private readonly context: ApiContext, { scriptUrl, secret }: { scriptUrl: string; secret: ClientSecret }) {
    const { url = new URL('/chatkit', scriptUrl).href, fetch: custom = null, getClientSecret, transport } = config as AnyApi;
    if (getClientSecret !== undefined) secret.get = getClientSecret;
    this.transport = { url, baseUrl: () => context.baseUrl(), custom, authorize: (send) => (getClientSecret === undefined ? send(null) : secret.authorize(send)) };
    const plain = custom ?? defaultFetch;
    this.#fetch = transport !== 'websocket' ? plain : async (input, init) => {
      const socket = await import('./socket').catch((error: unknown) => context.log('part.unavailable', { message: String(error) }));
      return (socket?.overSocket(plain, custom !== null, this.#target, context.log) ?? plain)(input, init);
    };
  }

  async call<T>(type: string, params: object, signal?: AbortSignal): Promise<T> {
    const watchdog = reads.has(type) ? new Watchdog(signal, null) : null;
    const until = watchdog?.signal ?? signal;
    const told = this.#told(type);
    try {
      const response = await this.#post(told, { type, params }, 'application/json', until);
      const answer = await this.#json<T>(type, response, until);
      told.done();
      return answer;
    } catch (error) {
      told.failed(error);
      throw error;
    } finally {
      told.ended();
      watchdog?.end();
    }
  }

  async #json<T>(type: string, response: Response, until: AbortSignal | undefined): Promise<T> {
    try {
      return (await unlessAborted(until, response.json())) as T;
    } catch (error) {
      if (isAbort(error) || error instanceof ChatKitError) throw error;
      throw new ChatKitError(`${this.transport.url} answered ${type} with something that is not JSON.`, { code: 'endpoint', status: response.status, cause: error });
    }
  }

  async *stream(operation: Operation, signal: AbortSignal, isAlive: () => Promise<boolean>, heard: Heard): AsyncGenerator<StreamEvent, void, void> {
    const watchdog = new Watchdog(signal, isAlive);
    const told = this.#told(operation.type);
    try {
      const response = await this.#post(told, operation, 'text/event-stream', watchdog.signal);
      watchdog.expect(Number(response.headers.get('ChatKit-Heartbeat')));
      if (response.body !== null) yield* this.#events(told, response.body, watchdog, heard);
      told.done();
    } catch (error) {
      if (!signal.aborted) told.failed(error);
      throw error;
    } finally {
      told.ended();
      watchdog.end();
    }
  }

  async *#events(told: RequestLog, body: ReadableStream<Uint8Array>, watchdog: Watchdog, heard: Heard): AsyncGenerator<StreamEvent, void, void> {
    try {
      for await (const { data, id } of readEvents(body, watchdog)) {
        const event = this.#read(data);
        if (event === null) {
          // What has a position can be asked for again.
          if (id === '') continue;
          throw new SyntaxError('An event was not JSON.');
        }
        told.event(event.type);
        if (id !== '') heard.at = id;
        yield event;
      }
    } catch (error) {
      if (watchdog.signal.aborted) throw watchdog.signal.reason as Error;
      if (error instanceof ChatKitError) throw error;
      throw new ChatKitError('The connection was lost before the answer was complete.', { code: 'interrupted', retryable: true, cause: error });
    }
  }

  #told(type: string): RequestLog {
    return requestLog((name, data) => this.context.log(name, data), type);
  }

  /** The endpoint with its origin, for those who read what went wrong. */
  get #target(): URL {
    return new URL(this.transport.url, this.context.baseUrl());
  }

  #read(data: string): StreamEvent | null {
    try {
      const value: unknown = JSON.parse(data);
      if (isRecord(value) && typeof value.type === 'string') return value as unknown as StreamEvent;
    } catch {
      // Told below: one bad frame must not end the answer.
    }
    this.context.log('stream.unreadable', { bytes: data.length });
    return null;
  }

  async #post(told: RequestLog, { type, params, requestId }: Operation, accept: 'application/json' | 'text/event-stream', signal?: AbortSignal): Promise<Response> {
    // Where the answer can say which of them there are.
    const asks = accept === 'text/event-stream' || type === 'threads.get_by_id' || type === 'threads.list';
    const body = JSON.stringify({ type, params, extensions: asks ? extensions : undefined, request_id: requestId });
    const send = async (authorization: string | null): Promise<Response> => {
      const headers: Record<string, string> = { 'Content-Type': 'application/json', Accept: accept, 'Accept-Language': this.context.locale() };
      if (authorization !== null) headers.Authorization = authorization;
      told.sent();
      try {
        return await this.#fetch(this.transport.url, { method: 'POST', headers, body, ...(signal ? { signal } : {}) });
      } catch (error) {
        if (signal?.aborted === true) throw signal.reason as Error;
        if (isAbort(error)) throw error;
        throw unreachable(this.#target, error);
      }
    };
    const response = await unlessAborted(signal, this.transport.authorize(send));
    told.answered(response.status);
    if (response.ok && mediaType(response) === accept) return response;
    const { refusal } = await import('./refusal');
    throw await refusal(this.#target, response, accept);
  }
}

// Not a reference to the global: pages replace `window.fetch` after this module has loaded.
const defaultFetch: Fetch = (input, init) => fetch(input, init);

/** Without parameters. */
function mediaType(response: Response): string {
  return (response.headers.get('Content-Type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

function unreachable(target: URL, cause: unknown): ChatKitError {
  const what = target.origin === location.origin
    ? 'did not answer. Check that it is running'
    : `could not be reached from ${location.origin}. Check that it is running and that it allows this origin (CORS)`;
  return new ChatKitError(`The chat server at ${target.href} ${what}.`, { code: 'network', retryable: true, cause });
}
