/**
 * A React application that a test mounts, gives options and takes down, as often as it likes. Everything goes through
 * `useChatKit` and `<ChatKit>` as they come from npm; what the hook returned last is at `react.chats`.
 */
import { ChatKit, useChatKit, type UseChatKitOptions, type UseChatKitReturn } from '@openai/chatkit-react';
import { Activity, StrictMode, useEffect, useRef, useState } from 'react';
import { createRoot, type Root } from 'react-dom/client';

interface Settings {
  /** In `<StrictMode>`. */
  strict?: boolean;
  /** In `<Activity>`, so that it can be hidden without being unmounted. */
  activity?: boolean;
  /** `className` of the component. */
  className?: string;
}

/** One chat, as the tests see it from outside. */
interface Mounted {
  root: Root;
  settings: Settings;
  options: UseChatKitOptions;
  hidden: boolean;
}

type Call = [name: string, detail: unknown];

const mounted = new Map<string, Mounted>();

function Chat({ name, options, className }: { name: string; options: UseChatKitOptions; className: string }) {
  const chat = useChatKit(options);
  const forwarded = useRef<HTMLElement | null>(null);
  const [count, setCount] = useState(0);
  react.renders[name] = (react.renders[name] ?? 0) + 1;
  react.again[name] = () => setCount(count + 1);
  useEffect(() => {
    react.chats[name] = chat;
    react.elements[name] = forwarded.current;
  });
  return (
    <ChatKit
      control={chat.control}
      ref={(element) => {
        forwarded.current = element;
      }}
      id={`chat-${name}`}
      className={className}
      data-count={count}
    />
  );
}

function show(name: string): void {
  const { root, settings, options, hidden } = found(name);
  let page = <Chat name={name} options={options} className={settings.className ?? 'chat'} />;
  if (settings.activity === true) page = <Activity mode={hidden ? 'hidden' : 'visible'}>{page}</Activity>;
  root.render(settings.strict === true ? <StrictMode>{page}</StrictMode> : page);
}

function found(name: string): Mounted {
  const chat = mounted.get(name);
  if (chat === undefined) throw new Error(`No chat named ${name} is mounted.`);
  return chat;
}

const react = {
  /** What `useChatKit` returned, by the chat's name. */
  chats: {} as Record<string, UseChatKitReturn>,
  /** What `<ChatKit ref>` was given. */
  elements: {} as Record<string, HTMLElement | null>,
  /** How often each chat has rendered. */
  renders: {} as Record<string, number>,
  /** Renders a chat anew with the same options. */
  again: {} as Record<string, () => void>,
  /** Calls of handlers made by `handlers`. */
  calls: [] as Call[],

  mount(name: string, options: UseChatKitOptions, settings: Settings = {}): void {
    const place = document.createElement('div');
    place.className = 'place';
    document.getElementById('app')?.append(place);
    mounted.set(name, { root: createRoot(place, { onUncaughtError }), settings, options, hidden: false });
    show(name);
  },

  /** Renders with other options. */
  update(name: string, options: UseChatKitOptions): void {
    found(name).options = options;
    show(name);
  },

  /** Hides or shows what is in `<Activity>`. */
  hide(name: string, hidden: boolean): void {
    found(name).hidden = hidden;
    show(name);
  },

  unmount(name: string): void {
    const { root } = found(name);
    mounted.delete(name);
    root.unmount();
  },

  /** Handlers that write their calls down, marked with `from` when it is given. */
  handlers(names: readonly string[], from = ''): Record<string, (detail?: unknown) => void> {
    const note = (name: string) => (detail?: unknown) => {
      react.calls.push([from + name, readable(detail)]);
    };
    return Object.fromEntries(names.map((name) => [name, note(name)]));
  },

  /** The details of a handler's calls so far. */
  details: (name: string): unknown[] => react.calls.filter(([called]) => called === name).map(([, detail]) => detail),
};

/** What nobody catches takes the chat off the page, as in any application. */
function onUncaughtError(error: unknown): void {
  react.calls.push(['uncaught', error instanceof Error ? error.message : String(error)]);
}

/** A detail that can leave the page: errors cannot. */
function readable(detail: unknown): unknown {
  if (typeof detail !== 'object' || detail === null || !('error' in detail)) return detail ?? null;
  return { error: detail.error instanceof Error ? detail.error.message : String(detail.error) };
}

declare global {
  interface Window {
    react: typeof react;
  }
}
window.react = react;
