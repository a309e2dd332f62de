/** What widget renderers share. A widget is data from a server: its fields are read through values.ts, never trusted. */
import type { ReadonlySignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { ActionConfig, WidgetRoot } from '../core/protocol.generated';
import type { OwnRenderers } from '../core/own-renderers';
import type { Messages } from '../locales';
import type { PictureRule } from '../markdown';

export type { ActionConfig, WidgetRoot } from '../core/protocol.generated';

/** Any component as it came from the wire. */
export interface WidgetNode {
  readonly type: string;
  readonly key?: string | null;
  readonly id?: string | null;
  readonly children?: unknown;
  readonly [field: string]: unknown;
}

/** What a widget may ask of the chat around it. */
export interface WidgetHost {
  /** Runs a server or client action for this widget item; resolves when done, rejects on failure (the host shows the error). */
  runAction(action: ActionConfig, payload: Record<string, unknown> | undefined): Promise<void>;
  /** the thread is streaming a response */
  responding: ReadonlySignal<boolean>;
  allowImage(url: string): boolean;
  /** the rules for pictures in Markdown; without them those that may not load are links */
  pictureRule?: (url: string) => PictureRule;
  colorScheme: ReadonlySignal<'light' | 'dark'>;
  messages: Messages;
  locale: string;
  /** e.g. a form key collision → `chatkit.error` event */
  reportError(error: Error): void;
  /** unknown component types and the like */
  log(name: string, data?: Record<string, unknown>): void;
  /** components that the page draws; those of all elements by default */
  renderers?: OwnRenderers;
  /** level of a `Title` and of `#` in a Markdown component; 3 by default, below the thread's own title */
  headingLevel?: number;
  /** What is kept for this item, also while its thread is not on show; made when there is nothing yet. */
  remembered?<T>(key: string, make: () => T): T;
  /** a `chatkit-link:` in a Markdown component was followed */
  onDeepLink?(name: string, data: Record<string, string>): void;
}

/** Renders one component. Children are rendered with `<Children of={node} />`. */
export type WidgetRenderer = (props: { node: WidgetNode }) => JSX.Element | null;

export interface WidgetProps {
  itemId: string;
  widget: WidgetRoot;
  host: WidgetHost;
}
