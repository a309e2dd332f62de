import { signal } from '@preact/signals';
import { beforeEach, describe, expect, test } from 'vitest';
import { Chat } from '../../src/core/chat';
import { Drafts } from '../../src/core/drafts';
import { readOptions } from '../../src/core/options';
import type { UserMessageContent, UserMessageItem } from '../../src/core/protocol.generated';
import { ComposerModel } from '../../src/state/composer-model';
import { userItem } from '../support/server';

const text = (value: string): UserMessageContent => ({ type: 'input_text', text: value });
const options = signal(readOptions({ api: { url: '/chatkit' }, composer: { tools: [{ id: 'search', label: 'Search', icon: 'globe' }] } }, {}, () => undefined));
const file = { id: 'atc_1', type: 'file' as const, name: 'n.txt', mime_type: 'text/plain' };
const unsent = {
  ...userItem('sending', 'Lost?'), quoted_text: 'so there', attachments: [file], inference_options: { tool_choice: { id: 'search' } },
} as unknown as UserMessageItem;

let model: ComposerModel;
beforeEach(() => {
  localStorage.clear();
  model = new ComposerModel(new Chat({ emit: () => undefined, scriptUrl: 'https://host.example/a.js', baseUrl: () => document.baseURI, locale: () => 'en' }), new Drafts(() => 'take-back'), options, () => undefined);
});

describe('a message that was not sent', () => {
  test('comes back with all that it had', () => {
    model.takeBack(unsent);
    expect(model.content.value).toEqual([text('Lost?')]);
    expect(model.reply.value).toBe('so there');
    expect(model.files.value.map(({ attachment }) => attachment)).toEqual([file]);
    expect(model.tool?.id).toBe('search');
    expect(model.focusWanted.value).toBe(true);
  });

  test('comes before what has been typed since', () => {
    model.put([text('Something else')]);
    model.reply.value = 'another';
    model.takeBack(unsent);
    expect(model.text.value).toBe('Lost?\n\nSomething else');
    expect(model.reply.value).toBe('another');
  });
});
