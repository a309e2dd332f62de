import { signal } from '@preact/signals';
import { describe, expect, test, vi } from 'vitest';
import { areNames } from '../../src/composer/attach';
import { acceptAttribute, formatSize, isAccepted, maxSizeFor } from '../../src/composer/limits';
import { takePasted } from '../../src/composer/pasted';
import { uploadsOf } from '../../src/composer/uploads';
import type { Chat } from '../../src/core/chat';
import { Drafts } from '../../src/core/drafts';
import { ClientSecret, HttpApi } from '../../src/core/http';
import { readOptions, type Options } from '../../src/core/options';
import { en } from '../../src/locales';
import { ComposerModel, trimmed } from '../../src/state/composer-model';
import type { Shell } from '../../src/state/context';
import { shows } from '../support/shows';

describe('limits', () => {
  const limits = { enabled: true, maxSize: { 'image/*': 10, 'image/gif': 5, '*': 20 }, accept: { 'image/*': ['.png'], 'text/plain': ['txt', '.MD'] } };

  test.each([['image/png', 10], ['image/gif', 5], ['IMAGE/GIF', 5], ['text/plain', 20], ['', 20]])('the narrowest pattern for %j allows %i bytes', (type, most) => {
    expect(maxSizeFor(limits, type)).toBe(most);
  });

  test('without a pattern that fits the default holds', () => {
    expect(maxSizeFor({ enabled: true, maxSize: { 'image/*': 1 } }, 'text/plain')).toBe(104857600);
    expect(maxSizeFor({ enabled: true, maxSize: { '': 7 } }, 'text/plain')).toBe(7);
    expect(maxSizeFor({ enabled: true, maxSize: 3 }, 'text/plain')).toBe(3);
  });

  test.each([
    ['a.png', 'image/png', true], ['a.jpg', 'image/jpeg', true], ['a.txt', '', true], ['A.MD', '', true], ['a.md.exe', '', false], ['a.pdf', 'application/pdf', false], ['txt', '', false],
  ])('%s of type %j accepted: %s', (name, type, accepted) => {
    expect(isAccepted(limits, { name, type })).toBe(accepted);
  });

  test('what the file field is told', () => {
    expect(acceptAttribute(limits)).toBe('image/*,.png,text/plain,.txt,.md');
    expect(isAccepted({ enabled: true }, { name: 'x', type: 'a/b' })).toBe(true);
  });

  test('sizes in words', () => {
    expect([formatSize(12, 'en'), formatSize(1536, 'en'), formatSize(104857600, 'en')]).toEqual(['12 bytes', '1.5 kB', '100 MB']);
  });
});

interface Sent {
  url: string;
  method: string;
  headers: Headers;
  body: unknown;
}

/** A composer with a scripted `fetch` of the page's own; other requests do not exist. */
function composer(answer: (sent: Sent) => Response | Promise<Response>, extra: object = {}, attachments: object = {}): { shell: Shell; model: ComposerModel; sent: Sent[] } {
  const sent: Sent[] = [];
  const fetch = async (url: unknown, init: RequestInit = {}): Promise<Response> => {
    const call = { url: String(url), method: init.method ?? 'GET', headers: new Headers(init.headers), body: typeof init.body === 'string' ? JSON.parse(init.body) as unknown : init.body };
    sent.push(call);
    const response = await answer(call);
    if (init.signal?.aborted === true) throw new DOMException('aborted', 'AbortError');
    return response;
  };
  const options = signal<Options | null>(readOptions(
    { api: { url: 'https://page.example/chatkit', domainKey: '', fetch, ...extra }, composer: { attachments: { enabled: true, ...attachments } } }, {}, () => undefined));
  const api = new HttpApi((options.value as Options).api, { locale: () => 'en', baseUrl: () => document.baseURI, log: () => undefined }, { scriptUrl: 'https://page.example/', secret: new ClientSecret() });
  const chat = { api: () => api, life: new AbortController().signal, error: vi.fn(), log: vi.fn() } as unknown as Chat;
  const model = new ComposerModel(chat, new Drafts(() => 'uploads'), options, () => undefined);
  const shell = { composer: model, options, chat, messages: signal(en), locale: signal('en') } as unknown as Shell;
  return { shell, model, sent };
}

