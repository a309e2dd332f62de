/** `<openai-chatkit>` with a `fetch` of the page's own, which answers as a server does: in bytes. */
import type { Answer, Contestant, Message } from './contestant';

interface Element extends HTMLElement {
  setOptions(options: object): void;
  sendUserMessage(message: { text: string }): Promise<void>;
}

const created = '2026-01-01T00:00:00Z';
const thread = { id: 'thr_1', title: 'A thread', created_at: created, status: { type: 'active' }, metadata: {} };

function itemOf({ id, role, text }: Message): object {
  const base = { id, thread_id: thread.id, created_at: created };
  return role === 'user'
    ? { ...base, type: 'user_message', content: [{ type: 'input_text', text }], attachments: [], inference_options: {} }
    : { ...base, type: 'assistant_message', content: [{ type: 'output_text', text, annotations: [] }] };
}

const encoder = new TextEncoder();
/** A delta's frame up to its text: what a server spends on the rest is not the page's. */
const frameStart = 'data: {"type":"thread.item.updated","item_id":"msg_answer","update":'
  + '{"type":"assistant_message.content_part.text_delta","content_index":0,"delta":';
let element: Element | null = null;
let body = '';
let answering: (answer: Answer) => void = () => undefined;

/** The stream of a turn, up to where the text begins; what follows is pushed. `first`: of a thread's first turn. */
function turn(first: boolean): Response {
  let text = '';
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (event: object): void => controller.enqueue(encoder.encode(`data: ${JSON.stringify(event)}\n\n`));
      const update = (change: object): void => send({ type: 'thread.item.updated', item_id: 'msg_answer', update: change });
      if (first) send({ type: 'thread.created', thread: { ...thread, items: { data: [], has_more: false } } });
      send({ type: 'thread.item.done', item: itemOf({ id: 'msg_question', role: 'user', text: 'Tell me everything about it.' }) });
      const item = { id: 'msg_answer', thread_id: thread.id, created_at: created, type: 'assistant_message' };
      send({ type: 'thread.item.added', item: { ...item, content: [] } });
      update({ type: 'assistant_message.content_part.added', content_index: 0, content: { type: 'output_text', text: '', annotations: [] } });
      answering({
        push(delta) {
          text += delta;
          controller.enqueue(encoder.encode(`${frameStart}${JSON.stringify(delta)}}}\n\n`));
        },
        end() {
          const content = { type: 'output_text', text, annotations: [] };
          update({ type: 'assistant_message.content_part.done', content_index: 0, content });
          send({ type: 'thread.item.done', item: { ...item, content: [content] } });
          controller.close();
        },
      });
    },
  });
  return new Response(stream, { headers: { 'Content-Type': 'text/event-stream' } });
}

async function serve(_address: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const { type } = JSON.parse(String(init?.body)) as { type: string };
  await Promise.resolve();
  if (type === 'threads.create' || type === 'threads.add_user_message') return turn(type === 'threads.create');
  const json = type === 'threads.get_by_id' ? body : '{"data": [], "has_more": false}';
  // A connection keeps nothing of what it has brought.
  if (type === 'threads.get_by_id') body = '';
  return new Response(json, { headers: { 'Content-Type': 'application/json' } });
}

const script = document.createElement('script');
script.src = '/element/chatkit.js';
document.head.append(script);

const ours: Contestant = {
  prepare(messages) {
    // All of the thread at once: a server would give it in pages, and most of it never. To write it is the server's work.
    body = JSON.stringify({ ...thread, items: { data: messages.map(itemOf), has_more: false } });
  },
  async mount(host, messages) {
    await customElements.whenDefined('openai-chatkit');
    element = document.createElement('openai-chatkit') as Element;
    element.setOptions({ api: { url: '/chatkit', fetch: serve }, ...(messages.length === 0 ? {} : { initialThread: thread.id }) });
    host.append(element);
  },
  ask(question) {
    return new Promise((resolve) => {
      answering = resolve;
      void element?.sendUserMessage({ text: question });
    });
  },
  newest() {
    const answers = element?.shadowRoot?.querySelectorAll('[part=assistant-message]');
    return answers?.[answers.length - 1]?.textContent ?? '';
  },
  root: () => element?.shadowRoot?.querySelector('.rows') ?? null,
  field: () => element?.shadowRoot?.querySelector('[part=composer-input]') ?? null,
};

export default ours;
