/**
 * The chat behind the element: options, the thread on show, threads that go on answering in the background, and the events
 * the page gets. Imports no view library; the shell renders what it holds.
 */
import type { ChatKitEvents } from '@openai/chatkit';
import { Conversation } from './conversation';
import type { ConversationHost } from './conversation-types';
import { asError, ChatKitError } from './errors';
import type { Api } from './http';
import { ThreadMemory } from './memory';
import type { Options } from './options';
import type { Attachment, ThreadItem, UserMessageContent, UserMessageItem } from './protocol.generated';
import { Session } from './session';
import type { ThreadList } from './threads';

/** Our own events beside the published ones. */
export interface OwnEvents {
  'chatkit.message.sent': CustomEvent<{ item: ThreadItem }>;
  'chatkit.message.received': CustomEvent<{ item: ThreadItem }>;
  /** The thread on show has another title, or another thread with one is on show; null while there is none. */
  'chatkit.thread.title': CustomEvent<{ threadId: string | null; title: string | null }>;
  /** A button of the page's template beside an answer was pressed. */
  'chatkit.message.action': CustomEvent<{ name: string; itemId: string }>;
}
type Events = ChatKitEvents & OwnEvents;
export type EventName = keyof Events;
export type Detail<K extends EventName> = Events[K] extends CustomEvent<infer D> ? D : never;
export type Emit = <K extends EventName>(name: K, ...detail: Detail<K> extends undefined ? [] : [Detail<K>]) => void;

export interface Message {
  content: readonly UserMessageContent[];
  quotedText?: string | undefined;
  attachments?: readonly Attachment[] | undefined;
  toolId?: string | undefined;
  model?: string | undefined;
}

/** Runs a client tool; what it gives goes to the server. */
export type ClientTool = (params: Record<string, unknown>) => unknown;

export interface ChatHost {
  emit: Emit;
  /** Where the element's script came from. */
  scriptUrl: string;
  /** What addresses without an origin belong to. */
  baseUrl: () => string;
  locale: () => string;
}

export class Chat {
  current: Conversation;
  /** Those of the history, once somebody has asked for it; see `threadsOf`. */
  threads: ThreadList | null = null;
  /** Told when another conversation is on show. */
  onSwitch: () => void = () => undefined;
  /** Told when another session begins. */
  onRestart: () => void = () => undefined;
  /** Told of a message that did not get to the server and is not on show any more. */
  onUnsent: (threadId: string | null, message: UserMessageItem) => void = () => undefined;
  /** Told when the conversation on show gets its thread, before the page is. */
  onCreate: (threadId: string) => void = () => undefined;

  #options: Options | null = null;
  #session: Session;
  #life = new AbortController();
  readonly #emit: Emit;
  readonly #newSession: () => Session;
  /** Conversations left while something was going on there, and until nothing is; a new one gets its thread there. */
  readonly #background = new Set<Conversation>();
  /** Hears what happens elsewhere; null while the server has no runs. */
  #watch: AbortController | null = null;
  /** What is known here of threads that have been on show or made here. */
  readonly #memories = new Map<string, ThreadMemory>();
  /** Client tools by their names; they come before `onClientTool`. */
  readonly #tools = new Map<string, ClientTool>();

  constructor({ emit, scriptUrl, baseUrl, locale }: ChatHost) {
    this.#emit = emit;
    this.#newSession = () => new Session({ locale, baseUrl, log: (name, data) => this.log(name, data) }, scriptUrl);
    this.#session = this.#newSession();
    this.current = this.#make(null);
  }

  get options(): Options | null {
    return this.#options;
  }

  /** Takes new options. The first ones open `initialThread`; so do those with another server or another's secret. */
  configure(options: Options): void {
    const first = this.#options === null;
    const restarts = !this.#session.takes(options.api);
    this.#options = options;
    if (restarts) this.#session = this.#newSession();
    this.#session.configure(options.api);
    const initial = options.initialThread ?? null;
    if (restarts) this.#restart(initial);
    else if (first && initial !== null) void this.open(initial);
  }

  /** Nothing of the session before goes on or stays on show. */
  #restart(threadId: string | null): void {
    this.#unwatch();
    for (const conversation of [this.current, ...this.#background]) conversation.close();
    this.#background.clear();
    this.#memories.clear();
    this.threads?.restart();
    this.onRestart();
    void this.#show(threadId);
  }

  #live(session: Session, has: boolean): void {
    session.live = has;
    if (!has || this.#watch !== null || session !== this.#session || this.life.aborted) return;
    const watch = (this.#watch = new AbortController());
    void import('./run').catch(() => undefined);
    import('./watch').then(({ watchThreads }) => watchThreads(this, session.name, watch.signal)).catch((error: unknown) => {
      this.log('watch.unavailable', { message: String(error) });
    });
  }

  #unwatch(): void {
    this.#watch?.abort();
    this.#watch = null;
  }

  /** Aborts when the element leaves the page. */
  get life(): AbortSignal {
    return this.#life.signal;
  }

  api(): Api {
    return this.#session.api();
  }

  log(name: string, data?: Record<string, unknown>): void {
    this.#emit('chatkit.log', data === undefined ? { name } : { name, data });
  }

  error(error: Error): void {
    this.#emit('chatkit.error', { error });
  }

  /** @throws ChatKitError `options`, as long as there are none. */
  assertConfigured(method: string): void {
    if (this.#options === null) throw new ChatKitError(`${method}: call setOptions first.`, { code: 'options' });
  }

  /** @throws ChatKitError `busy`, while a thread loads or a response streams. */
  assertIdle(method: string): void {
    this.assertConfigured(method);
    if (this.current.phase === 'loading') throw new ChatKitError(`${method} cannot run while a thread is loading. Wait for chatkit.thread.load.end.`, { code: 'busy' });
    if (this.current.busy) throw new ChatKitError(`${method} cannot run while a response is streaming. Wait for chatkit.response.end.`, { code: 'busy' });
  }

  /** Shows a thread, or a new one for null. Resolves when it has loaded or failed to. */
  async open(threadId: string | null): Promise<void> {
    if (threadId === this.current.id && !this.current.unavailable) return;
    this.#leave();
    await this.#show(threadId);
  }

  async #show(threadId: string | null): Promise<void> {
    const running = threadId === null ? undefined : this.#running(threadId);
    const conversation = running ?? this.#make(threadId);
    this.#background.delete(conversation);
    this.current = conversation;
    this.onSwitch();
    if (threadId === null || running !== undefined || this.life.aborted) {
      this.#emit('chatkit.thread.change', { threadId });
      return;
    }
    this.#emit('chatkit.thread.load.start', { threadId });
    this.#emit('chatkit.thread.change', { threadId });
    await conversation.load();
    this.#emit('chatkit.thread.load.end', { threadId });
  }

  /** A thread that is still answering goes on in the background. */
  #leave(): void {
    const left = this.current;
    left.onChange = () => undefined;
    if (left.sending !== null && !left.busy) this.onUnsent(left.id, left.sending);
    // A client tool runs once: what it gives has to get to the server.
    if (left.busy && left.phase !== 'loading') this.#background.add(left);
    else left.close();
  }

