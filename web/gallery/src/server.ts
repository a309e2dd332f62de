/**
 * A ChatKit server inside the page: what a state's fixture says, spoken over the option `api.fetch`. The element does not
 * know that there is no network; streams, actions and errors take the same ways as they do elsewhere.
 */
import type { Page, ThreadItem, ThreadMetadata, ThreadStreamEvent } from '../../src/core/protocol.generated';
import type { Fault, State, Turn } from './fixtures';

export const THREAD = 'thr_gallery';

/** What the element asked for, for those who want to see it. */
export interface Asked {
  type: string;
  params: Record<string, unknown>;
}

type Params = Record<string, unknown>;

const DAY = 86_400_000;

export class MockServer {
  onAsked: (asked: Asked) => void = () => undefined;
  #items: ThreadItem[];
  #thread: ThreadMetadata;
  #history: ThreadMetadata[];
  #turns: Turn[];
  #uploads: NonNullable<State['uploads']>;
  #count = 0;
  readonly #now = Date.now();
  readonly #open = new Set<AbortController>();

  /** `instant`: answers come at once, not as a model would write them. */
  constructor(private readonly state: State, private readonly instant: boolean) {
    const items = state.widget === undefined ? state.items ?? [] : [{ type: 'widget', widget: state.widget } as Partial<ThreadItem>];
    const total = items.length * (state.repeat ?? 1);
    this.#items = Array.from({ length: total }, (_, at) => this.#whole(items[at % items.length] ?? {}, total - at));
    this.#thread = { id: THREAD, title: state.title, created_at: this.#ago(0), status: { type: 'active' }, ...state.thread };
    this.#history = (state.history ?? []).map(({ title, days, answering }, at) => ({
      id: `thr_${at}`, title, created_at: this.#ago(days * DAY + at * 60_000), status: { type: 'active' }, ...(answering === true ? { active_run: { id: `run_${at}` } } : {}),
    }));
    this.#turns = [...(state.turns ?? [])];
    this.#uploads = [...(state.uploads ?? [])];
  }

  /** The thread to open at first. */
  get threadId(): string | null {
    return this.#items.length > 0 || this.state.thread !== undefined ? THREAD : null;
  }

  /** Puts another widget in the place of the state's own. */
  replaceWidget(widget: unknown): void {
    this.#items = this.#items.map((item) => (item.type === 'widget' ? { ...item, widget: widget as typeof item.widget } : item));
  }

  /** Ends everything that goes on. */
  close(): void {
    for (const each of this.#open) each.abort();
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    if (url.includes('/upload/')) return this.upload(init?.signal ?? null);
    const { type, params } = JSON.parse(init?.body as string) as Asked;
    this.onAsked({ type, params });
    const fault = this.state.faults?.[type] ?? this.state.faults?.['*'];
    if (fault !== undefined) return this.#fail(fault, init?.signal ?? null);
    if (type === 'threads.watch') return this.#hold(init?.signal ?? null);
    const stream = streams[type];
    if (stream !== undefined) return this.#stream(type, params, init?.signal ?? null);
    const answer = this.#answers[type];
    return answer === undefined ? json({ error: { code: 'unknown', message: `The gallery does not know ${type}.` } }, 400) : json(answer(params));
  };

  // --- operations with one answer --------------------------------------------------------------------------------------

  readonly #answers: Record<string, (params: Params) => unknown> = {
    'threads.get_by_id': ({ thread_id: id }) => {
      const known = this.#history.find((thread) => thread.id === id);
      return known === undefined ? { ...this.#thread, items: this.#page({ limit: 20, order: 'asc' }), extensions: this.state.extensions ?? [] } : { ...known, items: { data: [], has_more: false } };
    },
    'threads.list': ({ limit, after }) => pageOf(this.#history, Number(limit ?? 20), after),
    'items.list': (params) => this.#page(params),
    'threads.update': ({ thread_id: id, title }) => {
      this.#history = this.#history.map((thread) => (thread.id === id ? { ...thread, title: String(title) } : thread));
      return this.#history.find((thread) => thread.id === id) ?? { ...this.#thread, title };
    },
    'threads.delete': ({ thread_id: id }) => {
      this.#history = this.#history.filter((thread) => thread.id !== id);
      return {};
    },
    'threads.sync_custom_action': ({ item_id: id }) => ({ updated_item: this.#items.find((item) => item.id === id) ?? null }),
    'items.feedback': () => ({}),
    'attachments.create': ({ name, mime_type: type }) => {
      const id = this.#id('atc');
      return { type: 'file', id, name, mime_type: type, upload_descriptor: { url: new URL(`upload/${id}`, document.baseURI).href, method: 'PUT', headers: {} } };
    },
    'attachments.delete': () => ({}),
    'input.transcribe': () => ({ text: 'What I said into the microphone.' }),
  };

  get #hasRuns(): boolean {
    return this.state.extensions?.includes('runs') === true;
  }

  /** What every answer begins with. */
  get #streamOptions(): object {
    const run = this.#hasRuns ? { run_id: 'run_gallery' } : {};
    return { type: 'stream_options', stream_options: { allow_cancel: true }, extensions: this.state.extensions ?? [], ...run };
  }

  #page({ limit, order, after }: Params): Page<ThreadItem> {
    const items = order === 'asc' ? this.#items : this.#items.toReversed();
    return pageOf(items, Number(limit ?? 20), after);
  }

  /** Takes a file; tells how much of it has come. */
  async upload(signal: AbortSignal | null, tell: (share: number) => void = () => undefined): Promise<Response> {
    const outcome = this.#uploads.shift() ?? 'done';
    const end = typeof outcome === 'number' ? outcome : 1;
    for (let share = 0.05; share < end && !this.instant && signal?.aborted !== true; share += 0.05) {
      tell(share);
      await pause(120);
    }
    if (outcome === 'done') return json({});
    if (typeof outcome !== 'number') return this.#fail(outcome, signal);
    tell(outcome);
    return this.#hold(signal).then(() => json({}));
  }

  async #fail(fault: Fault, signal: AbortSignal | null): Promise<Response> {
    if (fault === 'network') throw new TypeError('Failed to fetch');
    if (fault === 'never') return this.#hold(signal).then(() => json({}));
    return new Response(fault.body ?? '', { status: fault.status, headers: { 'Content-Type': fault.type ?? 'text/html; charset=utf-8' } });
  }

  /** Until the state is left, or who asked does not want it any more. */
  #hold(signal: AbortSignal | null): Promise<never> {
    const control = new AbortController();
    this.#open.add(control);
    return new Promise((_, reject) => {
      const end = (): void => reject(new DOMException('aborted', 'AbortError'));
      control.signal.addEventListener('abort', end);
      signal?.addEventListener('abort', end);
    });
  }

  // --- operations that stream ------------------------------------------------------------------------------------------

  #stream(type: string, params: Params, signal: AbortSignal | null): Response {
    const turn = this.#turns.shift() ?? unscripted(type, params);
    const events = this.#turn([this.#streamOptions, ...(streams[type]?.(params, this) ?? [])], turn, signal);
    const encoder = new TextEncoder();
    let count = 0;
    const position = (): string => (this.#hasRuns ? `id: 1-${(count += 1)}\n` : '');
    // Asked for one by one: what the element has taken, a connection that breaks later does not take away.
    const body = new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        const next = await events.next();
        if (next.done === true) controller.close();
        else controller.enqueue(encoder.encode(`${position()}data: ${JSON.stringify(next.value)}\n\n`));
      },
    }, { highWaterMark: 0 });
    return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } });
  }

  async *#turn(before: readonly unknown[], turn: Turn, signal: AbortSignal | null): AsyncGenerator {
    yield* before;
    for (const event of turn.events) yield* this.#events(event, signal);
    if (turn.end === 'hold') await this.#hold(signal);
    if (turn.end === 'break') throw new TypeError('network error');
  }

  /** The user's message as an item of the thread, which begins with it if need be. */
  accept(content: unknown, created: boolean): ThreadStreamEvent[] {
    const { attachments, ...input } = content as { attachments: string[] };
    const item = this.#whole({ type: 'user_message', attachments: attachments.flatMap((id) => this.state.attachments?.find((each) => each.id === id) ?? []), ...input }, 0);
    this.#items.push(item);
    const thread: ThreadStreamEvent = { type: 'thread.created', thread: { ...this.#thread, items: { data: [], has_more: false } } };
    return [...(created ? [thread] : []), { type: 'thread.item.done', item }];
  }

  /** The message as it is now said; what followed it goes. */
  edit(id: unknown, input: unknown): ThreadStreamEvent[] {
    const at = this.#items.findIndex((item) => item.id === id);
    if (at < 0 || typeof input !== 'object') return [];
    const item = { ...this.#items[at], ...input, attachments: this.#items[at]?.type === 'user_message' ? this.#items[at].attachments ?? [] : [] } as ThreadItem;
    this.#items = [...this.#items.slice(0, at), item];
    return [{ type: 'thread.item.replaced', item }];
  }

  async *#events(given: Turn['events'][number], signal: AbortSignal | null): AsyncGenerator {
    if ('say' in given) yield* this.#say(String(given.say), signal);
    else yield this.#completed(given as unknown as ThreadStreamEvent);
  }

  /** An event with what the server knows of its item. */
  #completed(event: ThreadStreamEvent): ThreadStreamEvent {
    if (!('item' in event)) return event;
    const item = this.#whole(event.item, 0);
    if (event.type !== 'thread.item.added') this.#items = [...this.#items.filter(({ id }) => id !== item.id), item];
    return { ...event, item };
  }

  /** A message, word by word. */
  async *#say(text: string, signal: AbortSignal | null): AsyncGenerator<ThreadStreamEvent> {
    const item = this.#whole({ type: 'assistant_message', content: [] }, 0);
    const part = { type: 'output_text', text: '', annotations: [] } as const;
    const update = (change: object): ThreadStreamEvent => ({ type: 'thread.item.updated', item_id: item.id, update: { content_index: 0, ...change } } as ThreadStreamEvent);
    yield { type: 'thread.item.added', item };
    yield update({ type: 'assistant_message.content_part.added', content: part });
    for (const delta of text.match(/\S+\s*|\s+/g) ?? []) {
      if (!this.instant) await pause(24);
      if (signal?.aborted === true) return;
      yield update({ type: 'assistant_message.content_part.text_delta', delta });
    }
    const done = { ...item, content: [{ ...part, text }] } as ThreadItem;
    this.#items.push(done);
    yield { type: 'thread.item.done', item: done };
  }

  #whole(item: Partial<ThreadItem>, before: number): ThreadItem {
    const options = item.type === 'user_message' ? { attachments: [], inference_options: {} } : {};
    return { id: this.#id('item'), thread_id: THREAD, created_at: this.#ago(before * 1000), ...options, ...item } as ThreadItem;
  }

  #ago(milliseconds: number): string {
    return new Date(this.#now - milliseconds).toISOString();
  }

  #id(kind: string): string {
    this.#count += 1;
    return `${kind}_${String(this.#count).padStart(6, '0')}`;
  }
}

