/** What a conversation tells: the page through its host, the view through changes. */
import type { Api } from './http';
import type { ThreadItem } from './protocol.generated';

/** What happened, in the order in which the page is told. */
export interface ConversationHost {
  api(): Api;
  /** The page's client tool handler, if it has one. */
  clientTool(): ((call: { name: string; params: Record<string, unknown> }) => unknown) | undefined;
  /** Whether the thread is one that this page has had to do with. */
  isKnown(threadId: string): boolean;
  threadCreated(id: string): void;
  /** The server has runs, or has none. */
  live(has: boolean): void;
  /** What is known of that. */
  isLive(): boolean;
  responseStart(): void;
  responseEnd(): void;
  /** Nothing is going on any more. */
  rested(): void;
  effect(name: string, data: Record<string, unknown> | undefined): void;
  sent(item: ThreadItem): void;
  received(item: ThreadItem): void;
  error(error: Error): void;
  log(name: string, data?: Record<string, unknown>): void;
}

/**
 * What changed:
 * - `delta`: text was appended to a part of a message; nothing else
 * - `item`: one item, which stays where it is
 * - `list`: which items there are, or several of them; `id` when it is because of one that came
 * - `status`: thread metadata, progress, phase, failure, notices
 */
export type Change =
  | { kind: 'delta'; id: string; part: number; delta: string }
  | { kind: 'item'; id: string }
  | { kind: 'list'; id?: string }
  | { kind: 'status' };

export interface Notice {
  readonly id: number;
  readonly level: 'info' | 'warning' | 'danger';
  /** Null when it is `tools` that is to be told. */
  readonly message: string | null;
  readonly title: string | null;
  /** Tools that an answer had used which was replaced: what they did outside the chat stays. */
  readonly tools?: readonly string[];
  /** The item after which it was said. */
  readonly after: string | null;
}

/** Why something has to wait. */
export interface Trouble {
  /** The line to the server is lost, and will be found again; or another tab runs the client tool of that name. */
  readonly kind: 'line' | 'elsewhere';
  readonly name?: string;
  /** Does not wait for the next attempt. */
  readonly tryNow?: () => void;
}

/** Why the last turn or the load failed, shown in place. `retry` is there when trying again may help. */
export interface Failure {
  /** What the application says to who chats; null where the element has to find the words, by the code. */
  readonly message: string | null;
  /** What it says to who builds the page. */
  readonly detail: string | null;
  readonly code: string;
  /** HTTP status, when there was an answer. */
  readonly status?: number | undefined;
  readonly retry: (() => void) | null;
}

/** How the last answer ended, when it did not come to its end. `asked`: the message it was to answer. */
export interface Ending {
  readonly kind: 'stopped' | 'incomplete' | 'unanswered';
  /** Some of the answer is there. */
  readonly begun: boolean;
  readonly asked: string | null;
}

export type Phase = 'idle' | 'loading' | 'responding' | 'tool';

export interface Action {
  readonly type: string;
  readonly payload?: unknown;
}
