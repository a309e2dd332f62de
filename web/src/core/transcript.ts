/** What a conversation holds: its items, and what is said about them. The parts change it, and each change is told. */
import { newestShown } from './client-tools';
import type { Change, ConversationHost, Failure, Notice, Phase, Trouble } from './conversation-types';
import { asError, ChatKitError, isAbort } from './errors';
import { emptyState, fold, indexOf, type ConversationState } from './fold';
import type { ThreadMemory } from './memory';
import type { Attachment, ThreadItem, ThreadStreamEvent, UserMessageInput, UserMessageItem } from './protocol.generated';

type EventOf<T extends ThreadStreamEvent['type']> = Extract<ThreadStreamEvent, { type: T }>;
type Trackers = { [T in ThreadStreamEvent['type']]?: (held: Transcript, event: EventOf<T>) => void };

/** A message on its way. */
export interface Outgoing {
  readonly input: UserMessageInput;
  readonly attachments: readonly Attachment[];
  readonly requestId: string;
  /** When it was sent first, in milliseconds. */
  readonly at: number;
  /** Items that were there before it. */
  readonly before: ReadonlySet<string>;
}

interface Lost {
  readonly failure: Failure;
  readonly items: readonly ThreadItem[];
  readonly unfinished: ReadonlySet<string>;
}

export class Transcript {
  state: ConversationState = emptyState;
  phase: Phase = 'idle';
  allowCancel = true;
  editable = false;
  failure: Failure | null = null;
  notices: readonly Notice[] = [];
  /** The message on its way to the server. */
  sending: UserMessageItem | null = null;
  /** Items added in this turn that are not done. */
  readonly streaming = new Set<string>();
  noticeCount = 0;
  /** The user has stopped what was going on last. */
  stopped = false;
  /** The message that was sent last, until the server has it. */
  unsent: Outgoing | null = null;
  /** What there was when the last turn failed. */
  lost: Lost | null = null;
  /** The run that answers the thread, as long as nobody follows it here. */
  active: string | null = null;
  /** The run that was followed last, and what has become of the thread elsewhere meanwhile: a run, or something without a name. */
  followed: string | null = null;
  missed: string | null = null;
  /** Why an answer or a tool has to wait. */
  trouble: Trouble | null = null;
  /** Asks for the end of what goes on; false when that is not possible, so that it has to be left. */
  halt: (() => boolean) | null = null;
  /** Looks again what it is that a tool waits for. */
  nudge: (() => void) | null = null;
  readonly #life = new AbortController();
  /** What ends the phase. */
  #way: AbortController | null = null;
  onChange: (change: Change) => void = () => undefined;
  /** Called when a turn, a load or a refresh has ended. */
  onSettled: () => void = () => undefined;

  constructor(readonly host: ConversationHost, public id: string | null, readonly memory: ThreadMemory) {}

  /** How what went on last has ended. */
  get outcome(): 'done' | 'stopped' | 'failed' {
    return this.stopped ? 'stopped' : this.failure === null ? 'done' : 'failed';
  }

  isBusy(): boolean {
    return this.phase !== 'idle';
  }

  changed(change: Change): void {
    if (!this.closed) this.onChange(change);
  }

  /** Nobody looks any more, and nothing is told. */
  get closed(): boolean {
    return this.#life.signal.aborted;
  }

  /** Aborts when this is closed. */
  get life(): AbortSignal {
    return this.#life.signal;
  }

  /** Begins a phase; the signal tells its end by the user or by closing. */
  enter(phase: Exclude<Phase, 'idle'>): AbortSignal {
    const way = new AbortController();
    if (this.closed) way.abort();
    this.#way = way;
    this.phase = phase;
    this.stopped = false;
    this.allowCancel = true;
    this.changed({ kind: 'status' });
    return way.signal;
  }

  rest(): void {
    this.#way = null;
    this.phase = 'idle';
    this.changed({ kind: 'status' });
  }

