import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as page from '../../src/page';
import type * as published from '../../src/page/chatkit-page';

const { chatKitReady, fetchWithPage, pageContext } = page;

test('the types that ship are those of what ships', () => {
  const both: (given: typeof published) => typeof page = (given) => given;
  expect(both(page)).toBe(page);
});

beforeEach(() => {
  location.href = 'https://ada:secret@shop.example/orders/7?token=s3cret&tab=items&tab=notes#access_token=x';
  document.title = 'Order 7';
  document.head.querySelector('meta')?.remove();
  document.body.replaceChildren();
  // happy-dom lays nothing out.
  Element.prototype.checkVisibility = function (this: Element) {
    return this.closest('[hidden]') === null;
  };
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function add(name: string, text = '', into: Element = document.body): HTMLElement {
  const element = document.createElement(name);
  element.textContent = text;
  into.append(element);
  return element;
}

describe('pageContext', () => {
  test('says what the page is, without user, query and fragment', () => {
    const meta = add('meta', '', document.head) as HTMLMetaElement;
    meta.name = 'description';
    meta.content = '  What  Ada ordered ';
    add('h1', 'Order\n  7');
    add('h2', 'Items');
    add('h4', 'Too small');
    expect(pageContext()).toEqual({
      url: 'https://shop.example/orders/7',
      path: '/orders/7',
      title: 'Order 7',
      description: 'What Ada ordered',
      headings: [{ level: 1, text: 'Order 7' }, { level: 2, text: 'Items' }],
    });
  });

  test('keeps the query parameters that are asked for, and no other', () => {
    expect(pageContext({ query: ['tab', 'missing'] }).url).toBe('https://shop.example/orders/7?tab=items&tab=notes');
  });

  test('leaves out headings that are hidden, private, empty or the chat’s', () => {
    add('h1', 'Hidden').hidden = true;
    add('h2', '  ');
    const own = add('section');
    own.setAttribute('data-chatkit-private', '');
    add('h2', 'Salary', own);
    add('h2', 'In a slot', add('openai-chatkit'));
    add('h3', 'Seen');
    expect(pageContext().headings).toEqual([{ level: 3, text: 'Seen' }]);
  });

  test('takes headings from the part of the page that is named', () => {
    add('h1', 'Outside');
    const main = add('main');
    add('h2', 'Inside', main);
    expect(pageContext({ root: main }).headings).toEqual([{ level: 2, text: 'Inside' }]);
  });

  test('stays small on a page that is not', () => {
    location.href = `https://shop.example/${'a/'.repeat(5000)}`;
    document.title = 'x'.repeat(9999);
    for (let at = 0; at < 500; at += 1) add('h2', '😀'.repeat(500));
    const context = pageContext();
    expect([context.url.length, context.path.length, context.title.length, context.headings.length]).toEqual([1000, 500, 200, 30]);
    expect(context.headings[0]?.text).toBe('😀'.repeat(119) + '…');
    expect(JSON.stringify(context).length).toBeLessThan(12_000);
  });

  test('has no address where the page has none that means anything', () => {
    location.href = 'about:blank';
    expect(pageContext()).toMatchObject({ url: '', path: '' });
  });
});

describe('fetchWithPage', () => {
  const told = { path: '/orders/7' };
  const post = async (request: unknown, options: published.FetchWithPageOptions = {}): Promise<unknown> => {
    const send = vi.fn(() => Promise.resolve(new Response()));
    const body = typeof request === 'string' ? request : JSON.stringify(request);
    await fetchWithPage({ fetch: send as unknown as typeof fetch, context: () => told, ...options })('/chatkit', { method: 'POST', body });
    const [, init] = send.mock.calls[0] as unknown as [string, RequestInit];
    expect(init.method).toBe('POST');
    return typeof request === 'string' ? init.body : JSON.parse(init.body as string);
  };

  test.each([
    'threads.create', 'threads.add_user_message', 'threads.add_client_tool_output', 'threads.retry_after_item', 'threads.custom_action',
    'threads.sync_custom_action',
  ])('adds the page to %s', async (type) => {
    expect(await post({ type, params: { a: 1 } })).toEqual({ type, params: { a: 1 }, metadata: { page: told } });
  });

  test.each(['threads.list', 'threads.get_by_id', 'items.list', 'items.feedback', 'attachments.create'])('leaves %s as it is', async (type) => {
    expect(await post({ type, params: {} })).toEqual({ type, params: {} });
  });

  test('keeps other metadata, and a page that is there already', async () => {
    expect(await post({ type: 'threads.create', metadata: { a: 1 } })).toEqual({ type: 'threads.create', metadata: { a: 1, page: told } });
    expect(await post({ type: 'threads.create', metadata: { page: 'mine' } })).toEqual({ type: 'threads.create', metadata: { page: 'mine' } });
  });

  test('lets what is not an operation pass', async () => {
    expect(await post('not JSON')).toBe('not JSON');
    expect(await post('[1]')).toBe('[1]');
    const send = vi.fn(() => Promise.resolve(new Response()));
    const form = new FormData();
    await fetchWithPage({ fetch: send as unknown as typeof fetch })('/upload', { method: 'POST', body: form });
    expect(send).toHaveBeenCalledWith('/upload', { method: 'POST', body: form });
    await fetchWithPage({ fetch: send as unknown as typeof fetch })('/thing');
    expect(send).toHaveBeenLastCalledWith('/thing', undefined);
  });

  test('sends the message without a context that fails, and says so', async () => {
    const reported = vi.fn();
    vi.stubGlobal('reportError', reported);
    const error = new Error('no page');
    const context = (): never => {
      throw error;
    };
    expect(await post({ type: 'threads.create' }, { context })).toEqual({ type: 'threads.create' });
    expect(reported).toHaveBeenCalledWith(error);
    expect(await post({ type: 'threads.create' }, { context: () => undefined })).toEqual({ type: 'threads.create' });
  });

  test('reads the page when the message is sent, with the options it was made with', async () => {
    const options = { query: ['tab'] };
    const send = vi.fn(() => Promise.resolve(new Response()));
    const fetching = fetchWithPage({ ...options, fetch: send as unknown as typeof fetch });
    document.title = 'Later';
    await fetching('/chatkit', { body: '{"type":"threads.create"}' });
    const [, init] = send.mock.calls[0] as unknown as [string, RequestInit];
    const sent = JSON.parse(init.body as string) as { metadata: { page: published.PageContext } };
    expect(sent.metadata.page).toMatchObject({ title: 'Later', url: 'https://shop.example/orders/7?tab=items&tab=notes' });
  });

  test('uses the fetch that the page has at the time', async () => {
    const fetching = fetchWithPage();
    const replaced = vi.fn(() => Promise.resolve(new Response()));
    vi.stubGlobal('fetch', replaced);
    await fetching('/chatkit');
    expect(replaced).toHaveBeenCalledOnce();
    vi.unstubAllGlobals();
  });
});

describe('chatKitReady', () => {
  test('says that no script is there', async () => {
    vi.useFakeTimers();
    const waiting = expect(chatKitReady({ timeout: 3000 })).rejects.toThrow(
      '<openai-chatkit> was not there after 3 s. No script on this page ends in /chatkit.js: add <script src="/chatkit.js" defer></script>.',
    );
    await vi.advanceTimersByTimeAsync(3000);
    await waiting;
  });

  test('resolves, whether it is there already or comes later', async () => {
    const later = chatKitReady();
    class Chat extends HTMLElement {}
    customElements.define('openai-chatkit', Chat);
    await later;
    await chatKitReady({ timeout: 1 });
  });
});
