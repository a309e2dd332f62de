/**
 * Hears what happens in the threads elsewhere: in other tabs, on other devices. One tab asks the server and tells the others.
 * Loaded when the server has runs.
 */
import { Backoff, isRefusal } from './backoff';
import type { Chat } from './chat';
import { asError } from './errors';
import { presence, whileAway } from './presence';
import type { RunEndedEvent, RunStartedEvent, ThreadChangedEvent, ThreadDeletedEvent, WatchOpenedEvent } from './protocol.generated';
import { linked } from './abort';

type Hint = RunEndedEvent | RunStartedEvent | ThreadChangedEvent | ThreadDeletedEvent;
type Told = Hint | WatchOpenedEvent;

/** Hints that come in one go are looked into together, after so many milliseconds. */
const gather = 200;

/** Watches until the signal aborts, as long as somebody looks. `session`: tabs with the same one share. */
export function watchThreads(chat: Chat, session: string, signal: AbortSignal): void {
  if (!signal.aborted) new Watch(chat, `chatkit:watch:${shortened(session)}`, signal);
}

/** A name that is no longer than it has to be; what it was cannot be read from it. */
function shortened(name: string): string {
  let hash = 0;
  for (const character of name) hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) | 0;
  return (hash >>> 0).toString(36) + name.length.toString(36);
}

class Watch {
  readonly #others: BroadcastChannel | null;
  #turn: AbortController;
  #renewing: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly chat: Chat, private readonly name: string, private readonly signal: AbortSignal) {
    this.#others = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(name);
    if (this.#others !== null) this.#others.onmessage = ({ data }) => this.#look(data as Hint);
    this.#turn = this.#begin();
    const stop = whileAway(() => this.#turn.abort(), () => (this.#turn = this.#begin()));
    signal.addEventListener('abort', () => {
      stop();
      clearTimeout(this.#renewing);
      this.#others?.close();
    }, { once: true });
  }

  /** Waits until no other tab watches, then does. What is returned ends it. */
  #begin(): AbortController {
    const turn = linked(this.signal);
    const { signal } = turn;
    const locks = (navigator as { locks?: LockManager | null }).locks;
    const holding = locks == null ? this.#hold(signal) : locks.request(this.name, { signal }, () => this.#hold(signal)).catch((error: unknown) => {
      // A sandbox may not have locks.
      if (!(error instanceof DOMException) || signal.aborted) throw error;
      return this.#hold(signal);
    });
    holding.catch((error: unknown) => {
      if (!signal.aborted) this.chat.log('watch.ended', { message: asError(error).message });
    });
    return turn;
  }

  /** Rejects when the server refuses. */
  async #hold(signal: AbortSignal): Promise<void> {
    const backoff = new Backoff();
    for (;;) {
      try {
        const isAlive = (): Promise<boolean> => Promise.resolve(true);
        for await (const event of this.chat.api().stream({ type: 'threads.watch', params: {} }, signal, isAlive, { at: '' })) {
          backoff.reset();
          this.#spread(event as unknown as Told);
        }
      } catch (error) {
        if (signal.aborted) return;
        if (isRefusal(error)) throw error;
      }
      await backoff.wait(signal);
      if (signal.aborted) return;
    }
  }

  /** What happened before is not told: all tabs look. */
  #spread(told: Told): void {
    const hint: Hint = told.type === 'watch.opened' ? { type: 'thread.changed' } : told;
    this.#others?.postMessage(hint);
    this.#look(hint);
  }

  #look(hint: Hint): void {
    const { threads, current } = this.chat;
    const id = hint.thread_id ?? null;
    if (hint.type === 'thread.deleted') {
      threads?.drop(hint.thread_id);
      return;
    }
    if (hint.type !== 'thread.changed') this.#mark(hint);
    this.#renew();
    // A page out of sight looks when it is shown: connections are few.
    if (!presence.hidden && (id === null || current.id === id)) current.look('run_id' in hint ? hint.run_id ?? null : null);
  }

  /** Marks the thread in the list at once; what was asked for before may say otherwise, so that it is asked for again. */
  #mark(hint: RunStartedEvent | RunEndedEvent): void {
    const { threads } = this.chat;
    if (threads === null) return;
    const active = hint.type === 'run.started' ? { id: hint.run_id } : null;
    threads.put(threads.threads.map((thread) => (thread.id === hint.thread_id ? { ...thread, active_run: active } : thread)));
  }

  #renew(): void {
    clearTimeout(this.#renewing);
    this.#renewing = setTimeout(() => {
      this.chat.threads?.renew().catch((error: unknown) => this.chat.log('refresh.failed', { message: asError(error).message }));
    }, gather);
  }
}
