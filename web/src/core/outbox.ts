/**
 * What the user says on its way to the server: new messages, edited ones, answers to questions.
 *
 * A request that failed may have reached the server all the same. So before anything is said a second time, the thread is
 * asked whether it holds it; a refresh that shows it settles the failure.
 */
import { newestShown } from './client-tools';
import { ChatKitError } from './errors';
import { indexOf, metadataOf } from './fold';
import type { Operation } from './http';
import { isDeepEqual } from './merge';
import { fetchNewest, type Fetched, type Pages } from './pages';
import type { Attachment, Page, StructuredInputSubmission, Thread, ThreadItem, UserMessageInput, UserMessageItem } from './protocol.generated';
import { newRequestId } from './request-id';
import type { Transcript } from './transcript';
import type { Asking, Turns } from './turn';

/** A message on its way. */
interface Outgoing {
  readonly input: UserMessageInput;
  readonly attachments: readonly Attachment[];
  readonly requestId: string;
  /** When it was sent first, in milliseconds. */
  readonly at: number;
  /** Items that were there before it. */
  readonly before: ReadonlySet<string>;
}

interface Found {
  readonly item: ThreadItem;
  readonly fetched: Fetched;
}

/** How far the clocks of server and browser may be apart, in milliseconds. */
const clockSkew = 120_000;
/** How many of the newest threads a first message may have got into. */
const newestThreads = 3;

export class Outbox {
  /** The message that failed last. */
  #unsent: Outgoing | null = null;

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
    this.#unsent = message;
    return new Promise((resolve, reject) => {
      const acknowledged = (item: ThreadItem): void => {
        this.#acknowledge(item);
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

  #acknowledge(item: ThreadItem): void {
    this.#unsent = null;
    this.held.sending = null;
    this.held.host.sent(item);
  }

  #operation({ input, requestId }: Outgoing): Operation {
    const { id } = this.held;
    return id === null
      ? { type: 'threads.create', params: { input }, requestId }
      : { type: 'threads.add_user_message', params: { thread_id: id, input }, requestId };
  }

  /** What the server has already is not sent again; without an answer there, that is asked for. */
  async #askAgain(message: Outgoing, { signal, acknowledge }: Asking): Promise<Operation | null> {
    const found = await this.#find(message, signal);
    if (found === null) return this.#operation(message);
    const { item, fetched } = found;
    acknowledge(item);
    this.#adopt(fetched.thread);
    this.pages.take(fetched);
    const answered = newestShown(fetched.page.data)?.id !== item.id;
    return answered ? null : { type: 'threads.retry_after_item', params: { thread_id: fetched.thread.id, item_id: item.id } };
  }

  /** A server that does not know what it is asked has not got it. */
  async #find(message: Outgoing, signal: AbortSignal): Promise<Found | null> {
    try {
      return await this.#search(message, signal);
    } catch (error) {
      if (error instanceof ChatKitError && error.status !== undefined && error.status < 500) return null;
      throw error;
    }
  }

  async #search(message: Outgoing, signal: AbortSignal): Promise<Found | null> {
    const { held } = this;
    const ids = held.id === null ? await this.#newThreads(message, signal) : [held.id];
    for (const id of ids) {
      const fetched = await fetchNewest(held, id, signal);
      const item = fetched.page.data.find((each) => isOf(each, message));
      if (item !== undefined) return { item, fetched };
    }
    return null;
  }

  /** Threads that came to be since a first message was sent, and that are not known otherwise. */
  async #newThreads({ at }: Outgoing, signal: AbortSignal): Promise<string[]> {
    const { host } = this.held;
    const page = await host.api().call<Page<Thread>>('threads.list', { limit: newestThreads, order: 'desc' }, signal);
    return (page.data ?? []).filter(({ id, created_at: created }) => earliest(created) > at - clockSkew && !host.isKnown(id)).map(({ id }) => id);
  }

  /** A conversation without a thread has found its own. */
  #adopt(thread: Thread): void {
    const { held } = this;
    if (held.id !== null) return;
    held.id = thread.id;
    held.state = { ...held.state, thread: metadataOf(thread) };
    held.host.threadCreated(thread.id);
  }

  /** After a refresh: whether it showed the message that had failed. */
  reconcile(): boolean {
    const { held } = this;
    const message = this.#unsent;
    if (message === null || held.sending === null || held.isBusy()) return false;
    const item = held.state.items.find((each) => isOf(each, message));
    if (item === undefined) return false;
    this.#acknowledge(item);
    held.failure = null;
    return true;
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
    await this.turns.run({
      ask: ({ signal }) => (again ? this.pages.unlessTaken(operation, threadId, itemId, signal) : operation),
      again: (refused) => void this.#give(operation, threadId, itemId, !refused),
    });
  }
}

/** What a message says, as its item holds it. */
function said(input: UserMessageInput, attachments: readonly Attachment[]): Pick<UserMessageItem, 'content' | 'attachments' | 'quoted_text' | 'inference_options'> {
  return { content: input.content, attachments: [...attachments], quoted_text: input.quoted_text ?? null, inference_options: input.inference_options };
}

/** Whether an item is what became of a message: it was not there before, and says the same. */
function isOf(item: ThreadItem, { input, before }: Outgoing): boolean {
  if (item.type !== 'user_message' || before.has(item.id)) return false;
  const gist = (content: UserMessageInput['content'], attachments: readonly string[], quoted: string | null | undefined): unknown =>
    [content.map((part) => [part.type, part.text, part.type === 'input_tag' ? part.id : '']), attachments, quoted ?? ''];
  return isDeepEqual(
    gist(item.content, (item.attachments ?? []).map(({ id }) => id), item.quoted_text),
    gist(input.content, input.attachments, input.quoted_text),
  );
}

/** The earliest moment that a time may mean: one without a zone may be of ours or of UTC. */
function earliest(time: string): number {
  const local = Date.parse(time);
  const utc = Date.parse(`${time}Z`);
  return Number.isNaN(utc) ? local : Math.min(local, utc);
}
