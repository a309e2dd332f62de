/** Turns: streaming requests, each from its first to its last event, one at a time. */
import { newestShown } from './client-tools';
import type { Failure } from './conversation-types';
import { asError, ChatKitError, isAbort } from './errors';
import { ended, indexOf } from './fold';
import type { Operation } from './http';
import { fetchNewest, type Pages } from './pages';
import type { ThreadItem, ThreadStreamEvent } from './protocol.generated';
import { newRequestId } from './request-id';
import type { Transcript } from './transcript';

/** What finds out what to ask for may say that the server has it already, and is told when to give up. */
export interface Asking {
  readonly signal: AbortSignal;
  readonly acknowledge: (item: ThreadItem) => void;
}

export interface TurnRequest {
  /** What to ask the server for; null when there is nothing left to ask. */
  ask: (asking: Asking) => Operation | null | Promise<Operation | null>;
  /** Repeats it, for when it did not reach the server as far as is known; `refused`: the server said no. */
  again: ((refused: boolean) => void) | null;
  /** Told when the server has what the user said; nothing to wait for when it is missing. */
  acknowledged?: (item: ThreadItem) => void;
  /** An action of a card or of the page: nobody waits for an answer. */
  acting?: boolean;
}

/** A turn under way. */
interface Running extends TurnRequest {
  readonly abort: AbortController;
  /** What ended it. */
  error: Error | null;
}

interface Lost {
  readonly failure: Failure;
  readonly items: readonly ThreadItem[];
  readonly unfinished: ReadonlySet<string>;
}

export class Turns {
  /** The server has said something in the last turn. */
  reached = false;
  #running: Running | null = null;
  /** The turn under way, or the last one, is an action. */
  acting = false;
  #stopped = false;
  /** What there was when the last turn failed. */
  #lost: Lost | null = null;

  constructor(private readonly held: Transcript, private readonly pages: Pages) {}

  /** How the last turn ended. */
  get outcome(): 'done' | 'stopped' | 'failed' {
    return this.#stopped ? 'stopped' : this.held.failure === null ? 'done' : 'failed';
  }