  #running(threadId: string): Conversation | undefined {
    return [...this.#background].find(({ id }) => id === threadId);
  }

  /** Sends a message in the thread on show. Resolves when the server has acknowledged it. */
  send(message: Message): Promise<void> {
    const attachments = message.attachments ?? [];
    const { id, sending: unsent } = this.current;
    const sent = this.current.send({
      content: [...message.content],
      attachments: attachments.map(({ id }) => id),
      ...(message.quotedText ? { quoted_text: message.quotedText } : {}),
      inference_options: {
        ...(message.toolId ? { tool_choice: { id: message.toolId } } : {}),
        ...(message.model ? { model: message.model } : {}),
      },
    }, attachments);
    // One that did not get there makes way for this one.
    if (unsent !== null) this.onUnsent(id, unsent);
    return sent;
  }

  async rename(id: string, title: string): Promise<void> {
    await (await import('./threads')).threadsOf(this).rename(id, title);
    if (this.current.id === id) await this.current.refresh();
  }

  async delete(id: string): Promise<void> {
    await (await import('./threads')).threadsOf(this).delete(id);
    this.#memories.delete(id);
    if (this.current.id === id) await this.open(null);
    const left = this.#running(id);
    if (left === undefined) return;
    this.#background.delete(left);
    left.close();
  }

  /** Ends all connections; the element has left the page. */
  close(): void {
    this.#life.abort();
    this.#unwatch();
    this.current.close();
    for (const conversation of this.#background) conversation.close();
    this.#background.clear();
  }

  /** The element is back in the page: the thread on show is loaded anew. */
  reopen(): void {
    if (!this.life.aborted) return;
    this.#life = new AbortController();
    const { id } = this.current;
    this.current = this.#make(id);
    this.onSwitch();
    if (id === null) return;
    this.#emit('chatkit.thread.load.start', { threadId: id });
    void this.current.load().then(() => this.#emit('chatkit.thread.load.end', { threadId: id }));
  }

  #isKnown(threadId: string): boolean {
    return this.#memories.has(threadId) || this.threads?.threads.some(({ id }) => id === threadId) === true;
  }

  /** Has a function of the page run the client tool of that name, until what is returned is called or another one takes its place. */
  registerClientTool(name: string, run: ClientTool): () => void {
    this.#tools.set(name, run);
    return () => {
      if (this.#tools.get(name) === run) this.#tools.delete(name);
    };
  }

  #clientTool(): Options['onClientTool'] {
    const rest = this.#options?.onClientTool;
    if (this.#tools.size === 0) return rest;
    return async (call) => {
      const run = this.#tools.get(call.name);
      if (run === undefined && rest === undefined) throw new ChatKitError(`The page has no onClientTool, but the server calls the client tool "${call.name}".`, { code: 'options' });
      return (await (run === undefined ? rest?.(call) : run(call.params))) as Record<string, unknown>;
    };
  }

  #make(id: string | null): Conversation {
    const memory = (id === null ? undefined : this.#memories.get(id)) ?? new ThreadMemory();
    if (id !== null) this.#memories.set(id, memory);
    const conversation: Conversation = new Conversation(this.#hostOf(() => conversation), id, memory);
    return conversation;
  }

  #hostOf(conversation: () => Conversation): ConversationHost {
    const session = this.#session;
    return {
      api: () => session.api(),
      live: (has) => this.#live(session, has),
      isLive: () => session.live,
      isKnown: (threadId) => this.#isKnown(threadId),
      clientTool: () => this.#clientTool(),
      threadCreated: (threadId) => {
        this.#memories.set(threadId, conversation().memory);
        if (conversation() !== this.current) return;
        this.onCreate(threadId);
        this.#emit('chatkit.thread.change', { threadId });
      },
      responseStart: () => this.#emit('chatkit.response.start'),
      responseEnd: () => this.#emit('chatkit.response.end'),
      rested: () => this.#background.delete(conversation()),
      effect: (name, data) => this.#emit('chatkit.effect', data === undefined ? { name } : { name, data }),
      sent: (item) => this.#emit('chatkit.message.sent', { item }),
      received: (item) => this.#emit('chatkit.message.received', { item }),
      error: (error) => this.error(asError(error)),
      log: (name, data) => this.log(name, data),
    };
  }
}
