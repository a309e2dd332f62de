/** What the user says on its way to the server: new messages, edited ones, answers to questions. */
import { ChatKitError } from './errors';
import type { Operation } from './http';
import type { Pages } from './pages';
import type { Attachment, ThreadItem, UserMessageInput, UserMessageItem } from './protocol.generated';
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
        // A server with runs makes one turn of what it is asked twice.
        ask: (asking) => (again && !held.host.isLive() ? this.#askAgain(message, asking) : this.#operation(message)),
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
}

/** What a message says, as its item holds it. */
export function said(input: UserMessageInput, attachments: readonly Attachment[]): Pick<UserMessageItem, 'content' | 'attachments' | 'quoted_text' | 'inference_options'> {
  return { content: input.content, attachments: [...attachments], quoted_text: input.quoted_text ?? null, inference_options: input.inference_options };
}
