import { signal } from '@preact/signals';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { uploadsOf } from '../../src/composer/uploads';
import { Chat } from '../../src/core/chat';
import { Drafts } from '../../src/core/drafts';
import { readOptions, type Options } from '../../src/core/options';
import { en } from '../../src/locales';
import { ComposerModel } from '../../src/state/composer-model';
import type { Shell } from '../../src/state/context';

interface Sent {
  by: 'fetch' | 'request';
  url: string;
  headers: Headers;
  type?: string | undefined;
  params?: unknown;
}
type Answer = Response | Error | Promise<Response>;

let sent: Sent[];
/** What a request gets, by its operation or else its address. */
let answers: Record<string, () => Answer>;
let chat: Chat;
let model: ComposerModel;
let shell: Shell;

const json = (body: unknown, status = 200): Response => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });
const file = (): File => new File(['hello'], 'notes.txt', { type: 'text/plain' });
const at = (url: string): (() => Response) => () => json({ type: 'file', id: 'att_1', name: 'notes.txt', mime_type: 'text/plain', upload_descriptor: { url, method: 'PUT', headers: { 'X-Signature': 'abc' } } });
const operations = (): (string | undefined)[] => sent.map(({ type }) => type);

async function answerTo(call: Sent): Promise<Response> {
  sent.push(call);
  const answer = await (answers[call.type ?? call.url] ?? (() => json({})))();
  if (answer instanceof Error) throw answer;
  return answer;
}

/** The page's own fetch, which signs in. */
const pagesFetch = vi.fn((url: unknown, init: RequestInit = {}): Promise<Response> => {
  const { type, params } = typeof init.body === 'string' ? JSON.parse(init.body) as { type: string; params: unknown } : { type: undefined, params: undefined };
  const answer = answerTo({ by: 'fetch', url: String(url), headers: new Headers({ ...(init.headers as Record<string, string>), Authorization: 'Bearer page' }), type, params });
  return new Promise((resolve, reject) => {
    init.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
    answer.then(resolve, reject);
  });
});

