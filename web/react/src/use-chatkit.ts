/** The hook: options in, methods of the chat out. */
import type { ChatKitOptions, OpenAIChatKit } from '@openai/chatkit';
import { useMemo, useRef, type RefObject } from 'react';
import { handlerNames, type ChatKitEventHandlers } from './events.js';

/** The options of the published types, and what this element takes beyond them. */
export type Options = Omit<ChatKitOptions, 'api'> & { api: ChatKitOptions['api'] & { transport?: Transport | undefined } };

/** How requests go: each on its own over HTTP, or all over one web socket. */
export type Transport = 'http' | 'websocket';

export type UseChatKitOptions = Options & ChatKitEventHandlers;

/** What `<ChatKit control>` takes; also that of OpenAI's package. */
export interface ChatKitControl {
  setInstance: (instance: OpenAIChatKit | null) => void;
  options: ChatKitOptions;
  handlers: ChatKitEventHandlers;
}

const methodNames = [
  'focusComposer', 'setThreadId', 'sendUserMessage', 'setComposerValue', 'fetchUpdates', 'sendCustomAction', 'showHistory', 'hideHistory',
] as const;

export type ChatKitMethods = Pick<OpenAIChatKit, (typeof methodNames)[number]>;

export interface UseChatKitReturn extends ChatKitMethods {
  control: ChatKitControl;
  /** The element; null while it is not on the page. */
  ref: RefObject<OpenAIChatKit | null>;
}

/** Options and handlers of a chat, and its methods, which stay the same with every render. */
export function useChatKit(options: UseChatKitOptions): UseChatKitReturn {
  const ref = useRef<OpenAIChatKit | null>(null);
  const stable = useMemo(() => ({ methods: methodsOf(ref), setInstance: (instance: OpenAIChatKit | null) => void (ref.current = instance) }), []);
  const entries = Object.entries(options);
  const control: ChatKitControl = {
    setInstance: stable.setInstance,
    options: Object.fromEntries(entries.filter(([name]) => !handlerNames.has(name))) as unknown as ChatKitOptions,
    handlers: Object.fromEntries(entries.filter(([name]) => handlerNames.has(name))),
  };
  return { ...stable.methods, control, ref };
}

/** The chat's methods for whoever holds the reference. Without a chat on the page they warn and do nothing. */
function methodsOf(ref: RefObject<OpenAIChatKit | null>): ChatKitMethods {
  const call = (name: keyof ChatKitMethods) => async (...args: unknown[]): Promise<void> => {
    if (ref.current === null) console.warn(`${name} did nothing: <ChatKit> is not on the page.`);
    else await (ref.current[name] as (...given: unknown[]) => Promise<void>)(...args);
  };
  return Object.fromEntries(methodNames.map((name) => [name, call(name)])) as unknown as ChatKitMethods;
}
