/** A scripted ChatKit endpoint behind `fetch`. */
import type { ThreadStreamEvent } from '../../src/core/protocol.generated';

export interface Call {
  type: string;
  params: Record<string, unknown>;
  headers: Record<string, string>;
  requestId: string | undefined;
  extensions: string[] | undefined;
}
export type Answer = Response | Promise<Response> | Error;

export const thread = (id = 'thr_1', items: unknown[] = []): Record<string, unknown> => ({
  id, created_at: '2026-01-01T00:00:00Z', status: { type: 'active' }, metadata: {}, items: { data: items, has_more: false },
});
export const userItem = (id: string, text: string): Record<string, unknown> => ({
  id, thread_id: 'thr_1', created_at: '2026-01-01T00:00:00Z', type: 'user_message', content: [{ type: 'input_text', text }], attachments: [], inference_options: {},
});
export const assistantItem = (id: string, text: string): Record<string, unknown> => ({
  id, thread_id: 'thr_1', created_at: '2026-01-01T00:00:00Z', type: 'assistant_message', content: text === '' ? [] : [{ type: 'output_text', text, annotations: [] }],
});

export function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });
}

const encode = (event: unknown, id?: string): Uint8Array => new TextEncoder().encode(`${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(event)}\n\n`);

export function events(...all: unknown[]): Response {
  return live(all).response;
}

/** A stream that the test goes on writing to. */
export function live(first: readonly unknown[] = []): { response: Response; send(event: unknown, id?: string): void; raw(text: string): void; comment(): void; end(): void; fail(): void; cancelled: () => boolean } {
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  let cancelled = false;
  const keepOpen = first.length === 0;
  const body = new ReadableStream<Uint8Array>({
    start(given) {
      controller = given;
      for (const event of first) given.enqueue(encode(event));
      if (!keepOpen) given.close();
    },
    cancel() {
      cancelled = true;
    },
  });
  return {
    response: new Response(body, { headers: { 'Content-Type': 'text/event-stream; charset=utf-8' } }),
    send: (event, id) => controller.enqueue(encode(event, id)),
    raw: (text) => controller.enqueue(new TextEncoder().encode(text)),
    comment: () => controller.enqueue(new TextEncoder().encode(': \n\n')),
    end: () => controller.close(),
    fail: () => controller.error(new TypeError('network error')),
    cancelled: () => cancelled,
  };
}

export class FakeServer {
  readonly calls: Call[] = [];
  readonly #answers: ((call: Call) => Answer)[] = [];
  readonly #always = new Map<string, () => Response>();

  /** Answers the next call; calls beyond those answered fail the test. */
  next(answer: Answer | ((call: Call) => Answer)): this {
    this.#answers.push(typeof answer === 'function' ? answer : () => answer);
    return this;
  }

  /** Answers all calls of a type, beside those that are answered in their order. */
  always(type: string, answer: () => Response): void {
    this.#always.set(type, answer);
  }

  readonly fetch: typeof fetch = async (_input, init) => {
    const { type, params, request_id: requestId, extensions } = JSON.parse(init?.body as string) as { type: string; params: Record<string, unknown>; request_id?: string; extensions?: string[] };
    const call = { type, params, requestId, extensions, headers: init?.headers as Record<string, string> };
    this.calls.push(call);
    const answer = this.#always.get(type) ?? this.#answers.shift();
    if (answer === undefined) throw new Error(`unexpected ${type}`);
    const given = answer(call);
    if (given instanceof Error) throw given;
    const response = await given;
    const signal = init?.signal;
    // As in a browser: an abort breaks the body.
    if (signal == null || response.body === null) return response;
    return new Response(abortable(response.body, signal), { status: response.status, headers: response.headers });
  };
}

function abortable(body: ReadableStream<Uint8Array>, signal: AbortSignal): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream({
    start(controller) {
      signal.addEventListener('abort', () => {
        controller.error(new DOMException('aborted', 'AbortError'));
        reader.cancel().catch(() => undefined);
      });
    },
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (signal.aborted) return;
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        controller.error(error);
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

export const added = (item: unknown): unknown => ({ type: 'thread.item.added', item });
export const done = (item: unknown): unknown => ({ type: 'thread.item.done', item });
export const delta = (id: string, text: string): ThreadStreamEvent => ({
  type: 'thread.item.updated', item_id: id, update: { type: 'assistant_message.content_part.text_delta', content_index: 0, delta: text },
});
