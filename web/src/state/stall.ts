/** Whether a stream that runs has said nothing for a while. */
import { signal } from '@preact/signals';

/** Milliseconds without a change after which one looks for a sign of life. */
const PATIENCE = 2000;

export class Stall {
  readonly now = signal(false);
  #heard = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** At every change; `running` while more are to come. One timer for all: there are thousands. */
  hear(running: boolean): void {
    this.#heard = performance.now();
    if (this.now.peek()) this.now.value = false;
    if (running) this.#timer ??= setTimeout(() => this.#look(), PATIENCE);
    else this.stop();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.now.value = false;
  }

  #look(): void {
    const left = this.#heard + PATIENCE - performance.now();
    this.#timer = left > 0 ? setTimeout(() => this.#look(), left) : undefined;
    if (left <= 0) this.now.value = true;
  }
}
