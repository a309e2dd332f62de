/** Every option of the types is one that the element knows; none is taken for a misspelling. */
import type { ChatKitOptions } from '@openai/chatkit';
import { expect, test } from 'vitest';
import { readOptions } from '../../src/core/options';
import { idsOf, valuesOf, type Id } from '../support/shows';

type All<T> = T extends (...args: never[]) => unknown ? T : T extends readonly (infer E)[] ? All<E>[] : T extends object ? { [K in keyof T]-?: All<NonNullable<T[K]>> } : T;

const nothing = (): void => undefined;
const never = (): Promise<never> => new Promise(() => undefined);

/** An object with all options in it: it compiles only while it has them all. */
const everything: Omit<All<ChatKitOptions>, 'api' | 'theme' | 'onClientTool' | 'startScreen'> & Pick<ChatKitOptions, 'onClientTool' | 'theme'> & Required<Pick<ChatKitOptions, 'api' | 'startScreen'>> = {
  api: { url: '/chatkit', domainKey: 'key', fetch, uploadStrategy: { type: 'direct', uploadUrl: '/files' } },
  locale: 'de-DE',
  theme: {
    colorScheme: 'dark', radius: 'soft', density: 'compact',
    typography: { baseSize: 15, fontFamily: 'X', fontFamilyMono: 'Y', fontSources: [{ family: 'X', src: '/x.woff2', weight: 400, style: 'normal', display: 'swap', unicodeRange: 'U+0-7F' }] },
    color: { grayscale: { hue: 1, tint: 2, shade: 3 }, accent: { primary: 'red', level: 1 }, surface: { background: 'white', foreground: 'black' } },
  },
  frameTitle: 'Chat',
  initialThread: 'thr_1',
  onClientTool: () => ({}),
  header: { enabled: true, title: { enabled: true, text: 'T' }, leftAction: { icon: 'home', onClick: nothing }, rightAction: { icon: 'menu', onClick: nothing } },
  history: { enabled: true, showDelete: true, showRename: true },
  startScreen: { greeting: 'Hi', prompts: [{ label: 'A', prompt: 'B', icon: 'bolt' }] },
  threadItemActions: { feedback: true, retry: true },
  composer: {
    placeholder: 'P', attachments: { enabled: true, maxSize: 1, maxCount: 1, accept: { 'image/*': ['.png'] } },
    tools: [{ id: 't', label: 'T', icon: 'bolt', shortLabel: 'S', placeholderOverride: 'O', pinned: true, persistent: true }],
    models: [{ id: 'm', label: 'M', description: 'D', disabled: false, default: true }], dictation: { enabled: true },
  },
  disclaimer: { text: 'D', highContrast: true },
  entities: { onTagSearch: never, showComposerMenu: true, onClick: nothing, onRequestPreview: never },
  commands: { enabled: true, onSearch: never, onSelect: never },
  widgets: { onAction: never },
  thread: { autoScroll: true },
};

/** The ids of what stands in the object. */
function pathsOf(value: unknown, path = 'option:'): string[] {
  if (Array.isArray(value)) return [path, ...pathsOf(value[0], `${path}[]`).slice(1)];
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, each]) => pathsOf(each, path.endsWith(':') ? `${path}${key}` : `${path}.${key}`))];
}

test('all options are known', () => {
  const logged: unknown[] = [];
  readOptions(everything, {}, (name, data) => logged.push([name, data]));
  expect(logged).toEqual([]);
  // The other kinds of `api` are of another shape.
  const others: Id[] = ['option:api.getClientSecret', 'option:api.uploadStrategy.two_phase', 'option:api.uploadStrategy.direct', 'option:api.uploadStrategy.direct.uploadUrl'];
  const paths = new Set(pathsOf(everything));
  expect(idsOf('option:**').filter((id) => !paths.has(id) && !others.includes(id))).toEqual([]);
  for (const api of [{ getClientSecret: never }, { url: '/c', domainKey: '', uploadStrategy: { type: 'two_phase' } }]) readOptions({ api }, {}, (name, data) => logged.push([name, data]));
  expect(logged).toEqual([]);
});

test.each(idsOf('option:theme.{radius,density}', 'option:theme.typography.baseSize', 'option:theme.color.accent.level', 'option:theme.color.grayscale.{tint,shade}', 'option:theme.typography.fontSources[].{style,display}'))('all values of %s are taken, others are not', (id) => {
  const path = id.replace('option:', '').split('.');
  const withValue = (value: unknown): unknown => path.reduceRight<unknown>((inner, key) => {
    if (key === 'fontSources[]') return { fontSources: [{ family: 'X', src: '/x', ...(inner as object) }] };
    if (key === 'accent') return { accent: { primary: 'red', level: 1, ...(inner as object) } };
    return key === 'grayscale' ? { grayscale: { hue: 1, tint: 1, ...(inner as object) } } : { [key]: inner };
  }, value);
  const read = (value: unknown): unknown => readOptions({ api: { url: '/c' }, ...(withValue(value) as object) }, {}, nothing);
  for (const value of valuesOf(id)) expect(() => read(value)).not.toThrow();
  expect(() => read(typeof valuesOf(id)[0] === 'number' ? 99 : 'nonsense')).toThrow(`ChatKit option "${path.join('.').replace('[]', '[0]')}" must be`);
});
