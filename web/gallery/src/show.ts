/** Puts a state on show: a new element in the given place, its options from the fixture, then the fixture's steps. */
import type { State } from './fixtures';
import { registerOwn } from './own';
import type { Place } from './place';
import { answerBrowser } from './sending';
import { MockServer, type Asked } from './server';
import { play, until } from './steps';

type Json = Record<string, unknown>;
export type Chat = HTMLElement & { setOptions(options: unknown): void; fetchUpdates(): Promise<void> };

export interface Shown {
  readonly element: Chat;
  readonly server: MockServer;
  /** When all steps are done. Rejects with why they could not be; never when the state was left. */
  readonly done: Promise<void>;
  /** Takes another look at the place: colours, language and the like, without losing what is on show. */
  restyle(place: Place): void;
  leave(): void;
}

export function show(state: State, place: Place, into: HTMLElement, onAsked: (asked: Asked) => void): Shown {
  // Drafts of one state are not those of another.
  localStorage.clear();
  sessionStorage.clear();
  const server = new MockServer(state, place.bare);
  server.onAsked = onAsked;
  const control = new AbortController();
  const element = document.createElement('openai-chatkit') as Chat;
  for (const [name, value] of Object.entries(state.attributes ?? {})) element.setAttribute(name, value);
  for (const [slot, text] of Object.entries(state.slots ?? {})) element.append(slotted(slot, text));
  if (sentByBrowser(state)) answerBrowser(server, endpoint());
  const silence = microphone(state);
  const restyle = (now: Place): void => {
    if (state.configured !== false) element.setOptions(optionsOf(state, now, server));
  };
  const start = async (): Promise<void> => {
    await customElements.whenDefined('openai-chatkit');
    if (control.signal.aborted) return;
    const ready = new Promise((resolve) => element.addEventListener('chatkit.ready', resolve, { once: true }));
    into.replaceChildren(element);
    restyle(place);
    if (state.configured !== false) await ready;
    await settled(element, state, control.signal);
    await play(element, state.steps ?? [], control.signal);
  };
  const done = start().catch((error: unknown) => {
    if (!control.signal.aborted) throw error;
  });
  return {
    element,
    server,
    done,
    restyle,
    leave: () => {
      control.abort();
      server.close();
      silence();
      element.remove();
    },
  };
}

void registerOwn();

/** What the page puts into the element: for all answers a template, which is copied. */
function slotted(slot: string, text: string): HTMLElement {
  const child = document.createElement(slot === 'start-screen' ? 'p' : 'button');
  child.textContent = text;
  child.className = 'slotted';
  if (slot !== 'message-actions') {
    child.slot = slot;
    return child;
  }
  child.setAttribute('part', 'own-action');
  child.dataset.action = 'own';
  const template = document.createElement('template');
  template.slot = slot;
  template.content.append(child);
  return template;
}

/** When the thread has been loaded and its widgets, which are a chunk of their own, are there. */
async function settled(element: HTMLElement, state: State, signal: AbortSignal): Promise<void> {
  const endless = Object.values(state.faults ?? {}).includes('never');
  const look = (selector: string): Element | null | undefined => element.shadowRoot?.querySelector(selector);
  await until(() => look('[part=root]') ?? null, 'the element', signal);
  if (!endless) await until(() => (look('.skeleton') ?? look('.widget-loading')) == null || null, 'the thread', signal);
}

// --- options -----------------------------------------------------------------------------------------------------------

const endpoint = (): string => new URL('chatkit-endpoint', document.baseURI).href;

/** How far an upload is, nobody is told who brings a `fetch` of his own. */
const sentByBrowser = ({ uploads }: State): boolean => uploads?.some((outcome) => typeof outcome === 'number') === true;

function optionsOf(state: State, place: Place, server: MockServer): Json {
  const { theme = {}, ...given } = (state.options ?? {}) as { theme?: Json; entities?: Json };
  return {
    api: { url: endpoint(), ...(sentByBrowser(state) ? {} : { fetch: server.fetch }) },
    locale: place.locale,
    initialThread: server.threadId,
    onClientTool: () => (state.tool === 'never' || state.tool === undefined ? new Promise(() => undefined) : state.tool),
    widgets: { onAction: () => Promise.resolve() },
    ...given,
    ...composing(state, given.entities ?? {}),
    ...headerOf(given as { header?: Json }),
    theme: themeOf(theme, place),
  };
}

function themeOf(theme: Json, place: Place): Json {
  const color = (theme.color ?? {}) as Json;
  return {
    ...theme,
    colorScheme: theme.colorScheme ?? schemeOf(place),
    ...(place.density === null ? {} : { density: place.density }),
    ...(place.radius === null ? {} : { radius: place.radius }),
    color: place.accent === null ? color : { ...color, accent: { primary: place.accent, level: 2 } },
  };
}

export function schemeOf({ scheme }: Place): 'light' | 'dark' {
  if (scheme !== 'system') return scheme;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

/** JSON has no functions: header actions do nothing here. */
function headerOf({ header }: { header?: Json }): Json {
  if (header === undefined) return {};
  const actions = ['leftAction', 'rightAction'].filter((name) => name in header);
  return { header: { ...header, ...Object.fromEntries(actions.map((name) => [name, { ...(header[name] as Json), onClick: () => undefined }])) } };
}

/** Mentions and commands out of the fixture's lists. */
function composing(state: State, entities: Json): Json {
  const matching = (all: readonly Json[], key: string, query: string): Json[] =>
    all.filter((each) => String(each[key]).toLowerCase().includes(query.toLowerCase()));
  const { entities: known, commands } = state;
  return {
    ...(known === undefined ? {} : {
      entities: {
        ...entities,
        onTagSearch: (query: string) => Promise.resolve(matching(known, 'title', query)),
        onClick: () => undefined,
        ...(state.preview === undefined ? {} : { onRequestPreview: () => Promise.resolve({ preview: state.preview }) }),
      },
    }),
    ...(commands === undefined ? {} : {
      commands: {
        enabled: true,
        onSearch: (query: string) => Promise.resolve(matching(commands, 'label', query)),
        onSelect: (command: Json) => Promise.resolve(commands.find(({ id }) => id === command.id)?.opens),
      },
    }),
  };
}

/** A microphone that hears a tone, or that may not be used. Gives the way back. */
function microphone({ microphone: kind }: State): () => void {
  if (kind === undefined) return () => undefined;
  const devices = navigator.mediaDevices;
  const before = Object.getOwnPropertyDescriptor(devices, 'getUserMedia');
  const context = kind === 'tone' ? new AudioContext() : null;
  const listen = (): Promise<MediaStream> => {
    if (context === null) return Promise.reject(new DOMException('denied', 'NotAllowedError'));
    const destination = context.createMediaStreamDestination();
    const tone = context.createOscillator();
    tone.connect(destination);
    tone.start();
    return Promise.resolve(destination.stream);
  };
  Object.defineProperty(devices, 'getUserMedia', { configurable: true, value: listen });
  return () => {
    if (before === undefined) Reflect.deleteProperty(devices, 'getUserMedia');
    else Object.defineProperty(devices, 'getUserMedia', before);
    void context?.close();
  };
}
