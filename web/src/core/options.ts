/** The options of the element: checked, older spellings understood, defaults filled in. */
import type { ChatKitOptions, ColorScheme, CustomApiConfig, HeaderOption, HostedApiConfig, StartScreenOption, ThemeOption, ThreadOption } from '@openai/chatkit';
import {
  anything, boolean, callback, either, isRecord, list, mapOf, nullable, number, oneOf, shape, string, text,
  type Problems, type Validator,
} from './validate';

/** What the element takes beyond the published types. */
export type ApiOption = (CustomApiConfig | HostedApiConfig) & { transport?: 'http' | 'websocket' };
export type Theme = Omit<ThemeOption, 'colorScheme'> & { colorScheme?: ColorScheme | 'system' };
type Labelled = { label?: string };
/** An action of the page's in the header; without a label it is called by its icon. */
export type HeaderAction = NonNullable<HeaderOption['leftAction']> & Labelled;
export type Header = HeaderOption & { title?: { level?: 1 | 2 | 3 | 4 | 5 | 6 }; leftAction?: Labelled; rightAction?: Labelled };
export type Thread = ThreadOption & { diagrams?: boolean };
/** A heading, and a line below it. */
export interface Greeting {
  title?: string;
  description?: string;
}
export type StartScreen = Omit<StartScreenOption, 'greeting'> & { greeting?: string | Greeting };

type Defined<T, K extends keyof T> = T & { [P in K]-?: NonNullable<T[P]> };

/** Checked options. Sections that are read everywhere are always there. */
export interface Options
  extends Defined<Omit<ChatKitOptions, 'theme' | 'locale' | 'api' | 'header' | 'thread' | 'startScreen'>, 'history' | 'threadItemActions' | 'composer' | 'entities' | 'widgets'> {
  api: ApiOption;
  theme: Theme;
  header: Header;
  thread: Thread;
  startScreen: StartScreen;
  locale?: string;
}

const isText = (value: unknown): boolean => typeof value === 'string';
const isObject = isRecord;
const isNumber = (value: unknown): boolean => typeof value === 'number';

const scheme = oneOf('light', 'dark', 'system');
const content = list(
  either(
    'an input_text or input_tag object',
    [(value) => isRecord(value) && value.type === 'input_text', shape({ type: text, text: string })],
    [(value) => isRecord(value) && value.type === 'input_tag', shape({ type: text, text: string, id: text }, { group: string, data: anything, interactive: boolean })],
  ),
);

const theme = either('"light", "dark", "system" or an object', [isText, scheme], [
  isObject,
  shape({}, {
    colorScheme: scheme,
    radius: oneOf('pill', 'round', 'soft', 'sharp'),
    density: oneOf('compact', 'normal', 'spacious'),
    typography: shape({}, {
      baseSize: oneOf(14, 15, 16, 17, 18),
      fontFamily: text,
      fontFamilyMono: text,
      fontSources: list(shape({ family: text, src: text }, {
        weight: either('a string or a number', [isText, string], [isNumber, number()]),
        style: oneOf('normal', 'italic', 'oblique'),
        display: oneOf('auto', 'block', 'swap', 'fallback', 'optional'),
        unicodeRange: string,
      })),
    }),
    color: shape({}, {
      grayscale: shape({ hue: number(0, 360), tint: number(0, 9) }, { shade: number(-4, 4) }),
      accent: shape({ primary: text, level: oneOf(0, 1, 2, 3) }),
      surface: shape({ background: text, foreground: text }),
    }),
  }),
]);

const way = { domainKey: string, fetch: callback, transport: oneOf('http', 'websocket') };
const api = either(
  'an object with "url" (your own server) or "getClientSecret" (hosted mode)',
  [(value) => isRecord(value) && value.getClientSecret !== undefined, shape({ getClientSecret: callback }, { ...way, url: text, uploadStrategy: anything })],
  [(value) => isRecord(value) && value.url !== undefined, shape({ url: text }, {
    ...way,
    uploadStrategy: either(
      '{type: "two_phase"} or {type: "direct", uploadUrl}',
      [(value) => isRecord(value) && value.type === 'two_phase', shape({ type: text })],
      [(value) => isRecord(value) && value.type === 'direct', shape({ type: text, uploadUrl: text })],
    ),
  })],
);

