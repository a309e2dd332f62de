/** Who the chat speaks as, and with which server: a secret and the way there. */
import type { CustomApiConfig } from '@openai/chatkit';
import { ChatKitError } from './errors';
import { ClientSecret, HttpApi, type Api, type ApiContext } from './http';
import type { ApiOption } from './options';

/** What conversations of one session are held with stays theirs: nothing of it gets to the server of another. */
export class Session {
  /** The server has runs. */
  live = false;
  readonly #secret = new ClientSecret();
  #config: ApiOption | null = null;
  #api: Api | null = null;

  constructor(private readonly context: ApiContext, private readonly scriptUrl: string) {}

  /** Whether it goes on with this configuration. */
  takes(config: ApiOption): boolean {
    const before = this.#config;
    return before === null || (this.#endpoint(before) === this.#endpoint(config) && isSameSecret(before, config));
  }

  configure(config: ApiOption): void {
    if (this.#config === null || !isSameApi(config, this.#config)) {
      this.#api = new HttpApi(config, this.context, { scriptUrl: this.scriptUrl, secret: this.#secret });
    }
    this.#config = config;
  }

  api(): Api {
    if (this.#api === null) throw new ChatKitError('ChatKit has no options yet: call setOptions({ api: { url } }) first.', { code: 'options' });
    return this.#api;
  }

  /** Whom it is with, as whom: the same in every tab that may share what it hears. */
  get name(): string {
    const config = this.#config;
    return config === null ? '' : `${this.#endpoint(config)} ${String('getClientSecret' in config && config.getClientSecret)}`;
  }

  #endpoint(config: ApiOption): string {
    const { url } = config as Partial<CustomApiConfig>;
    const base = url === undefined ? this.scriptUrl : this.context.baseUrl();
    return URL.canParse(url ?? '/chatkit', base) ? new URL(url ?? '/chatkit', base).href : (url ?? '');
  }
}

/** React makes new objects and functions on every render; only a change that matters makes a new connection. */
function isSameApi(a: ApiOption, b: ApiOption): boolean {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => a[key as keyof typeof a] === b[key as keyof typeof b]);
}

/** A function made anew by the same code, as React does with every render, gives the secret of the same person. */
function isSameSecret(a: ApiOption, b: ApiOption): boolean {
  const [before, now] = [a, b].map((config) => ('getClientSecret' in config ? config.getClientSecret : undefined));
  return before === now || (before !== undefined && now !== undefined && String(before) === String(now));
}
