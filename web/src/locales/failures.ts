/** What to say about a failure to who chats: what happened, and what to do. What developers are told stands behind "Details". */
import type { ChatKitError } from '../core/errors';
import type { Messages } from './index';

type Words = Messages['failure'];

const byCode: Readonly<Record<string, keyof Words>> = {
  stopped: 'stopped',
  'stream.error': 'unknown', custom: 'unknown', interrupted: 'interrupted', network: 'network', endpoint: 'endpoint', options: 'endpoint', busy: 'busy',
  session: 'session', 'auth.required': 'session', 'http.401': 'session', 'auth.forbidden': 'forbidden', 'http.403': 'forbidden',
  not_found: 'gone', 'rate.limited': 'tooMany', 'http.429': 'tooMany', 'request.too_large': 'tooLarge', 'http.413': 'tooLarge', 'message.too_long': 'tooLarge',
};

interface Told {
  readonly code?: string;
  readonly status?: number | undefined;
  /** Of the application, for who chats. */
  readonly message: string | null;
}

export function wordsFor({ code = '', status = 0, message }: Told, words: Words): string {
  return message ?? words[byCode[code] ?? (status >= 500 ? 'server' : 'failed')];
}

/** The same for what was thrown: only what an application says to who chats is said to them. */
export function wordsOf(error: unknown, words: Words): string {
  const { code, status, told, message } = error as Partial<ChatKitError>;
  return wordsFor({ ...(code === undefined ? {} : { code }), status, message: told === true ? message ?? null : null }, words);
}
