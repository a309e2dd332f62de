/** What the user says on its way to the server: new messages, edited ones, answers to questions. */
import { ChatKitError } from './errors';
import { indexOf } from './fold';
import type { Attachment, StructuredInputSubmission, ThreadItem, UserMessageInput, UserMessageItem } from './protocol.generated';
import type { Transcript } from './transcript';
import type { Turns } from './turn';

export class Outbox {
  constructor(private readonly held: Transcript, private readonly turns: Turns) {}

  /**
   * Sends a user message; in a conversation without a thread this creates one.
   * Resolves when the server has acknowledged it; rejects when it did not get there.
   */
  send(input: UserMessageInput, attachments: readonly Attachment[]): Promise<void> {
    const { held } = this;
    const { id } = held;
    held.sending = { id: 'sending', thread_id: id ?? '', created_at: new Date().toISOString(), type: 'user_message', ...said(input, attachments) };
    return new Promise((resolve, reject) => {
      const acknowledged = (item: ThreadItem): void => {
        held.sending = null;
        held.host.sent(item);
        resolve();
      };
      const again = (): void => void this.send(input, attachments).catch(() => undefined);
      const where = id === null ? { type: 'threads.create', params: { input } } : { type: 'threads.add_user_message', params: { thread_id: id, input } };
      const request = this.turns.run({ ...where, again, acknowledged });
      request.then((error) => reject(error ?? new ChatKitError('The server did not acknowledge the message.', { code: 'endpoint' })), reject);
    });
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
    const params = { thread_id: held.id, item_id: itemId, input };
    const error = await this.turns.run({ type: 'threads.retry_after_item', params, again: null, acknowledged: () => (stored = true) });
    if (stored) return;
    held.state = { ...held.state, items: before };
    held.changed({ kind: 'list' });
    throw error ?? new ChatKitError('The server did not take the edited message.', { code: 'endpoint' });
  }

  /** Answers a structured input. */
  async answer(itemId: string, input: StructuredInputSubmission): Promise<void> {
    const { held } = this;
    if (held.id === null || held.isBusy()) return;
    const params = { thread_id: held.id, item_id: itemId, input };
    await this.turns.run({ type: 'threads.add_structured_input', params, again: () => void this.answer(itemId, input) });
  }
}

/** What a message says, as its item holds it. */
function said(input: UserMessageInput, attachments: readonly Attachment[]): Pick<UserMessageItem, 'content' | 'attachments' | 'quoted_text' | 'inference_options'> {
  return { content: input.content, attachments: [...attachments], quoted_text: input.quoted_text ?? null, inference_options: input.inference_options };
}
