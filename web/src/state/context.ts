/** What every part of the shell reaches through Preact's context. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { ReadonlySignal, Signal } from '@preact/signals';
import type { Chat } from '../core/chat';
import type { Options } from '../core/options';
import type { OwnRenderers } from '../core/own-renderers';
import type { Messages } from '../locales';
import type { PictureRule } from '../markdown';
import type { Announcer } from './announcer';
import type { ComposerModel } from './composer-model';
import type { Slots } from './slots';
import type { Store } from './store';

export interface Shell {
  readonly chat: Chat;
  readonly store: Store;
  readonly options: ReadonlySignal<Options | null>;
  readonly messages: ReadonlySignal<Messages>;
  /** Whether `messages` are those to stay: a conversation is not drawn in English only to be drawn anew. */
  readonly worded: ReadonlySignal<boolean>;
  /** The language tag of `messages`: English until those of `locale` are loaded. */
  readonly language: ReadonlySignal<string>;
  /** What was asked for. */
  readonly wanted: ReadonlySignal<string>;
  readonly direction: ReadonlySignal<'ltr' | 'rtl'>;
  /** For `Intl`: the rules that go with `messages`. */
  readonly locale: ReadonlySignal<string>;
  readonly colorScheme: ReadonlySignal<'light' | 'dark'>;
  readonly composer: ComposerModel;
  readonly announcer: Announcer;
  readonly historyOpen: Signal<boolean>;
  /** The element has no server to talk to. */
  readonly unconfigured: ReadonlySignal<boolean>;
  showHistory(): void;
  hideHistory(): void;
  /** Opens a thread on the user's behalf: unlike the element's method it may leave an answer that is still coming. */
  openThread(threadId: string | null): void;
  /** whether a picture loads that the server has written */
  allowImage(url: string): boolean;
  /** what becomes of pictures in the model's text */
  readonly pictureRule: (url: string) => PictureRule;
  deepLink(name: string, data: Record<string, string>): void;
  /** What the page draws in this element. */
  readonly renderers: OwnRenderers;
  /** What the page has put beside messages. */
  readonly slots: ReadonlySignal<Slots>;
  /** A button of the page's own, beside a message, was pressed. */
  messageAction(name: string, itemId: string): void;
}

const Context = createContext<Shell | null>(null);
export const ShellProvider = Context.Provider;

export function useShell(): Shell {
  const shell = useContext(Context);
  if (shell === null) throw new Error('A part of the shell was rendered outside of it.');
  return shell;
}

export function useMessages(): Messages {
  return useShell().messages.value;
}
