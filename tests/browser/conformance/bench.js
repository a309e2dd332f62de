/** An element with a scripted server inside the page: `api.fetch` answers what the test said, and keeps what was asked. */
'use strict';

window.bench = {
  element: null,
  /** what was asked of the server, and of the page by its options */
  calls: [],
  seen: [],
  threads: {},
  /** answers by operation, each used once; then the usual ones */
  replies: {},
  streams: [],
  count: 0,
  /** options of an element that tests share, which only show things */
  plain: null,

  /** A new element with these options in place of the old one. */
  start(options, tag = 'openai-chatkit') {
    Object.assign(bench, { calls: [], seen: [], threads: {}, replies: {}, streams: [], plain: null });
    told.length = 0;
    // Drafts of the element before.
    localStorage.clear();
    sessionStorage.clear();
    const { api, ...rest } = options;
    bench.element = document.createElement(tag);
    bench.element.style.height = '96vh';
    document.body.replaceChildren(bench.element);
    bench.set({ api, ...rest });
  },
  set({ api, ...rest }) {
    bench.element.setOptions({ api: { url: '/nowhere', domainKey: 'key', fetch: bench.fetch, ...api }, ...rest });
  },

  async fetch(url, init = {}) {
    const text = typeof init.body === 'string';
    const body = text ? JSON.parse(init.body) : {};
    const call = { url: String(url), method: init.method ?? 'GET', headers: Object.fromEntries(new Headers(init.headers)), type: body.type ?? 'upload', params: body.params ?? {} };
    if (init.body instanceof FormData) call.form = [...init.body].map(([name, value]) => [name, value.name ?? value]);
    if (init.body instanceof Blob) call.bytes = await init.body.text();
    bench.calls.push(call);
    const reply = bench.replies[call.type]?.shift();
    if (reply?.error) throw new TypeError(reply.error);
    if (Array.isArray(reply)) return bench.stream([...bench.begun(call), ...reply]);
    if (reply?.live) return bench.live(bench.begun(call), init.signal);
    if (reply !== undefined) return bench.json(reply.body ?? {}, reply.status ?? 200);
    return bench.usual(call);
  },

  usual({ type, params }) {
    const thread = bench.threads[params.thread_id];
    switch (type) {
      case 'threads.get_by_id': return thread ? bench.json(thread) : bench.json({ error: { code: 'not_found', message: 'No such thread.' } }, 404);
      case 'threads.list': return bench.json({ data: Object.values(bench.threads), has_more: false });
      case 'items.list': return bench.json({ data: [], has_more: false });
      case 'threads.create': case 'threads.add_user_message': case 'threads.custom_action': case 'threads.retry_after_item':
      case 'threads.add_client_tool_output': case 'threads.add_structured_input': return bench.stream(bench.begun({ type, params }));
      default: return bench.json({});
    }
  },

  json: (body, status = 200) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } }),
  frame: (event) => new TextEncoder().encode(`data: ${JSON.stringify(event)}\n\n`),
  /** How every stream begins. */
  begun({ type, params }) {
    const created = { type: 'thread.created', thread: type === 'threads.create' ? bench.thread([]) : null };
    const taken = { type: 'thread.item.done', item: bench.taken(params) };
    const options = { type: 'stream_options', stream_options: { allow_cancel: true } };
    return [...(type === 'threads.create' ? [created] : []), ...(params.input?.content ? [taken] : []), options];
  },
  stream(events) {
    const response = bench.live(events);
    bench.end();
    return response;
  },
  /** A stream that the test goes on writing to, with `send` and `end`. */
  live(events, signal) {
    let controller;
    const body = new ReadableStream({ start: (given) => void (controller = given) });
    bench.streams.push(controller);
    // As in a browser: an abort breaks the body.
    signal?.addEventListener('abort', () => controller.error(new DOMException('aborted', 'AbortError')));
    bench.send(...events);
    return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } });
  },
  send: (...events) => events.forEach((event) => bench.streams.at(-1).enqueue(bench.frame(event))),
  end: () => bench.streams.at(-1).close(),

  thread(items, more = {}) {
    const id = `thr_${(bench.count += 1)}`;
    const known = items.map((item, at) => ({ id: `itm_${bench.count}_${at}`, thread_id: id, created_at: '2026-01-01T00:00:00Z', ...item }));
    bench.threads[id] = { id, created_at: '2026-01-01T00:00:00Z', status: { type: 'active' }, metadata: {}, ...more, items: { data: known, has_more: false } };
    return bench.threads[id];
  },
  /** The user's message as the server keeps it. */
  taken({ input = {}, thread_id: thread }) {
    const { content, quoted_text, inference_options } = input;
    return { id: `msg_${(bench.count += 1)}`, thread_id: thread ?? 'thr', created_at: '2026-01-01T00:00:00Z', type: 'user_message', content, attachments: [], quoted_text, inference_options };
  },

  async open(items, more) {
    const { id } = bench.thread(items, more);
    await bench.element.setThreadId(id);
    await probe.frames(1);
    return id;
  },

  /** Computed style, box and text of the first match in each place. */
  read(places, selector, properties) {
    return probe.all(places).map((place) => {
      const node = selector === '' ? place : place.querySelector(selector);
      const style = getComputedStyle(node);
      const { width, height } = node.getBoundingClientRect();
      const outer = node.parentElement.getBoundingClientRect();
      return {
        width, height, text: node.textContent, parentWidth: outer.width, scrollWidth: node.scrollWidth, clientWidth: node.clientWidth, scrollHeight: node.scrollHeight,
        clientHeight: node.clientHeight, lineHeight: parseFloat(style.lineHeight), ...Object.fromEntries(properties.map((name) => [name, style.getPropertyValue(name)])),
      };
    });
  },
};
