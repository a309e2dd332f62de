/** Runs the pending client tool calls of a thread and hands their results to the server: one at a time in all tabs. */
import { unlessAborted } from './abort';
import { callTool, pendingCall } from './client-tools';
import { exclusively } from './locks';
import { fetchNewest, type Pages } from './pages';
import type { ClientToolCallItem } from './protocol.generated';
import { newRequestId } from './request-id';
import type { Operation } from './http';
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
    for (let call = this.#next(); call !== null; call = this.#next()) await this.#runOne(call.thread_id, call);
    this.running = false;
  }

  #next(): ClientToolCallItem | null {
    const { held } = this;
    if (held.id === null || held.isBusy() || held.closed) return null;
    const call = pendingCall(held.state.items);
    return call === null || this.#begun.has(call.id) ? null : { ...call, thread_id: held.id };
  }

  async #runOne(threadId: string, call: ClientToolCallItem): Promise<void> {
    const { held } = this;
    this.#begun.add(call.id);
    const signal = held.enter('tool');
    try {
      const ran = exclusively(`chatkit:tool:${threadId}`, signal, async (waited) => {
        if (waited && !(await this.#stillPending(threadId, call.id, signal))) return;
        const result = await unlessAborted(signal, callTool(held.host, call));
        await this.#giveResult(threadId, call, result);
      });
      await unlessAborted(signal, ran);
      if (held.phase !== 'tool') return;
      // Another tab ran it.
      held.rest();
      await this.pages.refresh();
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

  /** Hands a call's result to the server, which stores it with the call but does not send that back. */
  async #giveResult(threadId: string, call: ClientToolCallItem, result: unknown): Promise<void> {
    const operation = { type: 'threads.add_client_tool_output', params: { thread_id: threadId, result }, requestId: newRequestId() };
    const completed: ClientToolCallItem = { ...call, status: 'completed', output: result };
    await this.#give(operation, completed, false);
  }

  async #give(operation: Operation, completed: ClientToolCallItem, again: boolean): Promise<void> {
    const { held } = this;
    if (held.closed) return;
    held.apply({ type: 'thread.item.replaced', item: completed });
    await this.turns.run({
      ask: ({ signal }) => (again ? this.pages.unlessTaken(operation, completed.thread_id, completed.id, signal) : operation),
      again: (refused) => void this.#give(operation, completed, !refused),
    });
  }

  /** Another tab may have run the call while this one waited. */
  async #stillPending(threadId: string, itemId: string, signal: AbortSignal): Promise<boolean> {
    const { page } = await fetchNewest(this.held, threadId, signal);
    return pendingCall(page.data)?.id === itemId;
  }
}
