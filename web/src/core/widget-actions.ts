/** Actions of widgets, and what they change in other widgets. */
import type { Action } from './conversation-types';
import { asError, ChatKitError } from './errors';
import { indexOf } from './fold';
import { isDeepEqual } from './merge';
import { fetchNewest } from './pages';
import type { ThreadItem } from './protocol.generated';
import { newRequestId } from './request-id';
import type { Transcript } from './transcript';
import type { Turns } from './turn';

export class WidgetActions {
  #looks = 0;

  constructor(private readonly held: Transcript, private readonly turns: Turns) {}

  /** Runs an action on the server as a turn. Rejects when it failed. */
  async run(action: Action, itemId: string | null): Promise<void> {
    // While this module was fetched something else may have begun.
    if (this.held.isBusy()) throw new ChatKitError('The action has to wait until the answer is complete.', { code: 'busy' });
    const threadId = this.#begin();
    const params = { thread_id: threadId, ...(itemId === null ? {} : { item_id: itemId }), action };
    const error = await this.turns.run({ ask: () => ({ type: 'threads.custom_action', params, requestId: newRequestId() }), again: null, acting: true });
    if (error !== null) throw error;
    void this.#refreshOthers(itemId);
  }

  /** Runs an action that answers with the changed item; may run beside a turn. Rejects when it failed. */
  async runSync(action: Action, itemId: string): Promise<void> {
    const params = { thread_id: this.#begin(), item_id: itemId, action };
    const answer = await this.held.host.api().call<{ updated_item?: ThreadItem | null }>('threads.sync_custom_action', params);
    if (answer.updated_item != null) this.held.apply({ type: 'thread.item.replaced', item: answer.updated_item });
    void this.#refreshOthers(itemId);
  }

  /** The thread's id; looks that are under way come too early now. */
  #begin(): string {
    if (this.held.id === null) throw new ChatKitError('An action needs a thread: send a message first.', { code: 'busy' });
    this.#looks += 1;
    return this.held.id;
  }

  /**
   * After an action: what it changed on the server may be on show in other widgets too. Those that differ are replaced,
   * nothing else is touched; with several actions at a time only the last one looks.
   */
  async #refreshOthers(sender: string | null): Promise<void> {
    const { held } = this;
    const others = held.state.items.some((item) => item.type === 'widget' && item.id !== sender);
    if (held.id === null || !others || held.isBusy()) return;
    const look = (this.#looks += 1);
    try {
      const { page } = await fetchNewest(held, held.id, held.life);
      if (look !== this.#looks || held.isBusy() || held.closed) return;
      for (const item of page.data) {
        const known = held.state.items[indexOf(held.state.items, item.id)];
        if (item.type !== 'widget' || item.id === sender || known === undefined || isDeepEqual(known, item)) continue;
        held.apply({ type: 'thread.item.replaced', item });
      }
    } catch (error) {
      held.host.log('refresh.failed', { message: asError(error).message });
    }
  }
}