class FakeRequest {
  upload: { onprogress?: unknown; onload?: () => void } = {};
  onload?: () => void;
  onerror?: () => void;
  onabort?: () => void;
  status = 0;
  responseText = '';
  readonly #headers = new Headers();
  #url = '';
  #aborted = false;
  open(_method: string, url: string): void {
    this.#url = url;
  }
  setRequestHeader(name: string, value: string): void {
    this.#headers.set(name, value);
  }
  send(): void {
    answerTo({ by: 'request', url: this.#url, headers: this.#headers }).then(async (response) => {
      if (this.#aborted) return;
      this.status = response.status;
      this.responseText = await response.text();
      this.onload?.();
    }, () => this.onerror?.());
  }
  abort(): void {
    this.#aborted = true;
    this.onabort?.();
  }
}

beforeEach(() => {
  sent = [];
  answers = {};
  vi.stubGlobal('XMLHttpRequest', FakeRequest);
  make({ url: 'https://app.example/chatkit', fetch: pagesFetch });
});
afterEach(() => vi.unstubAllGlobals());

function make(api: object): void {
  const options = signal<Options | null>(readOptions({ api, composer: { attachments: { enabled: true } } }, {}, () => undefined));
  chat = new Chat({ emit: () => undefined, scriptUrl: 'https://app.example/e.js', baseUrl: () => 'https://page.example/', locale: () => 'en' });
  chat.configure(options.value as Options);
  model = new ComposerModel(chat, new Drafts(() => 'uploads'), options, () => undefined);
  shell = { composer: model, options, chat, messages: signal(en), locale: signal('en') } as unknown as Shell;
}

describe('the bytes of a file', () => {
  test.each([
    ['https://bucket.storage.example/k?sig=1', 'request'],
    ['https://app.example:8443/files/1', 'request'],
    ['http://app.example/files/1', 'request'],
    ['//cdn.example/files/1', 'request'],
    ['https://app.example/files/1', 'fetch'],
    ['/files/1', 'fetch'],
    ['files/1', 'fetch'],
  ])('for %s go by the %s', async (url, by) => {
    answers['attachments.create'] = at(url);
    uploadsOf(shell).add([file()]);
    await vi.waitFor(() => expect(model.files.value[0]?.attachment?.id).toBe('att_1'));
    const bytes = sent[1];
    expect(bytes?.by).toBe(by);
    expect(bytes?.headers.get('Authorization')).toBe(by === 'fetch' ? 'Bearer page' : null);
    expect(bytes?.headers.get('X-Signature')).toBe('abc');
  });

  test('never carry the secret to the storage', async () => {
    make({ url: 'https://app.example/chatkit', fetch: pagesFetch, getClientSecret: () => Promise.resolve('secret') });
    answers['attachments.create'] = at('https://bucket.storage.example/k');
    uploadsOf(shell).add([file()]);
    await vi.waitFor(() => expect(model.files.value[0]?.attachment).not.toBeNull());
    expect([...(sent[1]?.headers.keys() ?? [])].map((name) => name.toLowerCase()).sort()).toEqual(['content-type', 'x-signature']);
  });
});

describe('nothing stays on the server of an upload', () => {
  const storage = 'https://bucket.storage.example/k';
  const deleted = (): Promise<void> => vi.waitFor(() => expect(sent.filter(({ type }) => type === 'attachments.delete').map(({ params }) => params)).toEqual([{ attachment_id: 'att_1' }]));

  test.each<[name: string, answer: () => Answer]>([
    ['the storage refuses', () => json({ error: { code: 'full', message: 'Full.' } }, 507)],
    ['does not reach the storage', () => new TypeError('network error')],
  ])('that %s', async (_name, answer) => {
    answers['attachments.create'] = at(storage);
    answers[storage] = answer;
    uploadsOf(shell).add([file()]);
    await deleted();
    expect(model.files.value[0]?.error).not.toBeNull();
    answers[storage] = () => new Response('');
    uploadsOf(shell).retry(model.files.value[0]?.key ?? '');
    await vi.waitFor(() => expect(model.files.value[0]?.attachment).not.toBeNull());
    expect(operations().filter((type) => type === 'attachments.create')).toHaveLength(2);
  });

  test.each([storage, '/files/1'])('whose file leaves the composer on its way to %s', async (url) => {
    answers['attachments.create'] = at(url);
    answers[new URL(url, 'https://app.example/').href] = () => new Promise(() => undefined);
    uploadsOf(shell).add([file()]);
    await vi.waitFor(() => expect(sent).toHaveLength(2));
    uploadsOf(shell).remove(model.files.value[0]?.key ?? '');
    await deleted();
  });

  test('whose file leaves while it is registered', async () => {
    let register: (response: Response) => void = () => undefined;
    answers['attachments.create'] = () => new Promise((resolve) => (register = resolve));
    uploadsOf(shell).add([file()]);
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    uploadsOf(shell).remove(model.files.value[0]?.key ?? '');
    register(at(storage)());
    await deleted();
    expect(sent.map(({ url }) => url)).not.toContain(storage);
  });

  test('when the element leaves the page; back there, the file can be tried again', async () => {
    answers['attachments.create'] = at(storage);
    answers[storage] = () => new Promise(() => undefined);
    uploadsOf(shell).add([file()]);
    await vi.waitFor(() => expect(sent).toHaveLength(2));
    chat.close();
    await deleted();
    expect(model.files.value[0]?.error).toBe('notes.txt could not be uploaded.');
    chat.reopen();
    answers[storage] = () => new Response('');
    uploadsOf(shell).retry(model.files.value[0]?.key ?? '');
    await vi.waitFor(() => expect(model.files.value[0]?.attachment?.id).toBe('att_1'));
  });

  test('whose session has ended: it is deleted where it was made', async () => {
    answers['attachments.create'] = at(storage);
    answers[storage] = () => new Promise(() => undefined);
    uploadsOf(shell).add([file()]);
    await vi.waitFor(() => expect(sent).toHaveLength(2));
    chat.configure(readOptions({ api: { url: 'https://other.example/chatkit', fetch: pagesFetch } }, {}, () => undefined));
    model.restart();
    await deleted();
    expect(sent.at(-1)?.url).toBe('https://app.example/chatkit');
  });
});
