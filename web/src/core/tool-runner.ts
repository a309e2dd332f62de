/** Runs the pending client tool calls of a thread: one at a time, each once. */
import { unlessAborted } from './abort';
import { pendingCall } from './client-tools';
import type { Pages } from './pages';
import type { ClientToolCallItem } from './protocol.generated';
import type { Transcript } from './transcript';
import type { Turns } from './turn';

export class ToolRunner {
  running = false;
  /** Calls that were begun here: each runs once, whatever becomes of it, unless the user tries again. */
  readonly #begun = new Set<string>();

  constructor(private readonly held: Transcript, private readonly turns: Turns, private readonly pages: Pages) {}

  /** Runs the calls that wait, one after the other. Never rejects: a failure is shown in place. */
  async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    const { held } = this;
    for (;;) {
      const call = pendingCall(held.state.items);
      if (call === null || held.id === null || held.isBusy() || held.closed || this.#begun.has(call.id)) break;
      await this.#runOne(held.id, call);
    }
    this.running = false;
  }

  async #runOne(threadId: string, call: ClientToolCallItem): Promise<void> {
    const { held, turns, pages } = this;
    this.#begun.add(call.id);
    const signal = held.enter('tool');
    try {
      const { runCall } = await unlessAborted(signal, import('./tool-call'));
      await unlessAborted(signal, runCall({ held, turns, pages }, threadId, call, signal));
      if (held.phase !== 'tool') return;
      // Another tab ran it.
      held.rest();
      await pages.refresh();
    } catch (error) {
      if (held.phase === 'tool') held.rest();
      if (!signal.aborted) this.#fail(call, error);
    }
  }

  #fail(call: ClientToolCallItem, error: unknown): void {
    const { held } = this;
    held.fail(error, () => {
      held.failure = null;
      held.changed({ kind: 'status' });
      this.#begun.delete(call.id);
      held.onSettled();
    });
    held.changed({ kind: 'status' });
  }
}
