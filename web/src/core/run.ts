/**
 * A run as this page follows it: come back to when the line to it is lost, stopped by its name, left while nobody looks. Loaded
 * when the server has runs.
 */
import { Backoff, isRefusal } from './backoff';
import { ChatKitError } from './errors';
import type { Operation } from './http';
import { fetchNewest, type Pages } from './pages';
import { presence, whileAway, type Moment } from './presence';
import type { ThreadStreamEvent } from './protocol.generated';
import { Replay } from './replay';
import type { Transcript } from './transcript';
import type { Running } from './turn';

/** How long a lost line is nobody's business, in milliseconds. */
const quiet = 600;
/** From so many attempts on, one may ask for the next. */
const manyTries = 3;
/** How long the server has to end what it was asked to stop. */
const stopPatience = 6_000;
/** How often the clock is looked at, and how far it may be ahead then: a page that stood still has lost its connections. */
const tick = 5_000;
const standstill = 20_000;

export class Run {
  #replay: Replay | null;
  readonly #backoff = new Backoff();
  readonly #undo: (() => void)[];
  #stopping = false;
  /** Since when the line is lost. */
  #lostAt: number | null = null;
  #telling: ReturnType<typeof setTimeout> | undefined;
  /** Nobody has looked for long: the line was let go of. */
  #away = false;
  /** The line was let go of for a better one. */
  #urgent = false;

  constructor(private readonly held: Transcript, private readonly pages: Pages, private readonly running: Running, private readonly first: Operation) {
    this.#replay = running.follows === undefined ? null : new Replay(held);
    this.#undo = [presence.listen((moment) => this.#notice(moment)), whileAway(() => this.#leave(), () => this.#return()), this.#watchClock()];
    held.halt = () => this.stop();
  }

  /** Whether it takes care of an event itself. */
  takes(event: ThreadStreamEvent): boolean {
    if (this.#lostAt !== null) this.#found();
    if (event.type === 'stream_options' && this.#stopping) void this.#tellStop();
    if (this.#replay === null) return false;
    this.#replay.apply(event);
    if (this.#replay.over) this.#replay = null;
    return true;
  }

  /** After a connection has ended before the run: what to ask for next, when it is time. Rejects with what makes that vain. */
  async again(lost: unknown): Promise<Operation | null> {
    const { line, signal, follows } = this.running;
    if (isRefusal(lost)) {
      // It ended before it could be followed, and what became of it is stored.
      if (line.at !== '' && lost.status === 404) throw new ChatKitError('The answer cannot be followed any more.', { code: 'interrupted', retryable: true, cause: lost });
      if (follows === undefined || line.at !== '') throw lost;
      line.outcome = 'completed';
      return null;
    }
    if (line.runId === null && this.first.requestId === undefined) throw lost;
    this.#lostAt ??= Date.now();
    if (this.#away) await this.#comeBack(signal);
    else if (!this.#urgent) await this.#pause(signal);
    this.#urgent = false;
    return signal.aborted ? null : this.#next();
  }

  /** What is known of the run is asked for from there; what is not is asked for as the first time, which makes it no other. */
  #next(): Operation {
    const { held, first } = this;
    const { line } = this.running;
    if (line.runId !== null && held.id !== null) {
      if (line.at === '') this.#replay = new Replay(held);
      const after = line.at === '' ? {} : { after: line.at };
      const origin = first.requestId === undefined ? {} : { request_id: first.requestId };
      return { type: 'threads.resume', params: { thread_id: held.id, run_id: line.runId, ...after, ...origin } };
    }
    if (line.at !== '') this.#replay = new Replay(held);
    return first;
  }

  async #pause(signal: AbortSignal): Promise<void> {
    const { held } = this;
    const show = (): void => held.troubled({ kind: 'line', ...(this.#backoff.tries < manyTries ? {} : { tryNow: () => this.#hurry() }) });
    clearTimeout(this.#telling);
    const silent = quiet - (Date.now() - (this.#lostAt ?? 0));
    const waited = this.#backoff.wait(signal);
    if (silent > 0) this.#telling = setTimeout(show, silent);
    else show();
    await waited;
  }

  #found(): void {
    this.#lostAt = null;
    clearTimeout(this.#telling);
    this.#backoff.reset();
    if (this.held.trouble !== null) this.held.troubled(null);
  }

  /** What the server has cannot be gone on with: the thread is loaded anew under what is on show. */
  async reset(): Promise<void> {
    const { held, pages } = this;
    const { line } = this.running;
    const { at } = line;
    if (held.id === null) return;
    // Until that is done, there is nothing to go on from.
    line.at = '';
    const fetched = await fetchNewest(held, held.id, line.connection.signal);
    const known = new Set(fetched.page.data.map(({ id }) => id));
    const open = held.state.items.filter(({ id }) => held.streaming.has(id) && !known.has(id));
    pages.take(fetched);
    const kept = new Set(held.state.items.map(({ id }) => id));
    held.state = { ...held.state, items: [...held.state.items, ...open.filter(({ id }) => !kept.has(id))] };
    held.streaming.clear();
    for (const { id } of open) held.streaming.add(id);
    held.changed({ kind: 'list' });
    this.#replay = new Replay(held, new Set(open.map(({ id }) => id)));
    held.active = null;
    line.at = at;
  }

  // --- stopping --------------------------------------------------------------------------------------------------------

  /** Whether the run's end is to be waited for. */
  stop(): boolean {
    const first = !this.#stopping;
    this.#stopping = true;
    if (first && this.running.line.runId !== null) void this.#tellStop();
    if (!first || this.#lostAt !== null) return false;
    const timer = setTimeout(() => this.held.stop(), stopPatience);
    this.#undo.push(() => clearTimeout(timer));
    return true;
  }

  /** Tells the server, until it has heard. */
  async #tellStop(): Promise<void> {
    const { held } = this;
    const { line } = this.running;
    const backoff = new Backoff();
    const params = { thread_id: held.id, run_id: line.runId };
    while (!held.closed) {
      try {
        await held.host.api().call('threads.stop', params, held.life);
        return;
      } catch (error) {
        if (isRefusal(error)) return;
        await backoff.wait(held.life);
      }
    }
  }

  // --- who looks -------------------------------------------------------------------------------------------------------

  #notice(moment: Moment): void {
    // The connection may be of the time before, though nothing says so.
    if (moment === 'woken') this.#hurry();
  }

  /** Connects now, whatever there is. */
  #hurry(): void {
    if (this.#away) return;
    this.#urgent = true;
    this.#backoff.wake();
    this.running.line.connection.abort();
  }

  #leave(): void {
    this.#away = true;
    this.running.line.connection.abort();
  }

  #return(): void {
    this.#away = false;
    this.#back?.();
  }

  #back: (() => void) | null = null;

  async #comeBack(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#back = resolve;
      signal.addEventListener('abort', () => resolve(), { once: true });
      if (signal.aborted) resolve();
    });
    this.#back = null;
  }

  #watchClock(): () => void {
    let last = Date.now();
    const timer = setInterval(() => {
      const now = Date.now();
      if (now - last > standstill && !presence.hidden) this.#hurry();
      last = now;
    }, tick);
    return () => clearInterval(timer);
  }

  /** The turn is over, and nobody follows any more. */
  end(): void {
    for (const undo of this.#undo) undo();
    clearTimeout(this.#telling);
    if (!this.held.closed) this.#replay?.finish();
    this.#replay = null;
    this.held.followed = this.running.line.runId;
    if (this.held.trouble !== null) this.held.troubled(null);
  }
}
