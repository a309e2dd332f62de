/** Runs the pending client tool call of a thread and hands its result to the server: one at a time in all tabs. */
import { callTool, pendingCall } from './client-tools';
import { asError } from './errors';
import { exclusively } from './locks';
import { fetchNewest, type Pages } from './pages';
import type { ClientToolCallItem } from './protocol.generated';
import type { Transcript } from './transcript';
import type { Turns } from './turn';

export class ToolRunner {
  constructor(private readonly held: Transcript, private readonly turns: Turns, private readonly pages: Pages) {}

  /** Runs the call that waits, if there is one. */
  async run(): Promise<void> {
    const { held } = this;
    const call = pendingCall(held.state.items);
    const { id } = held;
    if (call === null || id === null || held.isBusy() || held.closed) return;
    held.enter('tool');
    await exclusively(`chatkit:tool:${id}`, async (waited) => {
      if (waited && !(await this.#stillPending(id, call.id))) return;
      const result = await callTool(held.host, call);
      if (held.closed) return;
      await this.#giveResult(id, call, result);
    });
    if (held.phase !== 'tool') return;
    held.enter('idle');
    await this.pages.refresh().catch((error: unknown) => held.host.error(asError(error)));
  }

  /** Hands a call's result to the server, which stores it with the call but does not send that back. */
  async #giveResult(threadId: string, call: ClientToolCallItem, result: unknown): Promise<void> {
    this.held.apply({ type: 'thread.item.replaced', item: { ...call, status: 'completed', output: result } });
    const again = (): void => void this.#giveResult(threadId, call, result);
    await this.turns.run({ ask: () => ({ type: 'threads.add_client_tool_output', params: { thread_id: threadId, result } }), again });
  }

  /** Another tab may have run the call while this one waited. */
  async #stillPending(threadId: string, itemId: string): Promise<boolean> {
    const { page } = await fetchNewest(this.held, threadId);
    return pendingCall(page.data)?.id === itemId;
  }
}
