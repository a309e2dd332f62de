/** Gives up a request whose server has been silent for too long. */
import { ChatKitError } from './errors';

/** How often a server shows that it is there, in milliseconds, when it does not say. */
const usualBeat = 15_000;
/** What came while the page slept gets this long to be read. */
const grace = 1_000;
/** A server that sends no heartbeats, but answers otherwise, may be silent for so many times two of them. */
const patience = 4;

export class Watchdog {
  readonly #abort = new AbortController();
  readonly #outer: AbortSignal | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #beat: number | null = null;
  #silences = 0;
  #ended = false;

  /** `isAlive` asks the server in another way; without it, silence is proof enough. */
  constructor(outer: AbortSignal | undefined, private readonly isAlive: (() => Promise<boolean>) | null) {
    this.#outer = outer;
    if (outer?.aborted === true) this.#stop();
    outer?.addEventListener('abort', this.#stop);
    this.#arm();
  }

  /** Aborts with the silence, or with the signal that was given. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** The server has answered, and sends something at least every so many seconds; 0 when it does not say. */
  expect(seconds: number): void {
    if (seconds > 0) this.#beat = 1000 * seconds;
    this.heard();
  }

  /** There was a sign of the server. */
  heard(): void {
    this.#silences = 0;
    this.#arm();
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#outer?.removeEventListener('abort', this.#stop);
  }

  readonly #stop = (): void => this.#abort.abort(this.#outer?.reason);

  #arm(): void {
    clearTimeout(this.#timer);
    if (this.#ended) return;
    this.#timer = setTimeout(() => {
      this.#timer = setTimeout(() => void this.#onSilence(), grace);
    }, 2 * (this.#beat ?? usualBeat));
  }

  async #onSilence(): Promise<void> {
    const silences = (this.#silences += 1);
    const alive = this.#beat === null && this.isAlive !== null && silences < patience && (await this.isAlive());
    // It may have spoken, or ended, while it was asked.
    if (this.#ended || this.#silences !== silences) return;
    if (alive) this.#arm();
    else this.#abort.abort(new ChatKitError('The chat server did not answer in time.', { code: this.isAlive === null ? 'network' : 'interrupted', retryable: true }));
  }
}
