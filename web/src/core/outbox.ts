/** What the user says on its way to the server: new messages, edited ones, answers to questions. */
import { ChatKitError } from './errors';
import { indexOf } from './fold';
import type { Operation } from './http';
import type { Pages } from './pages';
import type { Attachment, StructuredInputSubmission, ThreadItem, UserMessageInput, UserMessageItem } from './protocol.generated';
import { newRequestId } from './request-id';
import type { Outgoing, Transcript } from './transcript';
import type { Asking, Turns } from './turn';

export class Outbox {
  constructor(private readonly held: Transcript, private readonly turns: Turns, private readonly pages: Pages) {}

  /**
   * Sends a user message; in a conversation without a thread this creates one.
   * Resolves when the server has acknowledged it; rejects when it did not get there.
   */
  send(input: UserMessageInput, attachments: readonly Attachment[]): Promise<void> {
    const before = new Set(this.held.state.items.map(({ id }) => id));
    return this.#post({ input, attachments, requestId: newRequestId(), at: Date.now(), before }, false);
  }

  #post(message: Outgoing, again: boolean): Promise<void> {
    const { held } = this;
    const { input, attachments } = message;
    held.sending = { id: 'sending', thread_id: held.id ?? '', created_at: new Date(message.at).toISOString(), type: 'user_message', ...said(input, attachments) };
    held.unsent = message;
    return new Promise((resolve, reject) => {
      const acknowledged = (item: ThreadItem): void => {
        held.acknowledge(item);
        resolve();
      };
      const request = this.turns.run({
        ask: (asking) => (again ? this.#askAgain(message, asking) : this.#operation(message)),
        again: (refused) => void this.#post(message, !refused).catch(() => undefined),
        acknowledged,
      });
      request.then((error) => reject(error ?? new ChatKitError('The server did not acknowledge the message.', { code: 'endpoint' })), reject);
    });
  }

  #operation({ input, requestId }: Outgoing): Operation {
    const { id } = this.held;
    return id === null
      ? { type: 'threads.create', params: { input }, requestId }
      : { type: 'threads.add_user_message', params: { thread_id: id, input }, requestId };
  }

  async #askAgain(message: Outgoing, asking: Asking): Promise<Operation | null> {
    const { askAgain } = await import('./recovery');
    return askAgain(this.held, this.pages, message, this.#operation(message), asking);
  }

  /**
   * Says something else in a user message, removes what followed it, and asks for a new answer. Resolves when the server
   * has it; rejects, with everything as it was, when it did not get there.
   */
  async edit(itemId: string, input: UserMessageInput, attachments: readonly Attachment[]): Promise<void> {
    const { held } = this;
    const before = held.state.items;
    const at = indexOf(before, itemId);
    const item = before[at];
    if (held.id === null || item?.type !== 'user_message' || held.isBusy()) throw new ChatKitError('The message cannot be edited now.', { code: 'busy' });
    held.state = { ...held.state, items: [...before.slice(0, at), { ...item, ...said(input, attachments) }] };
    let stored = false as boolean;
    const operation = { type: 'threads.retry_after_item', params: { thread_id: held.id, item_id: itemId, input } };
    const error = await this.turns.run({ ask: () => operation, again: null, acknowledged: () => {
      stored = true;
      held.noteTools(before.slice(at + 1), itemId);
    } });
    if (stored) return;
    held.state = { ...held.state, items: before };
    held.changed({ kind: 'list' });
    throw error ?? new ChatKitError('The server did not take the edited message.', { code: 'endpoint' });
  }

  /** Answers a structured input. */
  async answer(itemId: string, input: StructuredInputSubmission): Promise<void> {
    const { id } = this.held;
    if (id === null) return;
    const operation = { type: 'threads.add_structured_input', params: { thread_id: id, item_id: itemId, input }, requestId: newRequestId() };
    await this.#give(operation, id, itemId, false);
  }

  async #give(operation: Operation, threadId: string, itemId: string, again: boolean): Promise<void> {
    if (this.held.isBusy()) return;
    const unlessGiven = async (signal: AbortSignal): Promise<Operation | null> =>
      (await import('./recovery')).unlessTaken(this.held, this.pages, operation, threadId, itemId, signal);
    await this.turns.run({
      ask: ({ signal }) => (again ? unlessGiven(signal) : operation),
      again: (refused) => void this.#give(operation, threadId, itemId, !refused),
    });
  }
}

/** What a message says, as its item holds it. */
function said(input: UserMessageInput, attachments: readonly Attachment[]): Pick<UserMessageItem, 'content' | 'attachments' | 'quoted_text' | 'inference_options'> {
  return { content: input.content, attachments: [...attachments], quoted_text: input.quoted_text ?? null, inference_options: input.inference_options };
}
