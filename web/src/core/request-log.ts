/** What the page can hear of a request, on `chatkit.log`: sent (again), answered, begun, its events, ended. Never what it carries. */
import { isAbort } from './errors';

type Log = (name: string, data: Record<string, unknown>) => void;

let requests = 0;

export class RequestLog {
  readonly #id = ++requests;
  readonly #began = performance.now();
  readonly #events: Record<string, number> = {};
  #attempt = 0;
  #error: unknown;
  #done = false;

  constructor(private readonly log: Log, private readonly type: string) {}

  /** More than once when the server wanted another secret. */
  sent(): void {
    this.#attempt += 1;
    this.#say('request.sent', { attempt: this.#attempt });
  }

  answered(status: number): void {
    this.#say('request.answered', { status, ms: this.#passed() });
  }

  /** Changes of items are only counted: there is one for each word. */
  event(type: string): void {
    if (Object.keys(this.#events).length === 0) this.#say('stream.begun', { ms: this.#passed() });
    this.#events[type] = (this.#events[type] ?? 0) + 1;
    if (type !== 'thread.item.updated') this.#say('stream.event', { event: type });
  }

  done(): void {
    this.#done = true;
  }

  failed(error: unknown): void {
    this.#error = error;
  }

  /** Neither done nor failed: somebody stopped it. */
  ended(): void {
    const error = isAbort(this.#error) ? undefined : this.#error;
    this.#say('request.ended', {
      outcome: error !== undefined ? 'failed' : this.#done ? 'done' : 'stopped', ms: this.#passed(), events: this.#events,
      ...(error instanceof Error ? { error: error.message } : {}),
    });
  }

  #passed(): number {
    return Math.round(performance.now() - this.#began);
  }

  #say(name: string, data: Record<string, unknown>): void {
    this.log(name, { request: this.#id, type: this.type, ...data });
  }
}
