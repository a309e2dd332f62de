import { describe, expect, test, vi } from 'vitest';
import { Chat } from '../src/core/chat';
import { readOptions } from '../src/core/options';
import type { UserMessageContent, UserMessageItem } from '../src/core/protocol.generated';
import { contentOf, inputOf } from '../src/shell/items/edit-model';
import { plainText } from '../src/shell/items/user';
import { assistantItem, done, events, FakeServer, json, live, thread, userItem } from './support/server';
import { shows } from './support/shows';

const text = (value: string): UserMessageContent => ({ type: 'input_text', text: value });
const tag = (id: string, label: string): UserMessageContent => ({ type: 'input_tag', id, text: label, data: { k: id } });
const before = [text('Ask '), tag('a', 'Ada'), text(' about '), tag('b', 'Bob'), text(', please')];

describe('what an edited message says', () => {
  test('is what it said when nothing was changed', () => {
    expect(contentOf(plainText(before), before)).toEqual(before);
  });

  test.each([
    ['words around tags', 'Tell @Ada of @Bob', [text('Tell '), tag('a', 'Ada'), text(' of '), tag('b', 'Bob')]],
    ['a tag that was deleted', 'Ask  about @Bob', [text('Ask  about '), tag('b', 'Bob')]],
    ['a tag that was changed is text', 'Ask @Adam', [text('Ask '), tag('a', 'Ada'), text('m')]],
    ['all tags deleted', 'Ask somebody', [text('Ask somebody')]],
    ['only a tag', '@Bob', [tag('b', 'Bob')]],
    ['empty lines before it and white space behind it go, its indentation stays', ' \n  Hello \n', [text('  Hello')]],
    ['nothing', ' \n', []],
  ])('%s', (_name, edited, expected) => {
    expect(contentOf(edited, before)).toEqual(expected);
  });

  test('goes with the files, the quotation, the tool and the model of before', () => {
    const item = {
      ...userItem('msg_u', 'Hi'), quoted_text: 'so', attachments: [{ id: 'atc_1', type: 'file', name: 'n', mime_type: 'text/plain' }],
      inference_options: { model: 'm', tool_choice: { id: 't' } },
    } as unknown as UserMessageItem;
    expect(inputOf(item, 'Hello')).toEqual({
      content: [text('Hello')], attachments: ['atc_1'], quoted_text: 'so', inference_options: { model: 'm', tool_choice: { id: 't' } },
    });
  });
});

describe('editing', () => {
  const input = { content: [text('Hello')], attachments: [], inference_options: {} };
  const items = [userItem('msg_u', 'Hi'), assistantItem('msg_a', 'Yes?'), userItem('msg_v', 'Well'), assistantItem('msg_b', 'Hm')];

  async function opened(extensions?: string[]): Promise<{ chat: Chat; server: FakeServer }> {
    const server = new FakeServer().next(json({ ...thread('thr_1', items), ...(extensions && { extensions }) }));
    const chat = new Chat({ emit: () => undefined, scriptUrl: 'https://host.example/a.js', baseUrl: () => document.baseURI, locale: () => 'en' });
    chat.configure(readOptions({ api: { url: '/chatkit', fetch: server.fetch } }, {}, () => undefined));
    await chat.open('thr_1');
    return { chat, server };
  }
  const said = ({ current }: Chat): string[] =>
    current.state.items.map((item) => (item.type === 'user_message' || item.type === 'assistant_message' ? item.content.map((part) => part.text).join('') : item.type));

  test.each([[undefined, false], [[], false], [['edit'], true]])('is offered when the server says so: %s', shows('own:edit', 'event-kind:stream_options.extensions'), async (extensions, offered) => {
    const { chat } = await opened(extensions);
    expect(chat.current.editable).toBe(offered);
    expect(chat.current.state.thread).not.toHaveProperty('extensions');
  });

  test('is offered in a new thread once its first answer has begun', async () => {
    const { chat, server } = await opened();
    server.next(events(done(userItem('msg_n', 'Next')), { type: 'stream_options', stream_options: { allow_cancel: true }, extensions: ['edit'] }));
    await chat.send({ content: [text('Next')] });
    await expect.poll(() => chat.current.editable).toBe(true);
  });

  test('shows the new text at once, without what followed', async () => {
    const { chat, server } = await opened(['edit']);
    const stream = live();
    server.next(stream.response);
    const sent = chat.current.edit('msg_u', input, []);
    await vi.waitFor(() => expect(said(chat)).toEqual(['Hello']));
    expect(chat.current.phase).toBe('responding');
    stream.send({ type: 'thread.item.replaced', item: userItem('msg_u', 'Hello') });
    stream.send(done(assistantItem('msg_c', 'Oh, hello.')));
    stream.end();
    await sent;
    expect(server.calls.at(-1)).toMatchObject({ type: 'threads.retry_after_item', params: { thread_id: 'thr_1', item_id: 'msg_u', input } });
    expect(said(chat)).toEqual(['Hello', 'Oh, hello.']);
  });

  test.each([
    ['the server does not answer', () => new TypeError('Failed to fetch')],
    ['it refuses', () => json({ error: { code: 'request.invalid_params', message: 'No.' } }, 400)],
    ['an error comes first', () => events({ type: 'error', code: 'thread.locked', message: 'Locked.', allow_retry: false })],
    ['it answers without having taken it', () => events(done(assistantItem('msg_c', 'What?')))],
  ])('puts everything back when %s', async (_name, answer) => {
    const { chat, server } = await opened(['edit']);
    server.next(answer());
    await expect(chat.current.edit('msg_v', input, [])).rejects.toThrow();
    expect(said(chat)).toEqual(['Hi', 'Yes?', 'Well', 'Hm']);
    expect(chat.current.phase).toBe('idle');
  });

  test('a failure after the server has it is one of the answer', async () => {
    const { chat, server } = await opened(['edit']);
    server.next(events({ type: 'thread.item.replaced', item: userItem('msg_u', 'Hello') }, { type: 'error', code: 'stream.error', allow_retry: true }));
    await chat.current.edit('msg_u', input, []);
    expect(said(chat)).toEqual(['Hello']);
    server.next(events(done(assistantItem('msg_c', 'Hello.'))));
    chat.current.failure?.retry?.();
    await expect.poll(() => said(chat)).toEqual(['Hello', 'Hello.']);
    expect(server.calls.at(-1)?.params).toEqual({ thread_id: 'thr_1', item_id: 'msg_u' });
  });

  test('has to wait for an answer that is streaming', async () => {
    const { chat, server } = await opened(['edit']);
    const stream = live();
    server.next(stream.response);
    void chat.current.retryAfter('msg_u');
    await expect(chat.current.edit('msg_u', input, [])).rejects.toThrow('cannot be edited now');
    stream.end();
  });
});