/** What comes before the answer. */
const streams: Record<string, (params: Params, server: MockServer) => ThreadStreamEvent[]> = {
  'threads.create': ({ input }, server) => server.accept(input, true),
  'threads.add_user_message': ({ input }, server) => server.accept(input, false),
  'threads.add_client_tool_output': () => [],
  'threads.add_structured_input': () => [],
  'threads.retry_after_item': ({ item_id: id, input }, server) => server.edit(id, input),
  'threads.custom_action': () => [],
};

/** What is said to a message that the fixture has no answer for; an action is only taken. */
function unscripted(type: string, params: Params): Turn {
  const { content } = (params.input ?? {}) as { content?: { text: string }[] };
  if (content === undefined || type === 'threads.add_structured_input') return { events: [] };
  return { events: [{ say: `You said “${content.map(({ text }) => text).join('')}”. There is no model behind this page, only what its fixtures say.` }] };
}

function pageOf<T extends { id: string }>(rows: readonly T[], limit: number, after: unknown): Page<T> {
  const start = typeof after === 'string' ? rows.findIndex(({ id }) => id === after) + 1 : 0;
  const data = rows.slice(start, start + limit);
  const more = start + limit < rows.length;
  return { data, has_more: more, after: more ? data.at(-1)?.id ?? null : null };
}

function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
