/** Pauses between attempts: each may be twice as long as the one before, and is as long as chance wills. */
import { ChatKitError } from './errors';
import { presence } from './presence';

const shortest = 500;
const longest = 15_000;

export class Backoff {
  tries = 0;
  #wake: (() => void) | null = null;

  /** Waits for the next attempt; no longer when somebody looks again, or the connection is back. Ends with the signal, too. */
  async wait(signal: AbortSignal): Promise<void> {
    const most = Math.min(longest, shortest * 2 ** this.tries);
    this.tries += 1;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        stop();
        signal.removeEventListener('abort', end);
        this.#wake = null;
        resolve();
      };
      const timer = setTimeout(end, most * Math.random());
      const stop = presence.listen((moment) => {
        if (moment !== 'hidden') end();
      });
      this.#wake = end;
      signal.addEventListener('abort', end);
      if (signal.aborted) end();
    });
  }

  /** Ends the pause. */
  wake(): void {
    this.#wake?.();
  }

  /** It has worked: the next pause is short again. */
  reset(): void {
    this.tries = 0;
  }
}

/** Whether the server has said no, so that asking again would be in vain. */
export function isRefusal(error: unknown): error is ChatKitError {
  if (!(error instanceof ChatKitError)) return false;
  const { status = 0 } = error;
  return status >= 400 && status < 500 && ![408, 425, 429].includes(status);
}
