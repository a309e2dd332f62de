import { describe, expect, test } from 'vitest';
import { readOptions, type Attributes } from '../src/core/options';
import { shows } from './support/shows';

const api = { url: '/chatkit', domainKey: 'key' };

function read(given: unknown, attributes: Attributes = {}): { options: ReturnType<typeof readOptions>; logged: [string, unknown][] } {
  const logged: [string, unknown][] = [];
  const options = readOptions(given, attributes, (name, data) => logged.push([name, data]));
  return { options, logged };
}

describe('wrong options name their path and what was expected', () => {
  test.each<[given: unknown, message: string]>([
    [undefined, 'ChatKit options must be an object'],
    ['/chatkit', 'ChatKit options must be an object'],
    [{}, 'ChatKit option "api" must be an object with "url" (your own server) or "getClientSecret" (hosted mode), got nothing.'],
    [{ api: {} }, 'ChatKit option "api" must be an object with "url"'],
    [{ api: { url: '' } }, 'ChatKit option "api.url" must be a non-empty string, got "".'],
    [{ api: { url: 7 } }, 'ChatKit option "api.url" must be a non-empty string, got 7.'],
    [{ api: { getClientSecret: 'secret' } }, 'ChatKit option "api.getClientSecret" must be a function, got "secret".'],
    [{ api: { ...api, fetch: {} } }, 'ChatKit option "api.fetch" must be a function, got an object.'],
    [{ api: { ...api, uploadStrategy: { type: 'magic' } } }, 'ChatKit option "api.uploadStrategy" must be {type: "two_phase"} or {type: "direct", uploadUrl}'],
    [{ api: { ...api, uploadStrategy: { type: 'direct' } } }, 'ChatKit option "api.uploadStrategy.uploadUrl" must be a non-empty string, got nothing.'],
    [{ api: { ...api, transport: 'ws' } }, 'ChatKit option "api.transport" must be one of "http", "websocket", got "ws".'],
    [{ api: { getClientSecret: () => '', transport: true } }, 'ChatKit option "api.transport" must be one of "http", "websocket", got true.'],
    [{ api, theme: 'blue' }, 'ChatKit option "theme" must be one of "light", "dark", "system", got "blue".'],
    [{ api, theme: { radius: 'square' } }, 'ChatKit option "theme.radius" must be one of "pill", "round", "soft", "sharp"'],
    [{ api, theme: { typography: { baseSize: 13 } } }, 'ChatKit option "theme.typography.baseSize" must be one of 14, 15, 16, 17, 18, got 13.'],
    [{ api, theme: { color: { grayscale: { hue: 400, tint: 1 } } } }, 'ChatKit option "theme.color.grayscale.hue" must be a number from 0 to 360, got 400.'],
    [{ api, theme: { color: { accent: { level: 1 } } } }, 'ChatKit option "theme.color.accent.primary" must be a non-empty string, got nothing.'],
    [{ api, theme: { color: { accent: { primary: 'red', level: 4 } } } }, 'ChatKit option "theme.color.accent.level" must be one of 0, 1, 2, 3, got 4.'],
    [{ api, initialThread: 5 }, 'ChatKit option "initialThread" must be a non-empty string, got 5.'],
    [{ api, header: { leftAction: { icon: 'menu' } } }, 'ChatKit option "header.leftAction.onClick" must be a function, got nothing.'],
    [{ api, history: { enabled: 'yes' } }, 'ChatKit option "history.enabled" must be true or false, got "yes".'],
    [{ api, startScreen: { prompts: { label: 'a' } } }, 'ChatKit option "startScreen.prompts" must be an array, got an object.'],
    [{ api, startScreen: { prompts: [{ label: 'a', prompt: 'b' }, { label: 'c' }] } }, 'ChatKit option "startScreen.prompts[1].prompt" must be a string or an array of content, got nothing.'],
    [{ api, startScreen: { prompts: [{ label: 'a', prompt: [{ type: 'input_tag', text: 'x' }] }] } }, 'ChatKit option "startScreen.prompts[0].prompt[0].id" must be a non-empty string, got nothing.'],
    [{ api, composer: { models: [{ id: 'm' }] } }, 'ChatKit option "composer.models[0].label" must be a non-empty string, got nothing.'],
    [{ api, composer: { tools: [{ id: 't', label: 'T', icon: 'bolt', pinned: 1 }] } }, 'ChatKit option "composer.tools[0].pinned" must be true or false, got 1.'],
    [{ api, composer: { attachments: { enabled: true, maxSize: { 'image/*': 'big' } } } }, 'ChatKit option "composer.attachments.maxSize["image/*"]" must be a number of at least 0, got "big".'],
    [{ api, disclaimer: { highContrast: true } }, 'ChatKit option "disclaimer.text" must be a string, got nothing.'],
    [{ api, commands: {} }, 'ChatKit option "commands.enabled" must be true or false, got nothing.'],
    [{ api, onClientTool: true }, 'ChatKit option "onClientTool" must be a function, got true.'],
    [{ api, thread: [] }, 'ChatKit option "thread" must be an object, got an array.'],
  ])('%j', (given, message) => {
    expect(() => read(given)).toThrow(message);
  });
});

