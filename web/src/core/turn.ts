/** Turns: streaming requests, each from its first to its last event, one at a time. */
import { asError, ChatKitError, isAbort } from './errors';
import { ended, indexOf } from './fold';
import type { ThreadItem, ThreadStreamEvent } from './protocol.generated';
import type { Transcript } from './transcript';

export interface TurnRequest {
  type: string;
  params: object;
  /** Repeats it, for when it never reached the server. */
  again: (() => void) | null;
  /** Told when the server has what the user said; nothing to wait for when it is missing. */
  acknowledged?: (item: ThreadItem) => void;
}

/** A turn under way. */
interface Running extends TurnRequest {
  readonly abort: AbortController;
  /** What ended it. */
  error: Error | null;
}

export class Turns {
  /** The server has said something in the last turn. */
  reached = false;
  #running: Running | null = null;
  /** The turn under way, or the last one, is an action of a card or of the page: nobody waits for an answer. */
  acting = false;
  #stopped = false;

  constructor(private readonly held: Transcript) {}

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
      if (running.error !== null) this.held.fail(running.error, this.#answered(running) ? () => void this.retryLast() : running.again);
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

  /** Removes what followed a user message, and asks for a new answer. What the server never heard of removes nothing. */
  async retryAfter(itemId: string): Promise<void> {
    const { held } = this;
    const before = held.state.items;
    const at = indexOf(before, itemId);
    if (held.id === null || at < 0 || held.isBusy()) return;
    held.state = { ...held.state, items: before.slice(0, at + 1) };
    held.changed({ kind: 'list' });
    const params = { thread_id: held.id, item_id: itemId };
    const error = await this.run({ type: 'threads.retry_after_item', params, again: () => void this.retryAfter(itemId) });
    if (error === null || this.reached) return;
    held.state = { ...held.state, items: before };
    held.changed({ kind: 'list' });
  }

  async retryLast(): Promise<void> {
    const last = this.held.state.items.findLast((item) => item.type === 'user_message');
    if (last !== undefined) await this.retryAfter(last.id);
  }

  #begin(running: Running): void {
    const { held } = this;
    this.#running = running;
    this.#stopped = false;
    this.acting = running.type === 'threads.custom_action';
    held.failure = null;
    held.allowCancel = true;
    held.host.responseStart();
    held.enter('responding');
    held.changed({ kind: 'list' });
    this.reached = false;
  }

  async #listen(running: Running): Promise<void> {
    const { signal } = running.abort;
    for await (const event of this.held.host.api().stream(running.type, running.params, signal)) {
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
    if (running.acknowledged !== undefined && isStored(event)) {
      running.acknowledged(event.item);
      delete running.acknowledged;
    }
    this.held.apply(event);
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
    const error = new ChatKitError(event.message ?? `The server reported an error (${code}).`, { code, retryable });
    const stored = acknowledged === undefined && this.held.state.items.some((item) => item.type === 'user_message');
    const retry = !retryable ? null : stored ? () => void this.retryLast() : again;
    this.held.failure = { message: event.message ?? null, code, retry };
    this.held.host.error(error);
    return error;
  }

  #end(): void {
    const { held } = this;
    this.#running = null;
    if (this.#stopped) this.#dropUnfinished();
    const unfinished = [...held.streaming];
    held.streaming.clear();
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