const json = (body: unknown, status = 200): Response => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });
const notes = (name = 'notes.txt'): File => new File(['hello'], name, { type: 'text/plain' });
const registered = (id: string): object => ({ type: 'file', id, name: 'notes.txt', mime_type: 'text/plain', upload_descriptor: { url: `/attachments/${id}?s=1`, method: 'PUT', headers: { 'X-Signature': 'abc' } } });
const operation = ({ body }: Sent): unknown => (body as { type?: string } | null)?.type;

describe('two-phase uploads', () => {
  test('register the file, send its bytes where the server says, through the page\'s fetch', shows('option:api.uploadStrategy.two_phase', 'option:api.fetch', 'upload:url', 'upload:method', 'upload:headers'), async () => {
    const { shell, model, sent } = composer((call) => (operation(call) === 'attachments.create' ? json(registered('att_1')) : new Response('')));
    uploadsOf(shell).add([notes()]);
    expect(model.empty.value).toBe(true);
    await vi.waitFor(() => expect(model.files.value[0]?.attachment?.id).toBe('att_1'));
    expect(model.empty.value).toBe(false);
    expect(sent[0]?.body).toMatchObject({ type: 'attachments.create', params: { name: 'notes.txt', size: 5, mime_type: 'text/plain' } });
    expect([sent[1]?.url, sent[1]?.method, sent[1]?.headers.get('X-Signature'), sent[1]?.headers.get('Content-Type')])
      .toEqual(['https://page.example/attachments/att_1?s=1', 'PUT', 'abc', 'text/plain']);
    expect(sent[1]?.body).toBeInstanceOf(File);
  });

  test('a failure is told, blocks sending, and can be tried again', async () => {
    let full = true;
    const { shell, model } = composer((call) => (operation(call) === 'attachments.create' ? json(registered('att_1'))
      : full ? json({ error: { code: 'full', message: 'The store is full.' } }, 507) : new Response('')));
    uploadsOf(shell).add([notes()]);
    await vi.waitFor(() => expect(model.files.value[0]?.error).toBe('The store is full.'));
    expect(model.problem.value).toBe('notes.txt could not be uploaded. The store is full.');
    expect(model.empty.value).toBe(true);
    full = false;
    uploadsOf(shell).retry(model.files.value[0]?.key ?? '');
    await vi.waitFor(() => expect(model.empty.value).toBe(false));
    expect(model.files.value[0]?.error).toBeNull();
  });

  test('a file taken out is deleted on the server, one of the page is not', async () => {
    const { shell, model, sent } = composer((call) => (operation(call) === 'attachments.create' ? json({ ...registered('att_1'), upload_descriptor: null }) : json({})));
    model.set({ attachments: [{ type: 'file', id: 'theirs', name: 'a', mime_type: 'b' }] });
    uploadsOf(shell).add([notes()]);
    await vi.waitFor(() => expect(model.empty.value).toBe(false));
    for (const { key } of model.files.value) uploadsOf(shell).remove(key);
    expect(model.files.value).toEqual([]);
    expect(sent.map(({ body }) => body).slice(1)).toMatchObject([{ type: 'attachments.delete', params: { attachment_id: 'att_1' } }]);
  });

  test('an upload whose file was taken out is broken off', async () => {
    let arrive: (response: Response) => void = () => undefined;
    const { shell, model } = composer(() => new Promise((resolve) => (arrive = resolve)));
    uploadsOf(shell).add([notes()]);
    uploadsOf(shell).remove(model.files.value[0]?.key ?? '');
    arrive(json(registered('att_1')));
    await Promise.resolve();
    expect([model.files.value, model.problem.value]).toEqual([[], null]);
  });
});

