/**
 * One thread as the element holds it: its folded state, the turn that is under way, and what can be done with it.
 *
 * Knows nothing of the page: it tells a `ConversationHost` what happened and a listener what changed.
 */
import { callTool, newestShown, pendingCall } from './client-tools';
import type { Action, Change, ConversationHost, Failure, Notice, Phase } from './conversation-types';
import { asError, ChatKitError, isAbort } from './errors';
import { emptyState, ended, fold, indexOf, metadataOf, type ConversationState } from './fold';
import { isDeepEqual, mergeNewest } from './merge';
import type {
  Attachment,
  ClientToolCallItem,
  Page,
  StructuredInputSubmission,
  Thread,
  ThreadItem,
  ThreadStreamEvent,
  UserMessageInput,
  UserMessageItem,
} from './protocol.generated';
import { exclusively } from './locks';

type LoadedPage = Page<ThreadItem> & { data: ThreadItem[] };

const pageSize = 40;

export class Conversation {
  state: ConversationState = emptyState;
  phase: Phase = 'idle';
  allowCancel = true;
  /** The server takes edited messages. */
  editable = false;
  failure: Failure | null = null;
  /** The load itself failed: there is nothing to show but the failure. */
  unavailable = false;
  notices: readonly Notice[] = [];
  /** The message on its way to the server, shown after all items until it comes back with its id. */
  sending: UserMessageItem | null = null;
  /** Items added in this turn that are not done. */
  readonly streaming = new Set<string>();
  hasOlder = false;
  loadingOlder = false;
  onChange: (change: Change) => void = () => undefined;
  /** Called right before older items are put in front, for a view that wants to stay where it is. */
  beforeOlder: () => void = () => undefined;

  #id: string | null;
  #olderAfter: string | null = null;
  #abort: AbortController | null = null;
  #stopped = false;
  /** The server has said something in this turn. */
  #reached = false;
  #noticeCount = 0;
  #looks = 0;
  #closed = false;

  constructor(private readonly host: ConversationHost, id: string | null) {
    this.#id = id;
  }

  get id(): string | null {
    return this.#id;
  }

  get busy(): boolean {
    return this.phase !== 'idle';
  }

  /** How the last turn ended. */
  get outcome(): 'done' | 'stopped' | 'failed' {
    return this.#stopped ? 'stopped' : this.failure === null ? 'done' : 'failed';
  }

  /** The structured input that waits for its answer, if it is the newest thing said. */
  get question(): Extract<ThreadItem, { type: 'structured_input' }> | null {
    const last = newestShown(this.state.items);
    return last?.type === 'structured_input' && (last.status ?? 'pending') === 'pending' ? last : null;
  }

  // --- loading -------------------------------------------------------------------------------------------------------

  /** Loads metadata and the newest items. Never rejects: a failure is shown in place. */
  async load(): Promise<void> {
    if (this.#id === null) return;
    this.#phase('loading');
    try {
      const { thread, page } = await this.#fetchNewest(this.#id);
      this.state = { ...emptyState, thread: metadataOf(thread), items: page.data };
      this.#older(page);
      this.failure = null;
      this.unavailable = false;
    } catch (error) {
      this.unavailable = true;
      this.#fail(error, () => void this.load());
    }
    this.phase = 'idle';
    this.#changed({ kind: 'list' });
    this.#changed({ kind: 'status' });
    void this.#runClientTool();
  }

  /** The thread and its newest items, oldest first. `threads.get_by_id` gives the oldest ones, which do for a short thread. */
  async #fetchNewest(id: string): Promise<{ thread: Thread; page: LoadedPage }> {
    const api = this.host.api();
    const thread = await api.call<Thread>('threads.get_by_id', { thread_id: id });
    this.editable = takesEdits(thread.extensions);
    if (!thread.items.has_more) return { thread, page: { data: thread.items.data ?? [], has_more: false } };
    const page = await api.call<Page<ThreadItem>>('items.list', { thread_id: id, limit: pageSize, order: 'desc' });
    return { thread, page: { ...page, data: (page.data ?? []).toReversed() } };
  }