test('every section that is read everywhere is there', () => {
  const { options, logged } = read({ api });
  expect(options).toMatchObject({ api, theme: {}, header: {}, history: {}, composer: {}, entities: {}, widgets: {}, thread: {}, startScreen: {}, threadItemActions: {} });
  expect(logged).toEqual([]);
});

test.each(['http', 'websocket'])('requests may go by %s, with either kind of server', (transport) => {
  for (const kind of [api, { getClientSecret: () => '' }]) expect(read({ api: { ...kind, transport } })).toMatchObject({ options: { api: { transport } }, logged: [] });
});

test('a colour scheme alone is a theme', () => {
  expect(read({ api, theme: 'dark' }).options.theme).toEqual({ colorScheme: 'dark' });
});

test('null for no thread, undefined for absent', () => {
  expect(read({ api, initialThread: null, header: undefined }).options.initialThread).toBeNull();
});

test('unknown keys are told, not refused', () => {
  const { logged } = read({ api, composer: { placeHolder: 'x' } });
  expect(logged).toEqual([['options.unknown', { option: 'composer.placeHolder', known: ['placeholder', 'attachments', 'tools', 'models', 'dictation'] }]]);
});

describe('older spellings', () => {
  test('are understood, with one line each', shows('own:option.older-spellings'), () => {
    const { options, logged } = read({
      apiURL: '/old',
      newThreadView: { greeting: 'Hi', starterPrompts: [{ label: 'a', prompt: 'b' }] },
    });
    expect(options.api).toEqual({ url: '/old' });
    expect(options.startScreen).toEqual({ greeting: 'Hi', prompts: [{ label: 'a', prompt: 'b' }] });
    expect(logged.map(([name]) => name)).toEqual(['options.renamed', 'options.renamed', 'options.renamed']);
  });

  test('a greeting of two lines stays one', shows('own:startScreen.greeting.description'), () => {
    const greeting = { title: 'Hi', description: 'Ask about orders.' };
    expect(read({ api, newThreadView: { greeting } }).options.startScreen.greeting).toEqual(greeting);
    expect(read({ api, startScreen: { greeting } }).options.startScreen.greeting).toEqual(greeting);
    expect(() => read({ api, newThreadView: { greeting: { title: 7 } } })).toThrow('ChatKit option "startScreen.greeting.title" must be a string, got 7.');
    expect(() => read({ api, startScreen: { greeting: 7 } })).toThrow('ChatKit option "startScreen.greeting" must be a string or {title, description}, got 7.');
  });

  test('lose against today’s', () => {
    expect(read({ api, startScreen: { greeting: 'new' }, newThreadView: { greeting: 'old' } }).options.startScreen.greeting).toBe('new');
  });

  test('leave the given object alone', () => {
    const given = Object.freeze({ api: Object.freeze({ apiURL: '/old' }) });
    expect(read(given).options.api).toEqual({ url: '/old' });
  });
});

describe('attributes', () => {
  test('are options of their own', () => {
    const { options } = read({}, { url: '/a', 'thread-id': 'thr_1', placeholder: 'Ask', theme: 'dark', locale: 'de' });
    expect(options).toMatchObject({ api: { url: '/a' }, initialThread: 'thr_1', composer: { placeholder: 'Ask' }, theme: { colorScheme: 'dark' }, locale: 'de' });
  });

  test('lose against options', () => {
    const { options } = read({ api, theme: 'light', composer: { placeholder: 'Mine' } }, { url: '/a', theme: 'dark', placeholder: 'Ask' });
    expect(options).toMatchObject({ api, composer: { placeholder: 'Mine' }, theme: { colorScheme: 'light' } });
  });

  test('are checked like options', () => {
    expect(() => read({ api }, { theme: 'blue' })).toThrow('ChatKit option "theme" must be one of');
  });
});