const headerAction = shape({ icon: text, onClick: callback }, { label: text });
const options: Validator = shape({ api }, {
  locale: string,
  theme,
  frameTitle: string,
  initialThread: nullable(text),
  onClientTool: callback,
  header: shape({}, {
    enabled: boolean,
    title: shape({}, { enabled: boolean, text: string, level: number(1, 6) }),
    leftAction: headerAction,
    rightAction: headerAction,
  }),
  history: shape({}, { enabled: boolean, showDelete: boolean, showRename: boolean }),
  startScreen: shape({}, {
    greeting: either('a string or {title, description}', [isText, string], [isObject, shape({}, { title: string, description: string })]),
    prompts: list(shape({ label: text, prompt: either('a string or an array of content', [isText, string], [Array.isArray, content]) }, { icon: text })),
  }),
  threadItemActions: shape({}, { feedback: boolean, retry: boolean }),
  composer: shape({}, {
    placeholder: string,
    attachments: shape({ enabled: boolean }, {
      maxSize: either('a number of bytes or an object of them by type', [isNumber, number(0)], [isObject, mapOf(number(0))]),
      maxCount: number(1),
      accept: mapOf(list(string)),
    }),
    tools: list(shape({ id: text, label: text, icon: text }, { shortLabel: string, placeholderOverride: string, pinned: boolean, persistent: boolean })),
    models: list(shape({ id: text, label: text }, { description: string, disabled: boolean, default: boolean })),
    dictation: shape({ enabled: boolean }),
  }),
  disclaimer: shape({ text: string }, { highContrast: boolean }),
  entities: shape({}, { onTagSearch: callback, showComposerMenu: boolean, onClick: callback, onRequestPreview: callback }),
  commands: shape({ enabled: boolean }, { onSearch: callback, onSelect: callback }),
  widgets: shape({}, { onAction: callback }),
  thread: shape({}, { autoScroll: boolean, diagrams: boolean }),
});

/** Where options told by tutorials' older spellings belong now. */
const olderSpellings: readonly (readonly [old: readonly string[], now: readonly string[]])[] = [
  [['apiURL'], ['api', 'url']],
  [['apiUrl'], ['api', 'url']],
  [['api', 'apiURL'], ['api', 'url']],
  [['newThreadView', 'greeting'], ['startScreen', 'greeting']],
  [['newThreadView', 'starterPrompts'], ['startScreen', 'prompts']],
  [['newThreadView', 'prompts'], ['startScreen', 'prompts']],
  [['startScreen', 'starterPrompts'], ['startScreen', 'prompts']],
  [['starterPrompts'], ['startScreen', 'prompts']],
];

function take(given: Record<string, unknown>, path: readonly string[]): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return undefined;
  const value = given[key];
  if (rest.length === 0) {
    Reflect.deleteProperty(given, key);
    return value;
  }
  if (!isRecord(value)) return undefined;
  const copy = { ...value };
  const taken = take(copy, rest);
  if (taken === undefined) return undefined;
  if (Object.keys(copy).length === 0) Reflect.deleteProperty(given, key);
  else given[key] = copy;
  return taken;
}

function give(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key, ...rest] = path;
  if (key === undefined) return;
  if (rest.length === 0) target[key] ??= value;
  else {
    const inner = isRecord(target[key]) ? { ...target[key] } : {};
    give(inner, rest, value);
    target[key] = inner;
  }
}

/** Prompts of older tutorials are `{name, prompt}`. */
function modernise(given: Record<string, unknown>, log: Log): Record<string, unknown> {
  const result = { ...given };
  for (const [old, now] of olderSpellings) {
    const value = take(result, old);
    if (value === undefined) continue;
    give(result, now, value);
    log('options.renamed', { option: old.join('.'), use: now.join('.') });
  }
  return result;
}

export type Log = (name: string, data?: Record<string, unknown>) => void;

/** Values the element's attributes give; options win over them. */
export interface Attributes {
  url?: string;
  'thread-id'?: string;
  placeholder?: string;
  theme?: string;
  locale?: string;
}

function withAttributes(given: Record<string, unknown>, attributes: Attributes): Record<string, unknown> {
  const result = { ...given };
  if (attributes.url !== undefined && result.api === undefined) result.api = { url: attributes.url };
  if (attributes['thread-id'] !== undefined) result.initialThread ??= attributes['thread-id'];
  if (attributes.placeholder !== undefined) give(result, ['composer', 'placeholder'], attributes.placeholder);
  if (attributes.theme !== undefined) result.theme ??= attributes.theme;
  if (attributes.locale !== undefined) result.locale ??= attributes.locale;
  return result;
}

/**
 * Checks options and fills in the sections that are read everywhere.
 *
 * @throws Error that names the path and what was expected there.
 */
export function readOptions(given: unknown, attributes: Attributes, log: Log): Options {
  if (!isRecord(given)) throw new Error('ChatKit options must be an object: setOptions({ api: { url: "/chatkit" } }).');
  const checked = withAttributes(modernise(given, log), attributes);
  const problems: Problems = { unknownKey: (path, known) => log('options.unknown', { option: path, known: [...known] }) };
  options(checked, '', problems);
  const read = checked as unknown as Partial<Options> & Pick<Options, 'api'> & { theme?: ColorScheme | 'system' | Theme };
  return {
    ...read,
    theme: typeof read.theme === 'string' ? { colorScheme: read.theme } : (read.theme ?? {}),
    header: read.header ?? {},
    history: read.history ?? {},
    startScreen: read.startScreen ?? {},
    threadItemActions: read.threadItemActions ?? {},
    composer: read.composer ?? {},
    entities: read.entities ?? {},
    widgets: read.widgets ?? {},
    thread: read.thread ?? {},
  };
}
