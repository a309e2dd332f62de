/**
 * Compile-time proof that the element has the published interface. `implements` alone is not enough: methods are bivariant in
 * their parameters, so a method that takes less than it should would pass.
 */
import type { Attachment, ChatKitEvents, ChatKitOptions, Entity, HeaderOption, OpenAIChatKit, StartScreenOption, ThemeOption, ThreadOption, ToolChoice, UserMessageContent } from '@openai/chatkit';
import type { Detail, EventName, OwnEvents } from '../src/core/chat';
import type { Header, HeaderAction, Options, StartScreen, Theme, Thread } from '../src/core/options';
import type { ThreadItem } from '../src/core/protocol.generated';
import type { OpenAIChatKitElement } from '../src/element';

// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- how equality of types is told
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Same<K extends keyof OpenAIChatKit & keyof OpenAIChatKitElement> = Equal<
  OpenAIChatKit[K] extends (...args: infer A) => infer R ? [A, R] : never,
  OpenAIChatKitElement[K] extends (...args: infer A) => infer R ? [A, R] : never
>;

/** Every method beyond those of any element, by name; a new one in the published types fails here. */
type Own = Exclude<keyof OpenAIChatKit, keyof HTMLElement>;
type Expected =
  | 'setOptions' | 'focusComposer' | 'setThreadId' | 'sendCustomAction' | 'sendUserMessage' | 'setComposerValue'
  | 'showHistory' | 'hideHistory' | 'fetchUpdates';

export const namesAreKnown: Equal<Own, Expected> = true;
export const parametersAreEqual: { [K in Expected]: Same<K> } = {
  setOptions: true,
  focusComposer: true,
  setThreadId: true,
  sendCustomAction: true,
  sendUserMessage: true,
  setComposerValue: true,
  showHistory: true,
  hideHistory: true,
  fetchUpdates: true,
};

/** The parameters written out: what they were when the element was written against them. */
interface Written {
  setOptions: [options: ChatKitOptions];
  focusComposer: [];
  setThreadId: [threadId: string | null];
  sendCustomAction: [action: { type: string; payload?: Record<string, unknown> }, itemId?: string | undefined];
  sendUserMessage: [params: {
    text?: string; content?: UserMessageContent[]; reply?: string; attachments?: Attachment[]; newThread?: boolean; toolChoice?: ToolChoice; model?: string;
  }];
  setComposerValue: [params: {
    text?: string; content?: UserMessageContent[]; reply?: string; attachments?: Attachment[]; files?: File[]; selectedToolId?: string | null; selectedModelId?: string;
  }];
  showHistory: [];
  hideHistory: [];
  fetchUpdates: [];
}
type Takes<K extends Expected> = Equal<Parameters<OpenAIChatKitElement[K]>, Written[K]>;
export const parametersAreThese: { [K in Expected]: Takes<K> } = {
  setOptions: true,
  focusComposer: true,
  setThreadId: true,
  sendCustomAction: true,
  sendUserMessage: true,
  setComposerValue: true,
  showHistory: true,
  hideHistory: true,
  fetchUpdates: true,
};

/* eslint-disable @typescript-eslint/no-invalid-void-type -- as the events have it */
/** What each event carries, written out, and what the element emits: both are what is published. */
interface Details {
  'chatkit.ready': void;
  'chatkit.error': { error: Error };
  'chatkit.effect': { name: string; data?: Record<string, unknown> };
  'chatkit.deeplink': { name: string; data?: Record<string, unknown> };
  'chatkit.response.start': void;
  'chatkit.response.end': void;
  'chatkit.history.open': void;
  'chatkit.history.close': void;
  'chatkit.thread.change': { threadId: string | null };
  'chatkit.thread.load.start': { threadId: string };
  'chatkit.thread.load.end': { threadId: string };
  'chatkit.tool.change': { toolId: string | null };
  'chatkit.log': { name: string; data?: Record<string, unknown> };
}
/* eslint-enable @typescript-eslint/no-invalid-void-type */
type Published<K extends keyof ChatKitEvents> = ChatKitEvents[K] extends CustomEvent<infer D> ? D : never;
type SameDetail<K extends keyof Details> = Equal<[Published<K>, Detail<K>], [Details[K], Details[K]]>;
export const eventsAreKnown: Equal<keyof ChatKitEvents, keyof Details> = true;
export const ownEventsAreKnown: Equal<Exclude<EventName, keyof ChatKitEvents>, keyof OwnEvents> = true;
export const detailsAreEqual: { [K in keyof Details]: SameDetail<K> } = {
  'chatkit.ready': true,
  'chatkit.error': true,
  'chatkit.effect': true,
  'chatkit.deeplink': true,
  'chatkit.response.start': true,
  'chatkit.response.end': true,
  'chatkit.history.open': true,
  'chatkit.history.close': true,
  'chatkit.thread.change': true,
  'chatkit.thread.load.start': true,
  'chatkit.thread.load.end': true,
  'chatkit.tool.change': true,
  'chatkit.log': true,
};
/** A listener on the element is told the event's own type, and can be taken away again. */
export function listens<K extends keyof ChatKitEvents>(element: OpenAIChatKitElement, type: K, listener: (event: ChatKitEvents[K]) => void): void {
  element.addEventListener<K>(type, listener, { once: true });
  element.removeEventListener<K>(type, listener);
}