describe('direct uploads', () => {
  const uploadStrategy = { type: 'direct', uploadUrl: 'https://page.example/files' };

  test('post the file as a form; the answer is the attachment', shows('option:api.uploadStrategy.direct.uploadUrl'), async () => {
    const { shell, model, sent } = composer(() => json({ type: 'file', id: 'att_2', name: 'notes.txt', mime_type: 'text/plain' }), { uploadStrategy });
    uploadsOf(shell).add([notes()]);
    await vi.waitFor(() => expect(model.files.value[0]?.attachment?.id).toBe('att_2'));
    expect([sent.length, sent[0]?.url, sent[0]?.method]).toEqual([1, 'https://page.example/files', 'POST']);
    expect((sent[0]?.body as FormData).get('file')).toMatchObject({ name: 'notes.txt', size: 5 });
  });

  test('an answer that is no attachment is a failure', async () => {
    const { shell, model } = composer(() => json({ ok: true }), { uploadStrategy });
    uploadsOf(shell).add([notes()]);
    await vi.waitFor(() => expect(model.files.value[0]?.error).toBe(en.failure.endpoint));
  });
});

test('what the limits refuse is named, what they allow is taken', async () => {
  const { shell, model } = composer(() => json({ type: 'file', id: 'a', name: '', mime_type: '' }), {}, { maxCount: 2, maxSize: 5, accept: { 'text/plain': [] } });
  uploadsOf(shell).add([notes(), new File(['123456'], 'long.txt', { type: 'text/plain' }), new File([''], 'x.exe'), notes('two.txt'), notes('three.txt')]);
  expect(model.files.value.map(({ name }) => name)).toEqual(['notes.txt', 'two.txt']);
  expect(model.problem.value).toBe('long.txt is larger than 5 bytes. x.exe is a type of file that is not accepted here. Only 2 files can go with a message.');
  await vi.waitFor(() => expect(model.empty.value).toBe(false));
});

describe('files on the clipboard', () => {
  test.each([
    ['Report.pdf', ['Report.pdf'], true],
    ['/home/ada/Report.pdf', ['Report.pdf'], true],
    ['file:///home/ada/My%20Report.pdf', ['My Report.pdf'], true],
    ['C:\\\\Users\\\\ada\\\\Report.pdf', ['Report.pdf'], true],
    ['a.png\r\nb.png\r\n', ['a.png', 'b.png'], true],
    ['报告.pdf', ['报告.pdf'], true],
    ['A table with numbers', ['image.png'], false],
    ['a.png and more', ['a.png'], false],
    ['a.png\nb.png', ['a.png'], false],
  ])('with the text %j and the names %j are meant: %s', (text, names, meant) => {
    expect(areNames(text, names.map((name) => ({ name })))).toBe(meant);
  });
});

describe('the composer\'s content', () => {
  const tag = { type: 'input_tag', id: 'e', text: 'Ada', data: {} } as const;

  test('is sent without white space at its ends', () => {
    expect(trimmed([{ type: 'input_text', text: '  ' }, tag, { type: 'input_text', text: ' hi ' }])).toEqual([tag, { type: 'input_text', text: ' hi' }]);
  });

  test.each([
    ['    indented\n  code\n', '    indented\n  code'],
    ['\n \n\tfirst', '\tfirst'],
    ['  one', '  one'],
    [' \n ', undefined],
  ])('%j keeps the indentation of its first line', (text, sent) => {
    expect(trimmed([{ type: 'input_text', text }]).map((part) => part.text)).toEqual(sent === undefined ? [] : [sent]);
  });

  test('gives a pasted text back only while it is in it', () => {
    const { model } = composer(() => json({}));
    const pasted = 'long $& text';
    model.put([{ type: 'input_text', text: `See: ${pasted}!` }, tag]);
    model.pasted.value = pasted;
    expect(takePasted(model)).toBe(pasted);
    expect(model.content.value).toEqual([{ type: 'input_text', text: 'See: !' }, tag]);
    model.pasted.value = 'gone';
    expect(takePasted(model)).toBeNull();
    expect(model.pasted.value).toBeNull();
  });

  test('comes back as a draft, tags included', () => {
    const drafts = new Drafts(() => 'here');
    drafts.keep('t', [tag, { type: 'input_text', text: ' hi' }]);
    drafts.keep(null, [{ type: 'input_text', text: 'plain' }]);
    expect(drafts.read('t')).toEqual([tag, { type: 'input_text', text: ' hi' }]);
    expect(drafts.read(null)).toEqual([{ type: 'input_text', text: 'plain' }]);
    drafts.keep('t', []);
    expect(drafts.read('t')).toEqual([]);
  });
});
