/** Turns: streaming requests, each from its first to its last event, one at a time. */
import { noteSilence } from './ending';
import { asError, ChatKitError, isAbort } from './errors';
import { ended, indexOf } from './fold';
import type { Operation } from './http';
import type { Pages } from './pages';
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
  readonly signal: AbortSignal;
  /** What ended it. */
  error: Error | null;
}

export class Turns {
  /** The server has said something in the last turn. */
  reached = false;
  /** The turn under way, or the last one, is an action. */
  acting = false;

  constructor(private readonly held: Transcript, private readonly pages: Pages) {}

  /** Runs a turn to its end. Returns the error that ended it, if any; never rejects. */
  async run(request: TurnRequest): Promise<Error | null> {
    const running: Running = { ...request, signal: this.#begin(request.acting === true), error: null };
    try {
      await this.#listen(running);
    } catch (thrown) {
      running.error = running.signal.aborted || isAbort(thrown) ? null : asError(thrown);
      if (running.error !== null) this.held.fail(running.error, this.#retryOf(running, running.error));
    }
    this.#end();
    return running.error;
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
    let takeNoteBack = (): void => undefined;
    const cut = (): Operation => {
      before = held.state.items;
      const end = indexOf(before, itemId) + 1;
      held.state = { ...held.state, items: before.slice(0, end) };
      takeNoteBack = held.noteTools(before.slice(end), itemId);
      held.changed({ kind: 'list' });
      return { type: 'threads.retry_after_item', params: { thread_id: id, item_id: itemId }, requestId: newRequestId() };
    };
    const cutUnlessThere = async ({ signal }: Asking): Promise<Operation | null> =>
      ((await (await import('./recovery')).isThere(held, this.pages, id, signal)) ? null : cut());
    const error = await this.run({ ask: lost ? cutUnlessThere : cut, again: (refused) => void this.retryAfter(itemId, !refused) });
    if (error === null || this.reached) return;
    takeNoteBack();
    held.state = { ...held.state, items: before };
    held.changed({ kind: 'list' });
  }

  async #retryLast(lost: boolean): Promise<void> {
    const last = this.held.state.items.findLast((item) => item.type === 'user_message');
    if (last !== undefined) await this.retryAfter(last.id, lost);
  }

  #begin(acting: boolean): AbortSignal {
    const { held } = this;
    this.acting = acting;
    held.failure = null;
    held.host.responseStart();
    const signal = held.enter('responding');
    held.changed({ kind: 'list' });
    this.reached = false;
    return signal;
  }

  async #listen(running: Running): Promise<void> {
    const { signal } = running;
    const operation = await running.ask({ signal, acknowledge: (item) => this.#acknowledge(running, item) });
    if (operation === null) return;
    const isAlive = async (): Promise<boolean> => (await import('./recovery')).isAlive(this.held);
    for await (const event of this.held.host.api().stream(operation, signal, isAlive)) {
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
    if (held.stopped) this.#dropUnfinished();
    const unfinished = new Set(held.streaming);
    held.streaming.clear();
    const { outcome } = held;
    if (outcome === 'done') {
      if (!this.acting) noteSilence(held);
    } else held.cutOff(unfinished, outcome === 'stopped' ? 'stopped' : 'incomplete');
    held.lost = held.failure === null ? null : { failure: held.failure, items: held.state.items, unfinished };
    for (const id of unfinished) held.changed({ kind: 'item', id });
    held.state = ended(held.state);
    held.rest();
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