  /** The user's way out of any phase. */
  stop(): void {
    if (this.#way === null || !this.allowCancel) return;
    this.stopped = true;
    if (this.halt?.() !== true) this.#way.abort();
  }

  /** What the server has beyond the reference's protocol. */
  offers(extensions: readonly string[] | null | undefined): void {
    this.editable = extensions?.includes('edit') === true;
    this.host.live(extensions?.includes('runs') === true);
  }

  troubled(trouble: Trouble | null): void {
    this.trouble = trouble;
    this.changed({ kind: 'status' });
  }

  close(): void {
    this.#life.abort();
    this.#way?.abort();
  }

  /** The server has the message that was on its way. */
  acknowledge(item: ThreadItem): void {
    this.unsent = null;
    this.sending = null;
    this.host.sent(item);
  }

  fail(thrown: unknown, retry: (() => void) | null): void {
    if (this.closed || isAbort(thrown)) return;
    const error = asError(thrown);
    const { code = 'error', status, told = false } = error instanceof ChatKitError ? error : {};
    this.failure = { message: told ? error.message : null, detail: told ? null : error.message, code, status, retry };
    this.host.error(error);
  }

  /** Messages that were cut off say so; the server may have stored them as they stood. */
  cutOff(ids: ReadonlySet<string>, status: 'incomplete' | 'stopped'): void {
    const items = this.state.items.map((item) => {
      if (item.type !== 'assistant_message' || !ids.has(item.id)) return item;
      const cut = { ...item, status };
      this.memory.updated(item, cut);
      return cut;
    });
    this.state = { ...this.state, items };
  }

  apply(event: ThreadStreamEvent): void {
    const before = this.state;
    const { state, ignored } = fold(before, event);
    if (ignored !== undefined) {
      this.host.log('event.ignored', { reason: ignored });
      return;
    }
    this.state = state;
    if (event.type === 'thread.item.updated') this.#remember(event.item_id, before);
    else this.memory.forget(idOf(event));
    (trackers[event.type] as ((held: Transcript, event: ThreadStreamEvent) => void) | undefined)?.(this, event);
    if (before.items === state.items) this.changed({ kind: 'status' });
    else this.changed(itemChange(event, before, state));
    if (before.progress !== state.progress && before.items !== state.items) this.changed({ kind: 'status' });
  }

  /** What was done has been stored before: its update may be on show alone. */
  #remember(id: string, before: ConversationState): void {
    if (this.streaming.has(id)) return;
    const item = before.items[indexOf(before.items, id)];
    const shown = this.state.items[indexOf(this.state.items, id)];
    if (item !== undefined && shown !== undefined) this.memory.updated(item, shown);
  }
}

function idOf(event: ThreadStreamEvent): string {
  return 'item' in event ? event.item.id : 'item_id' in event ? event.item_id : '';
}

/** Everything an event does besides the fold. */
const trackers: Trackers = {
  'thread.created': (held, { thread }) => {
    held.id = thread.id;
    held.host.threadCreated(thread.id);
  },
  'thread.item.added': (held, { item }) => void held.streaming.add(item.id),
  'thread.item.done': (held, { item }) => {
    held.streaming.delete(item.id);
    if (item.type === 'assistant_message' && item.status == null) held.host.received(item);
  },
  'thread.item.replaced': (held, { item }) => void held.streaming.delete(item.id),
  'thread.item.removed': (held, { item_id: id }) => void held.streaming.delete(id),
  stream_options: (held, event) => {
    held.allowCancel = event.stream_options.allow_cancel;
    held.offers(event.extensions);
  },
  client_effect: (held, { name, data }) => held.host.effect(name, data),
  notice: (held, { level, message, title }) => {
    held.noticeCount += 1;
    held.notices = [...held.notices, { id: held.noticeCount, level, message, title: title ?? null, after: newestShown(held.state.items)?.id ?? null }];
  },
};

function itemChange(event: ThreadStreamEvent, before: ConversationState, after: ConversationState): Change {
  if (event.type === 'thread.item.updated') {
    const { item_id: id, update } = event;
    if (update.type === 'assistant_message.content_part.text_delta' && hasPart(before, id, update.content_index)) {
      return { kind: 'delta', id, part: update.content_index, delta: update.delta };
    }
    return { kind: 'item', id };
  }
  if (!('item' in event)) return { kind: 'list' };
  return { kind: before.items.length === after.items.length ? 'item' : 'list', id: event.item.id };
}

function hasPart(state: ConversationState, id: string, part: number): boolean {
  const item = state.items[indexOf(state.items, id)];
  return item?.type === 'assistant_message' && part < item.content.length;
}
