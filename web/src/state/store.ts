/** The conversation on show as signals: one for the list, one for each item, none for text as it streams. */
import { batch, computed, signal, type Signal } from '@preact/signals';
import type { Chat } from '../core/chat';
import type { Conversation } from '../core/conversation';
import type { Change, Ending, Failure, Notice, Phase, Trouble } from '../core/conversation-types';
import { indexOf, type Progress } from '../core/fold';
import type { ThreadItem, ThreadMetadata, UserMessageItem } from '../core/protocol.generated';
import type { Announcer } from './announcer';
import { rowsOf, type Row } from './rows';
import { Stall } from './stall';

type TextListener = (delta: string) => void;

export class Store {
  readonly conversation: Signal<Conversation>;
  readonly rows = signal<readonly Row[]>([]);
  readonly phase = signal<Phase>('idle');
  readonly allowCancel = signal(true);
  readonly editable = signal(false);
  readonly thread = signal<ThreadMetadata | null>(null);
  readonly progress = signal<Progress | null>(null);
  readonly trouble = signal<Trouble | null>(null);
  readonly failure = signal<Failure | null>(null);
  readonly unavailable = signal(false);
  readonly notices = signal<readonly Notice[]>([]);
  readonly sending = signal<UserMessageItem | null>(null);
  readonly question = signal<Extract<ThreadItem, { type: 'structured_input' }> | null>(null);
  readonly ending = signal<Ending | null>(null);
  readonly hasOlder = signal(false);
  readonly loadingOlder = signal(false);
  /** The page goes on paper: all rows are whole. */
  readonly printing = signal(false);
  /** Nothing of the answer is visible yet. */
  readonly waiting = signal(false);
  /** Text was on its way, and nothing has come for two seconds. */
  readonly stalled = computed(() => this.#stall.now.value && this.#speaks());
  readonly #stall = new Stall();
  /** Of items that have been asked for. */
  readonly #items = new Map<string, Signal<ThreadItem>>();
  readonly #texts = new Map<string, Set<TextListener>>();

  constructor(private readonly chat: Chat, private readonly announcer: Announcer) {
    this.conversation = signal(chat.current);
    chat.onSwitch = () => this.#bind();
    this.#bind();
  }

  /**
   * The item as it was last told; text that streams is in the conversation's state only. `at` is where it stands, or
   * before that: long threads need not be searched.
   */
  item(id: string, at?: number): Signal<ThreadItem> | undefined {
    const known = this.#items.get(id);
    if (known !== undefined) return known;
    const { items } = this.conversation.peek().state;
    let found = at ?? indexOf(items, id);
    if (at !== undefined) while (found < items.length && items[found]?.id !== id) found += 1;
    const item = items[found];
    if (item === undefined) return undefined;
    const made = signal(item);
    this.#items.set(id, made);
    return made;
  }

  /** The item as it is now. */
  current(id: string): ThreadItem | undefined {
    const { items } = this.conversation.value.state;
    return items[indexOf(items, id)];
  }

  isStreaming(id: string): boolean {
    return this.conversation.value.streaming.has(id);
  }

  /** Calls `listener` with text as it is appended to a part of a message. Returns the way to stop. */
  onText(id: string, part: number, listener: TextListener): () => void {
    const key = `${id}:${part}`;
    const listeners = this.#texts.get(key) ?? new Set();
    this.#texts.set(key, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#texts.delete(key);
    };
  }

  /** Whether what is in the making is text alone: all else shows by itself that it goes on. */
  #speaks(): boolean {
    return !this.waiting.value && this.progress.value === null && [...this.conversation.value.streaming].every((id) => this.current(id)?.type === 'assistant_message');
  }

  #bind(): void {
    const conversation = this.chat.current;
    conversation.onChange = (change) => this.#change(conversation, change);
    this.announcer.reset();
    for (const id of conversation.streaming) this.#textsOf(conversation, id, (part, text) => this.announcer.skip(part, text));
    batch(() => {
      this.#items.clear();
      this.conversation.value = conversation;
      this.#list(conversation);
      this.#status(conversation);
      this.#stall.hear(conversation.phase === 'responding');
    });
  }

  #change(conversation: Conversation, change: Change): void {
    this.#stall.hear(conversation.phase === 'responding');
    if (change.kind === 'delta') {
      this.#text(conversation, change);
      return;
    }
    if ('id' in change && conversation.phase === 'responding') {
      this.#textsOf(conversation, change.id, (part, text) => this.announcer.hear(part, text));
    }
    batch(() => {
      switch (change.kind) {
        case 'item': {
          const item = this.current(change.id);
          const known = this.#items.get(change.id);
          if (item !== undefined && known !== undefined) known.value = known.value === item ? { ...item } : item;
          this.#layout(conversation);
          break;
        }
        case 'list':
          this.#list(conversation);
          break;
        case 'status':
          this.#status(conversation);
          break;
      }
    });
  }

  /** The texts of an answer, each with the name the announcer knows it by. */
  #textsOf({ state: { items } }: Conversation, id: string, take: (part: string, text: string) => void): void {
    const item = items[indexOf(items, id)];
    if (item?.type === 'assistant_message') item.content.forEach(({ text }, at) => take(`${id}:${at}`, text));
  }

  #text(conversation: Conversation, { id, part, delta }: Extract<Change, { kind: 'delta' }>): void {
    this.announcer.append(`${id}:${part}`, delta);
    for (const listener of this.#texts.get(`${id}:${part}`) ?? []) listener(delta);
    if (this.progress.peek() !== null) this.progress.value = conversation.state.progress;
    if (this.waiting.peek()) this.waiting.value = isWaiting(conversation);
  }

  #list(conversation: Conversation): void {
    const { items } = conversation.state;
    const gone = new Set(this.#items.keys());
    for (const item of items) {
      const known = this.#items.get(item.id);
      if (known !== undefined) known.value = item;
      gone.delete(item.id);
    }
    for (const id of gone) this.#items.delete(id);
    this.sending.value = conversation.sending;
    this.#layout(conversation);
  }

  #layout(conversation: Conversation): void {
    this.rows.value = rowsOf(conversation.state.items, conversation.phase === 'responding', this.rows.peek());
    this.question.value = conversation.question;
    this.ending.value = sameEnding(this.ending.peek(), conversation.ending);
    this.waiting.value = isWaiting(conversation);
  }

  #status(conversation: Conversation): void {
    const { thread, progress } = conversation.state;
    this.thread.value = thread;
    this.progress.value = progress;
    this.phase.value = conversation.phase;
    this.allowCancel.value = conversation.allowCancel;
    this.editable.value = conversation.editable;
    this.trouble.value = conversation.trouble;
    this.failure.value = conversation.failure;
    this.unavailable.value = conversation.unavailable;
    this.notices.value = conversation.notices;
    this.sending.value = conversation.sending;
    this.hasOlder.value = conversation.hasOlder;
    this.loadingOlder.value = conversation.loadingOlder;
    this.#layout(conversation);
  }
}

/** The one that is known, when it says the same. */
function sameEnding(known: Ending | null, now: Ending | null): Ending | null {
  return known?.kind === now?.kind && known?.asked === now?.asked ? known : now;
}

/** Whether a turn runs without showing anything of its own: no item in the making, nothing said since the user spoke. */
function isWaiting(conversation: Conversation): boolean {
  if (conversation.phase !== 'responding') return false;
  for (const id of conversation.streaming) {
    const item = conversation.state.items[indexOf(conversation.state.items, id)];
    if (item !== undefined && (item.type !== 'assistant_message' || item.content.some((part) => part.text !== ''))) return false;
  }
  return true;
}