  /** Runs a turn to its end. Returns the error that ended it, if any; never rejects. */
  async run(request: TurnRequest): Promise<Error | null> {
    const running: Running = { ...request, abort: new AbortController(), error: null };
    this.#begin(running);
    try {
      await this.#listen(running);
    } catch (thrown) {
      running.error = running.abort.signal.aborted || isAbort(thrown) ? null : asError(thrown);
      if (running.error !== null) this.held.fail(running.error, this.#retryOf(running, running.error));
    }
    this.#end();
    return running.error;
  }

  /** The user's stop. */
  stop(): void {
    if (this.#running === null || !this.held.allowCancel) return;
    this.#stopped = true;
    this.#running.abort.abort();
  }

  close(): void {
    this.#running?.abort.abort();
  }

  /**
   * Removes what followed a user message, and asks for a new answer. What the server never heard of removes nothing.
   * `lost`: the last answer was cut off, and may be there by now.
   */
  async retryAfter(itemId: string, lost = false): Promise<void> {
    const { held } = this;
    const { id } = held;
    if (id === null || held.isBusy() || indexOf(held.state.items, itemId) < 0) return;
    let before = held.state.items;
    const cut = (): Operation => {
      before = held.state.items;
      held.state = { ...held.state, items: before.slice(0, indexOf(before, itemId) + 1) };
      held.changed({ kind: 'list' });
      return { type: 'threads.retry_after_item', params: { thread_id: id, item_id: itemId }, requestId: newRequestId() };
    };
    const cutUnlessThere = async ({ signal }: Asking): Promise<Operation | null> => ((await this.#isThere(id, signal)) ? null : cut());
    const error = await this.run({ ask: lost ? cutUnlessThere : cut, again: (refused) => void this.retryAfter(itemId, !refused) });
    if (error === null || this.reached) return;
    held.state = { ...held.state, items: before };
    held.changed({ kind: 'list' });
  }

  async #retryLast(lost: boolean): Promise<void> {
    const last = this.held.state.items.findLast((item) => item.type === 'user_message');
    if (last !== undefined) await this.retryAfter(last.id, lost);
  }

  /** Whether the server has an answer beyond what was cut off, which is then shown. */
  async #isThere(threadId: string, signal: AbortSignal): Promise<boolean> {
    const lost = this.#lost;
    const fetched = await fetchNewest(this.held, threadId, signal);
    const newest = fetched.page.data.at(-1);
    if (lost === null || newest === undefined || newest.type === 'user_message') return false;
    if (lost.unfinished.has(newest.id) || lost.items.some(({ id }) => id === newest.id)) return false;
    this.pages.take(fetched);
    return true;
  }

  /** After a refresh: whether it brought the answer to a turn that had failed. */
  reconcile(): boolean {
    const { held } = this;
    const lost = this.#lost;
    const newest = newestShown(held.state.items);
    if (lost === null || held.failure !== lost.failure || held.sending !== null) return false;
    if (newest === undefined || newest.type === 'user_message' || lost.items.includes(newest)) return false;
    held.failure = null;
    return true;
  }

  #begin(running: Running): void {
    const { held } = this;
    this.#running = running;
    this.#stopped = false;
    this.acting = running.acting === true;
    held.failure = null;
    held.allowCancel = true;
    held.host.responseStart();
    held.enter('responding');
    held.changed({ kind: 'list' });
    this.reached = false;
  }

  async #listen(running: Running): Promise<void> {
    const { signal } = running.abort;
    const operation = await running.ask({ signal, acknowledge: (item) => this.#acknowledge(running, item) });
    if (operation === null) return;
    for await (const event of this.held.host.api().stream(operation, signal)) {
      this.reached = true;
      try {
        this.#hear(running, event);
      } catch (thrown) {
        // It has not the shape of its type: one bad event must not end the answer.
        this.held.host.log('event.ignored', { reason: `${event.type}: ${asError(thrown).message}` });
      }
    }
    if (running.error !== null || signal.aborted) return;
    if (!this.#answered(running)) throw cutOff('The connection was closed before the answer began.');
    if (this.#speaking()) throw cutOff('The connection was closed before the answer was complete.');
  }

  #hear(running: Running, event: ThreadStreamEvent): void {
    if (event.type === 'error') running.error = this.#errorEvent(event, running);
    if (isStored(event)) this.#acknowledge(running, event.item);
    this.held.apply(event);
  }

  #acknowledge(running: Running, item: ThreadItem): void {
    running.acknowledged?.(item);
    delete running.acknowledged;
  }

  #retryOf(running: Running, error: Error): (() => void) | null {
    if (this.#answered(running)) return () => void this.#retryLast(true);
    const { again } = running;
    const refused = error instanceof ChatKitError && error.status !== undefined && error.status < 500;
    return again && (() => again(refused));
  }

  /** Whatever the server does, it says something, and a message comes back as an item. */
  #answered(running: Running): boolean {
    return this.reached && running.acknowledged === undefined;
  }

  /** A message is not complete: a stream that ends here was cut off, however quietly. */
  #speaking(): boolean {
    return this.held.state.items.some((item) => item.type === 'assistant_message' && this.held.streaming.has(item.id));
  }

  /** What is to be tried again is the answer, when the server has what the user said. */
  #errorEvent(event: Extract<ThreadStreamEvent, { type: 'error' }>, { again, acknowledged }: Running): Error {
    const code = event.code ?? 'custom';
    const retryable = event.allow_retry === true;
    const error = new ChatKitError(event.message ?? `The server reported an error (${code}).`, { code, retryable, told: event.message != null });
    const stored = acknowledged === undefined && this.held.state.items.some((item) => item.type === 'user_message');
    const retry = !retryable ? null : stored ? () => void this.#retryLast(false) : again && (() => again(false));
    this.held.failure = { message: event.message ?? null, detail: null, code, retry };
    this.held.host.error(error);
    return error;
  }

  #end(): void {
    const { held } = this;
    this.#running = null;
    if (this.#stopped) this.#dropUnfinished();
    const unfinished = new Set(held.streaming);
    held.streaming.clear();
    this.#lost = held.failure === null ? null : { failure: held.failure, items: held.state.items, unfinished };
    for (const id of unfinished) held.changed({ kind: 'item', id });
    held.state = ended(held.state);
    held.enter('idle');
    held.host.responseEnd();
    held.onSettled();
  }

  /** What the server keeps of a stopped turn: messages that have text. */
  #dropUnfinished(): void {
    const { held } = this;
    const items = held.state.items.filter((item) =>
      !held.streaming.has(item.id) || (item.type === 'assistant_message' && item.content.some((part) => part.text.trim() !== '')));
    held.sending = null;
    held.state = { ...held.state, items };
    held.changed({ kind: 'list' });
  }
}

function cutOff(message: string): ChatKitError {
  return new ChatKitError(message, { code: 'interrupted', retryable: true });
}

/** The server has the user's message: a new one, or one that was edited. */
function isStored(event: ThreadStreamEvent): event is Extract<ThreadStreamEvent, { type: 'thread.item.done' | 'thread.item.replaced' }> {
  return (event.type === 'thread.item.done' || event.type === 'thread.item.replaced') && event.item.type === 'user_message';
}
