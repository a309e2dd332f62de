/** The component: `<openai-chatkit>` with options and handlers as properties. */
import type { ChatKitOptions, OpenAIChatKit } from '@openai/chatkit';
import { createElement, forwardRef, useCallback, useEffect, useLayoutEffect, useRef, useState, type ForwardedRef, type HTMLAttributes } from 'react';
import { handlerNames, tell, type ChatKitEventHandlers } from './events.js';
import { follow } from './thread.js';
import type { ChatKitControl, Options, Transport } from './use-chatkit.js';

const tag = 'openai-chatkit';

/** What a chat needs when no hook gives it: where its server is, and what is set most often. */
export interface PlainProps {
  /** The endpoint of your server, as `/chatkit`. */
  apiUrl: string;
  /** The thread on show, null for a new one. It is followed when it changes, after an answer that is under way. */
  threadId?: string | null | undefined;
  /** How requests go there: over HTTP unless it says otherwise. */
  transport?: Transport | undefined;
  /** The words in the empty message field. */
  placeholder?: string | undefined;
  theme?: ChatKitOptions['theme'] | 'system' | undefined;
  locale?: ChatKitOptions['locale'] | undefined;
  /** Any other option; the properties beside it win. */
  options?: Partial<Options> | undefined;
}

type Attributes = Omit<HTMLAttributes<OpenAIChatKit>, keyof ChatKitEventHandlers | keyof PlainProps>;
type Never<T> = { [K in keyof T]?: undefined };

export type ChatKitProps = Attributes & ({ control: ChatKitControl } & Never<PlainProps> & Never<ChatKitEventHandlers> | PlainProps & ChatKitEventHandlers & { control?: undefined });

const plainNames: ReadonlySet<string> = new Set<keyof PlainProps | 'control'>(['apiUrl', 'transport', 'threadId', 'placeholder', 'theme', 'locale', 'options', 'control']);

export const ChatKit = forwardRef<OpenAIChatKit, ChatKitProps>(function ChatKit(props, forwarded) {
  const { options, handlers, attributes } = read(props);
  const element = useRef<OpenAIChatKit | null>(null);
  const setInstance = props.control?.setInstance;
  const latest = useRef({ options, handlers });
  const [problem, setProblem] = useState<Error | null>(null);

  const attach = useCallback((instance: OpenAIChatKit | null) => {
    element.current = instance;
    setInstance?.(instance);
    give(forwarded, instance);
  }, [setInstance, forwarded]);

  useLayoutEffect(() => void (latest.current = { options, handlers }));
  // In this order: who listens is there before there is anything to tell.
  useEffect(() => {
    const listening = new AbortController();
    if (element.current !== null) tell(element.current, () => latest.current.handlers, listening.signal);
    return () => listening.abort();
  }, []);
  useOptions(element, options, setProblem);
  useThread(element, props.threadId, setProblem);

  // A wrong option is an error of the component, so that an error boundary gets it.
  if (problem !== null) throw problem;
  return createElement(tag, { ...attributes, ref: attach });
});

type Held = { readonly current: OpenAIChatKit | null };
type OnProblem = (error: Error) => void;

/** Gives the element its options once its script has run, and whenever one of them is another. */
function useOptions(element: Held, options: ChatKitOptions, onProblem: OnProblem): void {
  const given = useRef<ChatKitOptions | null>(null);
  const wanted = given.current !== null && isSame(given.current, options) ? given.current : options;
  useEffect(() => {
    let wants = true;
    const set = (): void => {
      if (!wants || element.current === null) return;
      try {
        element.current.setOptions(wanted);
        given.current = wanted;
      } catch (error) {
        onProblem(asError(error));
      }
    };
    if (customElements.get(tag) !== undefined) set();
    else void customElements.whenDefined(tag).then(set);
    return () => {
      wants = false;
    };
  }, [wanted, element, onProblem]);
}

/** Shows another thread when the property says so; the first one is an option. */
function useThread(element: Held, threadId: string | null | undefined, onProblem: OnProblem): void {
  const shown = useRef<string | null | undefined>(threadId);
  useEffect(() => {
    const listening = new AbortController();
    element.current?.addEventListener('chatkit.thread.change', (event) => void (shown.current = event.detail.threadId), { signal: listening.signal });
    return () => listening.abort();
  }, [element]);
  useEffect(() => {
    const chat = element.current;
    if (threadId === undefined || threadId === shown.current || chat === null || customElements.get(tag) === undefined) return undefined;
    const leaving = new AbortController();
    follow(chat, threadId, () => shown.current, leaving.signal).catch((error: unknown) => onProblem(asError(error)));
    return () => leaving.abort();
  }, [threadId, element, onProblem]);
}

function read(props: ChatKitProps): { options: ChatKitOptions; handlers: ChatKitEventHandlers; attributes: Record<string, unknown> } {
  const { className, ...rest } = props;
  const attributes = Object.fromEntries(Object.entries(rest).filter(([name]) => !plainNames.has(name) && !handlerNames.has(name)));
  // React 18 takes `className` of a custom element for an attribute of that name.
  if (className !== undefined) attributes.class = className;
  if (props.control !== undefined) return { options: props.control.options, handlers: props.control.handlers, attributes };
  return { options: optionsOf(props), handlers: Object.fromEntries(Object.entries(rest).filter(([name]) => handlerNames.has(name))), attributes };
}

function optionsOf({ apiUrl, transport, threadId, placeholder, theme, locale, options = {} }: PlainProps): ChatKitOptions {
  return {
    ...options,
    // The element wants no key for a domain; the published types do.
    api: { domainKey: 'self-hosted', ...options.api, ...(transport === undefined ? {} : { transport }), url: apiUrl },
    ...(threadId === undefined ? {} : { initialThread: threadId }),
    ...(placeholder === undefined ? {} : { composer: { ...options.composer, placeholder } }),
    ...(theme === undefined ? {} : { theme }),
    ...(locale === undefined ? {} : { locale }),
  } as ChatKitOptions;
}

/** Options are written anew with every render: those that say the same are not given again. Functions may be new ones. */
function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || Array.isArray(a) !== Array.isArray(b)) return false;
  const [one, other] = [Object.entries(a), Object.entries(b)];
  return one.length === other.length && one.every(([name, value]) => Object.hasOwn(b, name) && isSame(value, (b as Record<string, unknown>)[name]));
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

function give(ref: ForwardedRef<OpenAIChatKit>, instance: OpenAIChatKit | null): void {
  if (typeof ref === 'function') ref(instance);
  else if (ref !== null) ref.current = instance;
}