  #older(page: Page<ThreadItem>): void {
    this.hasOlder = page.has_more === true && page.after != null;
    this.#olderAfter = page.after ?? null;
  }

  /** Puts the next older page before the items. */
  async loadOlder(): Promise<void> {
    if (this.#id === null || !this.hasOlder || this.loadingOlder) return;
    this.loadingOlder = true;
    this.#changed({ kind: 'status' });
    try {
      const page = await this.host.api().call<Page<ThreadItem>>('items.list', {
        thread_id: this.#id, limit: pageSize, order: 'desc', after: this.#olderAfter,
      });
      const known = new Set(this.state.items.map((item) => item.id));
      const older = (page.data ?? []).toReversed().filter((item) => !known.has(item.id));
      this.beforeOlder();
      this.state = { ...this.state, items: [...older, ...this.state.items] };
      this.#older(page);
      this.#changed({ kind: 'list' });
    } catch (error) {
      this.host.error(asError(error));
    } finally {
      this.loadingOlder = false;
      this.#changed({ kind: 'status' });
    }
  }

  /** Brings metadata and the newest items up to date; what did not change keeps its identity. */
  async refresh(): Promise<void> {
    if (this.#id === null || this.busy) return;
    if (this.unavailable) return this.load();
    const before = this.state;
    const { thread, page } = await this.#fetchNewest(this.#id);
    // A turn may have begun meanwhile; it knows better.
    if (this.phase !== 'idle') return;
    // Something came meanwhile that the server's answer may not hold yet.
    if (this.state !== before) return this.refresh();
    const items = mergeNewest(this.state.items, page.data);
    // More came than a page holds: what is before it has to be loaded again.
    if (items[0]?.id !== this.state.items[0]?.id) this.#older(page);
    const metadata = metadataOf(thread);
    const threadChanged = !isDeepEqual(metadata, this.state.thread);
    const listChanged = items !== this.state.items;
    this.state = { ...this.state, thread: threadChanged ? metadata : this.state.thread, items };
    if (listChanged) this.#changed({ kind: 'list' });
    if (threadChanged) this.#changed({ kind: 'status' });
    void this.#runClientTool();
  }

  // --- turns ---------------------------------------------------------------------------------------------------------

  /**
   * Sends a user message; in a conversation without a thread this creates one.
   * Resolves when the server has acknowledged it; rejects when it did not get there.
   */
  send(input: UserMessageInput, attachments: readonly Attachment[]): Promise<void> {
    this.sending = {
      id: 'sending', thread_id: this.#id ?? '', created_at: new Date().toISOString(), type: 'user_message',
      content: input.content, attachments: [...attachments], quoted_text: input.quoted_text ?? null, inference_options: input.inference_options,
    };
    return new Promise((resolve, reject) => {
      const acknowledged = (item: ThreadItem): void => {
        this.sending = null;
        this.host.sent(item);
        resolve();
      };
      const again = (): void => void this.send(input, attachments).catch(() => undefined);
      const request = this.#id === null
        ? this.#turn('threads.create', { input }, again, acknowledged)
        : this.#turn('threads.add_user_message', { thread_id: this.#id, input }, again, acknowledged);
      request.then((error) => reject(error ?? new ChatKitError('The server did not acknowledge the message.', { code: 'endpoint' })), reject);
    });
  }

  /** Removes what followed a user message, and asks for a new answer. What the server never heard of removes nothing. */
  async retryAfter(itemId: string): Promise<void> {
    const before = this.state.items;
    const at = indexOf(before, itemId);
    if (this.#id === null || at < 0 || this.busy) return;
    const kept = before.slice(0, at + 1);
    this.state = { ...this.state, items: kept };
    this.#changed({ kind: 'list' });
    const error = await this.#turn('threads.retry_after_item', { thread_id: this.#id, item_id: itemId }, () => void this.retryAfter(itemId));
    if (error === null || this.#reached) return;
    this.state = { ...this.state, items: before };
    this.#changed({ kind: 'list' });
  }

  /**
   * Says something else in a user message, removes what followed it, and asks for a new answer. Resolves when the server
   * has it; rejects, with everything as it was, when it did not get there.
   */
  async edit(itemId: string, input: UserMessageInput, attachments: readonly Attachment[]): Promise<void> {
    const before = this.state.items;
    const at = indexOf(before, itemId);
    const item = before[at];
    if (this.#id === null || item?.type !== 'user_message' || this.busy) throw new ChatKitError('The message cannot be edited now.', { code: 'busy' });
    const edited: UserMessageItem = {
      ...item, content: input.content, attachments: [...attachments], quoted_text: input.quoted_text ?? null, inference_options: input.inference_options,
    };
    this.state = { ...this.state, items: [...before.slice(0, at), edited] };
    let stored = false as boolean;
    const error = await this.#turn('threads.retry_after_item', { thread_id: this.#id, item_id: itemId, input }, null, () => (stored = true));
    if (stored) return;
    this.state = { ...this.state, items: before };
    this.#changed({ kind: 'list' });
    throw error ?? new ChatKitError('The server did not take the edited message.', { code: 'endpoint' });
  }

  /** Runs an action on the server as a turn. Rejects when it failed. */
  async action(action: Action, itemId: string | null): Promise<void> {
    if (this.#id === null) throw new ChatKitError('An action needs a thread: send a message first.', { code: 'busy' });
    this.#looks += 1;
    const error = await this.#turn('threads.custom_action', { thread_id: this.#id, ...(itemId === null ? {} : { item_id: itemId }), action }, null);
    if (error !== null) throw error;
    void this.#refreshWidgets(itemId);
  }

  /** Runs an action that answers with the changed item; may run beside a turn. Rejects when it failed. */
  async syncAction(action: Action, itemId: string): Promise<void> {
    if (this.#id === null) throw new ChatKitError('An action needs a thread: send a message first.', { code: 'busy' });
    this.#looks += 1;
    const answer = await this.host.api().call<{ updated_item?: ThreadItem | null }>('threads.sync_custom_action', { thread_id: this.#id, item_id: itemId, action });
    if (answer.updated_item != null) this.#apply({ type: 'thread.item.replaced', item: answer.updated_item });
    void this.#refreshWidgets(itemId);
  }

  /**
   * After an action: what it changed on the server may be on show in other widgets too. Those that differ are replaced,
   * nothing else is touched; with several actions at a time only the last one looks.
   */
  async #refreshWidgets(sender: string | null): Promise<void> {
    const others = this.state.items.some((item) => item.type === 'widget' && item.id !== sender);
    if (this.#id === null || !others || this.busy) return;
    const look = (this.#looks += 1);
    const late = (): boolean => look !== this.#looks || this.busy || this.#closed;
    try {
      const { page } = await this.#fetchNewest(this.#id);
      if (late()) return;
      for (const item of page.data) {
        const known = this.state.items[indexOf(this.state.items, item.id)];
        if (item.type !== 'widget' || item.id === sender || known === undefined || isDeepEqual(known, item)) continue;
        this.#apply({ type: 'thread.item.replaced', item });
      }
    } catch (error) {
      this.host.log('refresh.failed', { message: asError(error).message });
    }
  }

  async answer(itemId: string, input: StructuredInputSubmission): Promise<void> {
    if (this.#id === null || this.busy) return;
    await this.#turn('threads.add_structured_input', { thread_id: this.#id, item_id: itemId, input }, () => void this.answer(itemId, input));
  }

  async feedback(itemIds: readonly string[], kind: 'positive' | 'negative'): Promise<void> {
    await this.host.api().call('items.feedback', { thread_id: this.#id, item_ids: itemIds, kind });
  }

  /** The user's stop. */
  stop(): void {
    if (this.#abort === null || !this.allowCancel) return;
    this.#stopped = true;
    this.#abort.abort();
  }

  /** Gives up connections; the element is going away. */
  close(): void {
    this.#closed = true;
    this.#abort?.abort();
  }

  /** Shows a failure that is not a turn's own. */
  report(thrown: unknown): void {
    this.#fail(thrown, null);
    this.#changed({ kind: 'status' });
  }

  dismissNotice(id: number): void {
    this.notices = this.notices.filter((notice) => notice.id !== id);
    this.#changed({ kind: 'status' });
  }

  dismissFailure(): void {
    this.failure = null;
    this.sending = null;
    this.#changed({ kind: 'list' });
    this.#changed({ kind: 'status' });
  }

  /**
   * One streaming request from first to last event. Returns the error that ended it, if any; never rejects.
   * `again` repeats it, for when it never reached the server.
   */
  async #turn(type: string, params: object, again: (() => void) | null, acknowledged?: (item: ThreadItem) => void): Promise<Error | null> {
    const abort = new AbortController();
    this.#abort = abort;
    this.#stopped = false;
    this.failure = null;
    this.allowCancel = true;
    this.host.responseStart(this);
    this.#phase('responding');
    this.#changed({ kind: 'list' });
    this.#reached = false;
    let error: Error | null = null;
    // Whatever the server does, it says something, and a message comes back as an item.
    const answered = (): boolean => this.#reached && acknowledged === undefined;
    try {
      for await (const event of this.host.api().stream(type, params, abort.signal)) {
        this.#reached = true;
        try {
          if (event.type === 'error') error = this.#errorEvent(event, again, acknowledged === undefined);
          if (acknowledged !== undefined && isStored(event)) {
            acknowledged(event.item);
            acknowledged = undefined;
          }
          this.#apply(event);
        } catch (thrown) {
          // It has not the shape of its type: one bad event must not end the answer.
          this.host.log('event.ignored', { reason: `${event.type}: ${asError(thrown).message}` });
        }
      }
      if (error === null && !abort.signal.aborted && !answered()) {
        throw new ChatKitError('The connection was closed before the answer began.', { code: 'interrupted', retryable: true });
      }
      if (error === null && !abort.signal.aborted && this.#speaking()) {
        throw new ChatKitError('The connection was closed before the answer was complete.', { code: 'interrupted', retryable: true });
      }
    } catch (thrown) {
      error = abort.signal.aborted || isAbort(thrown) ? null : asError(thrown);
      if (error !== null) this.#fail(error, answered() ? () => void this.#retryLast() : again);
    }
    this.#endTurn();
    return error;
  }

  /** A message is not complete: a stream that ends here was cut off, however quietly. */
  #speaking(): boolean {
    return this.state.items.some((item) => item.type === 'assistant_message' && this.streaming.has(item.id));
  }

  #endTurn(): void {
    this.#abort = null;
    if (this.#stopped) this.#dropUnfinished();
    const unfinished = [...this.streaming];
    this.streaming.clear();
    for (const id of unfinished) this.#changed({ kind: 'item', id });
    this.state = ended(this.state);
    this.phase = 'idle';
    this.#changed({ kind: 'status' });
    this.host.responseEnd(this);
    void this.#runClientTool();
  }

  /** What the server keeps of a stopped turn: messages that have text. */
  #dropUnfinished(): void {
    const items = this.state.items.filter((item) =>
      !this.streaming.has(item.id) || (item.type === 'assistant_message' && item.content.some((part) => part.text.trim() !== '')));
    if (this.sending !== null) this.sending = null;
    this.state = { ...this.state, items };
    this.#changed({ kind: 'list' });
  }

  async #retryLast(): Promise<void> {
    const last = this.state.items.findLast((item) => item.type === 'user_message');
    if (last !== undefined) await this.retryAfter(last.id);
  }

  // --- events --------------------------------------------------------------------------------------------------------

  #apply(event: ThreadStreamEvent): void {
    const before = this.state;
    const { state, ignored } = fold(before, event);
    if (ignored !== undefined) {
      this.host.log('event.ignored', { reason: ignored });
      return;
    }
    this.state = state;
    this.#track(event);
    if (before.items === state.items) this.#changed({ kind: 'status' });
    else this.#changed(this.#itemChange(event, before));
    if (before.progress !== state.progress && before.items !== state.items) this.#changed({ kind: 'status' });
  }

  #itemChange(event: ThreadStreamEvent, before: ConversationState): Change {
    if (event.type === 'thread.item.updated') {
      const { item_id: id, update } = event;
      if (update.type === 'assistant_message.content_part.text_delta' && this.#hasPart(before, id, update.content_index)) {
        return { kind: 'delta', id, part: update.content_index, delta: update.delta };
      }
      return { kind: 'item', id };
    }
    if (!('item' in event)) return { kind: 'list' };
    return { kind: before.items.length === this.state.items.length ? 'item' : 'list', id: event.item.id };
  }

  #hasPart(state: ConversationState, id: string, part: number): boolean {
    const item = state.items[indexOf(state.items, id)];
    return item?.type === 'assistant_message' && part < item.content.length;
  }

  /** Everything an event does besides the fold. */
  #track(event: ThreadStreamEvent): void {
    switch (event.type) {
      case 'thread.created':
        this.#id = event.thread.id;
        this.host.threadCreated(this, event.thread.id);
        break;
      case 'thread.item.added':
        this.streaming.add(event.item.id);
        break;
      case 'thread.item.done':
        this.streaming.delete(event.item.id);
        if (event.item.type === 'assistant_message') this.host.received(event.item);
        break;
      case 'thread.item.replaced':
        this.streaming.delete(event.item.id);
        break;
      case 'thread.item.removed':
        this.streaming.delete(event.item_id);
        break;
      case 'stream_options':
        this.allowCancel = event.stream_options.allow_cancel;
        this.editable = takesEdits(event.extensions);
        break;
      case 'client_effect':
        this.host.effect(event.name, event.data);
        break;
      case 'notice':
        this.#noticeCount += 1;
        this.notices = [...this.notices, { id: this.#noticeCount, level: event.level, message: event.message, title: event.title ?? null, after: newestShown(this.state.items)?.id ?? null }];
        break;
    }
  }

  /** `stored`: the server has what the user said, so the answer is what to try again. */
  #errorEvent(event: Extract<ThreadStreamEvent, { type: 'error' }>, again: (() => void) | null, stored: boolean): Error {
    const code = event.code ?? 'custom';
    const retryable = event.allow_retry === true;
    const error = new ChatKitError(event.message ?? `The server reported an error (${code}).`, { code, retryable });
    const last = this.state.items.findLast((item) => item.type === 'user_message');
    const retry = !retryable ? null : !stored || last === undefined ? again : () => void this.#retryLast();
    this.failure = { message: event.message ?? null, code, retry };
    this.host.error(error);
    return error;
  }

  #fail(thrown: unknown, retry: (() => void) | null): void {
    if (this.#closed || isAbort(thrown)) return;
    const error = asError(thrown);
    const code = error instanceof ChatKitError ? error.code : 'error';
    // A lost connection is told in the user's language; everything else has something of its own to say.
    this.failure = { message: code === 'interrupted' ? null : error.message, code, retry };
    this.host.error(error);
  }

  #phase(phase: Phase): void {
    this.phase = phase;
    this.#changed({ kind: 'status' });
  }

  #changed(change: Change): void {
    if (!this.#closed) this.onChange(change);
  }

  // --- client tools --------------------------------------------------------------------------------------------------

  /** Runs the pending client tool call, if there is one, and hands its result to the server: one at a time in all tabs. */
  async #runClientTool(): Promise<void> {
    const call = pendingCall(this.state.items);
    const id = this.#id;
    if (call === null || id === null || this.busy || this.#closed) return;
    this.#phase('tool');
    await exclusively(`chatkit:tool:${id}`, async (waited) => {
      if (waited && !(await this.#stillPending(id, call.id))) return;
      const result = await callTool(this.host, call);
      if (this.#closed) return;
      await this.#giveResult(id, call, result);
    });
    if (this.phase !== 'tool') return;
    this.#phase('idle');
    await this.refresh().catch((error: unknown) => this.host.error(asError(error)));
  }

  /** Hands a call's result to the server, which stores it with the call but does not send that back. */
  async #giveResult(threadId: string, call: ClientToolCallItem, result: unknown): Promise<void> {
    this.#apply({ type: 'thread.item.replaced', item: { ...call, status: 'completed', output: result } });
    await this.#turn('threads.add_client_tool_output', { thread_id: threadId, result }, () => void this.#giveResult(threadId, call, result));
  }

  /** Another tab may have run the call while this one waited. */
  async #stillPending(threadId: string, itemId: string): Promise<boolean> {
    const { page } = await this.#fetchNewest(threadId);
    return pendingCall(page.data)?.id === itemId;
  }
}

/** The server has the user's message: a new one, or one that was edited. */
function isStored(event: ThreadStreamEvent): event is Extract<ThreadStreamEvent, { type: 'thread.item.done' | 'thread.item.replaced' }> {
  return (event.type === 'thread.item.done' || event.type === 'thread.item.replaced') && event.item.type === 'user_message';
}

function takesEdits(extensions: readonly string[] | null | undefined): boolean {
  return extensions?.includes('edit') === true;
}
