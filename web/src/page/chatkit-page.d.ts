/**
 * Helpers for the page around `<openai-chatkit>`. Opt-in: the element needs none of them.
 *
 *     import { askOnSelection, chatKitReady, fetchWithPage } from '/chatkit-page.js';
 *
 * One module without dependencies, served beside `chatkit.js`. It makes no request of its own.
 */

/** What the page says of itself. Every text is cut to a fixed length. */
export interface PageContext {
  /** The address without user, query and fragment, where secrets are; at most 1,000 characters. Empty unless it is http(s). */
  url: string;
  /** The path of the address, at most 500 characters. */
  path: string;
  /** The document's title, at most 200 characters. */
  title: string;
  /** `<meta name="description">`, at most 500 characters; empty without one. */
  description: string;
  /** The first 30 visible headings of levels 1 to 3, outside the chat and outside `[data-chatkit-private]`. */
  headings: PageHeading[];
}

export interface PageHeading {
  level: 1 | 2 | 3;
  /** At most 120 characters. */
  text: string;
}

export interface PageContextOptions {
  /** Names of query parameters that are no secret and say what the page shows. All others are left out of `url`. */
  query?: readonly string[];
  /** The part of the page whose headings count. Default: all of it. */
  root?: ParentNode;
}

/** Reads the page as it stands now. */
export function pageContext(options?: PageContextOptions): PageContext;

export interface FetchWithPageOptions extends PageContextOptions {
  /** What sends the requests. Default: the page's `fetch`. */
  fetch?: typeof fetch;
  /**
   * What is sent in place of `pageContext(options)`: whatever is JSON. Called for each request that starts an answer. When it
   * fails, the error is reported to the page (`window.onerror`) and the message goes out without it.
   */
  context?: () => unknown;
}

/**
 * A `fetch` for the option `api.fetch`, which adds the page's context to each request that starts an answer, as
 * `metadata.page`. Other requests pass as they are. A `metadata.page` that is there already stays.
 *
 * Make it once, not with every render.
 */
export function fetchWithPage(options?: FetchWithPageOptions): typeof fetch;

export interface AskOptions {
  /** The chat: the element, or a selector that is looked up when it is needed. Default: the first on the page. */
  chat?: Element | string;
  /** Only text inside elements that match this selector gets the button. Default: all text outside the chat. */
  within?: string;
  /**
   * Where the text goes: `quote` puts it above the message field, as a reply does, and keeps what is being typed; `draft` puts
   * it into the message field in place of what is there. Default: `quote`.
   */
  as?: 'quote' | 'draft';
  /** The button's text. Default: `Ask`. */
  label?: string;
  /** What screen readers say when the button first appears. Default: `Press Tab to ask about the selected text`. */
  hint?: string;
  /** The longest text, in characters; what is longer is cut. Default: 2,000. */
  maxLength?: number;
  /** Runs before the text is handed over, for example to open the panel that the chat is in. */
  beforeAsk?: () => void | Promise<void>;
}

export interface AskButton {
  /** The button's host, with `part="button"` in its shadow root. */
  readonly host: HTMLElement;
  /** Takes the button and its listeners off the page. */
  destroy(): void;
}

/**
 * Shows a button beside text that the user selects on the page; it hands the text to the chat's composer and never sends it.
 *
 * Reachable by Tab as long as text is selected, left by Tab, Shift+Tab or Escape. It has the chat's colours and font. Text in
 * form fields, in `[contenteditable]` and in `[data-chatkit-private]` gets no button.
 */
export function askOnSelection(options?: AskOptions): AskButton;

/**
 * Waits until the element's script has run; resolves with the element's class.
 *
 * Rejects with an `Error` that says whether the script is missing or did not run when it takes longer than `timeout`
 * milliseconds (default 10,000).
 */
export function chatKitReady(options?: { timeout?: number }): Promise<CustomElementConstructor>;