/** Every option is what is published; where the element takes more, what is published is all there and unchanged. */
type SameOption<K extends keyof ChatKitOptions & keyof Options> = Equal<NonNullable<Options[K]>, NonNullable<ChatKitOptions[K]>>;
type Title = NonNullable<HeaderOption['title']>;
type Extended = 'api' | 'theme' | 'header' | 'thread' | 'startScreen' | 'locale';
export const optionsAreKnown: Equal<keyof ChatKitOptions, keyof Options> = true;
export const optionsAreEqual: { [K in Exclude<keyof ChatKitOptions, Extended>]: SameOption<K> } = {
  frameTitle: true,
  initialThread: true,
  onClientTool: true,
  history: true,
  threadItemActions: true,
  composer: true,
  disclaimer: true,
  entities: true,
  commands: true,
  widgets: true,
};
type WithoutTransport<T> = T extends unknown ? Omit<T, 'transport'> : never;
export const apiIsMore: Equal<WithoutTransport<Options['api']>, WithoutTransport<ChatKitOptions['api']>> = true;
export const themeIsEqual: Equal<Omit<Theme, 'colorScheme'>, Omit<ThemeOption, 'colorScheme'>> = true;
export const schemesAreMore: Equal<Exclude<NonNullable<Theme['colorScheme']>, 'system'>, NonNullable<ThemeOption['colorScheme']>> = true;
type Actions = 'leftAction' | 'rightAction';
type Action = NonNullable<HeaderOption['leftAction']>;
export const headerIsEqual: Equal<Omit<Header, 'title' | Actions>, Omit<HeaderOption, 'title' | Actions>> = true;
export const actionsAreMore: Equal<{ [K in keyof Action]: HeaderAction[K] }, { [K in keyof Action]: Action[K] }> = true;
export const titleIsMore: Equal<{ [K in keyof Title]: NonNullable<Header['title']>[K] }, { [K in keyof Title]: Title[K] }> = true;
export const startScreenIsMore: Equal<Omit<StartScreen, 'greeting'>, Omit<StartScreenOption, 'greeting'>> = true;
export const threadIsMore: Equal<Omit<Thread, 'diagrams'>, ThreadOption> = true;
export const anyLocaleIsTaken = (locale: NonNullable<ChatKitOptions['locale']>): NonNullable<Options['locale']> => locale;

/** What callbacks are called with. */
type Called<F> = F extends (...args: infer A) => unknown ? A : never;
type Entities = NonNullable<ChatKitOptions['entities']>;
export const callbacksAreEqual: [
  Equal<Called<NonNullable<Options['onClientTool']>>, [toolCall: { name: string; params: Record<string, unknown> }]>,
  Equal<Called<NonNullable<Options['entities']['onTagSearch']>>, [query: string]>,
  Equal<Called<NonNullable<Options['entities']['onClick']>>, [entity: Entity]>,
  Equal<Called<NonNullable<Options['entities']['onRequestPreview']>>, Called<NonNullable<Entities['onRequestPreview']>>>,
  Equal<Called<NonNullable<Options['widgets']['onAction']>>, Called<NonNullable<NonNullable<ChatKitOptions['widgets']>['onAction']>>>,
] = [true, true, true, true, true];

/** Our own events. */
export const ownDetails: Equal<Detail<'chatkit.message.sent' | 'chatkit.message.received'>, { item: ThreadItem }> = true;

// The whole of the options is taken, and an element is what the published types say an element is.
export const takesOptions = (element: OpenAIChatKitElement, options: ChatKitOptions): void => element.setOptions(options);
export const isPublished = (element: OpenAIChatKitElement): OpenAIChatKit => element;

/** Our own augmentation types the tag and its events without importing the package's. */
export function inThePage(): void {
  const element: OpenAIChatKit | null = document.querySelector('openai-chatkit');
  element?.addEventListener('chatkit.error', (event: ChatKitEvents['chatkit.error']) => event.detail.error.message);
  document.querySelector('open-chatkit')?.addEventListener('chatkit.message.sent', (event) => event.detail.item.id);
}
