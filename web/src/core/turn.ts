/** Turns: streaming requests, each from its first to its last event, one at a time. */
import { linked } from './abort';
import { noteSilence } from './ending';
import { asError, ChatKitError, isAbort } from './errors';
import { ended } from './fold';
import type { Heard, Operation } from './http';
import type { Pages } from './pages';
import type { RunOutcome, ThreadItem, ThreadStreamEvent } from './protocol.generated';
import type { Run } from './run';
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
  /** A run that is under way already, which this only follows. */
  follows?: string;
}

/** What is known of the run that a turn is, once its server has said so. */
export interface Line extends Heard {
  runId: string | null;
  outcome: RunOutcome | null;
  /** Ends the connection, not the turn. */
  connection: AbortController;
}

/** A turn under way. */
export interface Running extends TurnRequest {
  readonly signal: AbortSignal;
  readonly line: Line;
  /** What comes back to its run; there when it is needed. */
  run: Run | null;
  over: boolean;
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
    const signal = this.#begin(request.acting === true);
    const line: Line = { at: '', runId: request.follows ?? null, outcome: null, connection: linked(signal) };
    const running: Running = { ...request, signal, line, run: null, over: false, error: null };
    try {
      await this.#listen(running);
    } catch (thrown) {
      running.error = running.signal.aborted || isAbort(thrown) ? null : asError(thrown);
      if (running.error !== null) this.held.fail(running.error, this.#retryOf(running, running.error));
    }
    running.over = true;
    this.held.halt = null;
    running.run?.end();
    this.#end(line.outcome);
    return running.error;
  }

  /** Follows the run that answers the thread. */
  follow(threadId: string, runId: string): Promise<Error | null> {
    this.held.active = null;
    const operation = { type: 'threads.resume', params: { thread_id: threadId, run_id: runId } };
    return this.run({ ask: () => operation, again: null, follows: runId });
  }

  /** Asks for a new answer; see `redo.ts`. */
  async retryAfter(itemId: string, lost = false): Promise<void> {
    await (await import('./redo')).retryAfter(this.held, this.pages, this, itemId, lost);
  }

  async #retryLast(lost: boolean): Promise<void> {
    const last = this.held.state.items.findLast((item) => item.type === 'user_message');
    if (last !== undefined) await this.retryAfter(last.id, lost);
  }

  #begin(acting: boolean): AbortSignal {
    const { held } = this;
    this.acting = acting;
    held.failure = null;
    held.active = null;
    held.host.responseStart();
    const signal = held.enter('responding');
    held.changed({ kind: 'list' });
    this.reached = false;
    return signal;
  }

  async #listen(running: Running): Promise<void> {
    const { signal, line } = running;
    const operation = await running.ask({ signal, acknowledge: (item) => this.#acknowledge(running, item) });
    if (operation === null) return;
    if (this.held.host.isLive()) await this.#attend(running, operation);
    for (let next: Operation | null = operation; next !== null;) next = await this.#hearOut(running, operation, next);
    if (running.error !== null || signal.aborted || line.outcome !== null) return;
    if (!this.#answered(running)) throw cutOff('The connection was closed before the answer began.');
    if (this.#speaking()) throw cutOff('The connection was closed before the answer was complete.');
  }

  /** Hears one connection to its end. Returns what to ask for then, when that was not the turn's. */
  async #hearOut(running: Running, first: Operation, operation: Operation): Promise<Operation | null> {
    const { signal, line } = running;
    const { held } = this;
    const isAlive = async (): Promise<boolean> => (await import('./recovery')).isAlive(held);
    let lost: unknown = null;
    line.connection = linked(signal);
    try {
      for await (const event of held.host.api().stream(operation, line.connection.signal, isAlive, line)) {
        this.reached = true;
        if (event.type === 'run.ended') line.outcome = event.outcome;
        else if (event.type === 'stream.reset') await (await this.#attend(running, first)).reset();
        else this.#hear(running, first, event);
      }
    } catch (thrown) {
      lost = thrown;
    }
    if (line.outcome !== null) return null;
    if (!signal.aborted && held.host.isLive()) return (await this.#attend(running, first)).again(lost);
    if (lost !== null) throw asError(lost);
    return null;
  }

  /** What a run takes is loaded when there is one. */
  async #attend(running: Running, operation: Operation): Promise<Run> {
    const { Run } = await import('./run');
    if (running.over) throw new DOMException('The turn is over.', 'AbortError');
    return (running.run ??= new Run(this.held, this.pages, running, operation));
  }

  /** It can be stopped by its name from now on, and not otherwise. */
  #found(running: Running, first: Operation, runId: string): void {
    const { line } = running;
    line.runId = runId;
    const attended = this.#attend(running, first);
    attended.catch(() => undefined);
    this.held.halt ??= () => {
      attended.then((run) => run.stop()).catch(() => line.connection.abort());
      return true;
    };
  }

  #hear(running: Running, first: Operation, event: ThreadStreamEvent): void {
    try {
      if (event.type === 'error') running.error = this.#errorEvent(event, running);
      if (event.type === 'stream_options' && event.run_id != null) {
        this.#found(running, first, event.run_id);
      }
      if (isStored(event)) this.#acknowledge(running, event.item);
      if (running.run?.takes(event) !== true) this.held.apply(event);
    } catch (thrown) {
      // It has not the shape of its type: one bad event must not end the answer.
      this.held.host.log('event.ignored', { reason: `${event.type}: ${asError(thrown).message}` });
    }
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

  #end(how: RunOutcome | null): void {
    const { held } = this;
    // What the server says holds, whoever wanted what.
    if (how !== null) held.stopped = how === 'stopped';
    if (held.stopped) this.#dropUnfinished();
    const unfinished = new Set(held.streaming);
    held.streaming.clear();
    const { outcome } = held;
    if (outcome === 'done') {
      if (!this.acting && how !== 'interrupted') noteSilence(held);
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
