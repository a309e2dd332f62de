/**
 * What can go wrong between the element and its server. Each error says what to do and carries a stable code:
 *
 * | code | when |
 * |---|---|
 * | `options` | a wrong or missing option |
 * | `busy` | a method was called while a thread loads or a response streams |
 * | `network` | no answer: server down, no connection, or the browser refused it (CORS, mixed content) |
 * | `endpoint` | an answer that is not ChatKit's: no such route, a page instead of JSON or events |
 * | `interrupted` | the stream ended before the turn did, or was silent for too long |
 * | `stopped` | the user has stopped what was loading |
 * | `session` | the page's `getClientSecret` failed |
 * | anything else | the server's own code, from its JSON error or its `error` event |
 */
export class ChatKitError extends Error {
  readonly code: string;
  /** HTTP status, when there was an answer. */
  readonly status: number | undefined;
  /** Whether the same request may be tried again. */
  readonly retryable: boolean;
  /** The message is the application's own, for who chats. All others are for who builds the page. */
  readonly told: boolean;

  constructor(message: string, { code, status, retryable = false, told = false, cause }: { code: string; status?: number; retryable?: boolean; told?: boolean; cause?: unknown }) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ChatKitError';
    this.code = code;
    this.status = status;
    this.retryable = retryable;
    this.told = told;
  }
}

export function asError(value: unknown): Error {
  return value instanceof Error ? value : new Error(String(value));
}

/** Whether this is how an `AbortController`'s abort shows. */
export function isAbort(value: unknown): boolean {
  return value instanceof Error && value.name === 'AbortError';
}
