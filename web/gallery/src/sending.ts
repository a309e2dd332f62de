/**
 * The requests of a page that brings no `fetch` of its own, for states that show how far an upload is: only the browser's own
 * `XMLHttpRequest` tells the element that.
 */
import type { MockServer } from './server';

const sizeOf = (body: unknown): number => (body instanceof Blob ? body.size : 0);

/** The server of the state that was last on show with such requests. */
let server: MockServer | null = null;

/** What of `XMLHttpRequest` the element uses, spoken to that server. */
function requestClass(): new () => object {
  return class {
    readonly upload: { onprogress: ((event: object) => void) | null } = { onprogress: null };
    onload: (() => void) | null = null;
    onerror: (() => void) | null = null;
    onabort: (() => void) | null = null;
    status = 0;
    responseText = '';
    readonly #control = new AbortController();

    open(): void {
      // There is one server, and it takes everything.
    }

    setRequestHeader(): void {
      // It looks at none.
    }

    abort(): void {
      this.#control.abort();
    }

    send(body: unknown): void {
      const { signal } = this.#control;
      const total = sizeOf(body);
      const tell = (share: number): void => this.upload.onprogress?.({ lengthComputable: true, loaded: share * total, total });
      server?.upload(signal, tell).then(async (response) => {
        this.status = response.status;
        this.responseText = await response.text();
        this.onload?.();
      }).catch(() => (signal.aborted ? this.onabort?.() : this.onerror?.()));
    }
  };
}

/**
 * Has the server answer what the browser sends to that address. It does so until another one does: a state that is left
 * still says what is not to be kept. Requests to other addresses stay as they are.
 */
export function answerBrowser(by: MockServer, url: string): void {
  if (server === null) {
    const { fetch } = globalThis;
    const isFor = (input: RequestInfo | URL): boolean => String(input instanceof Request ? input.url : input) === url;
    globalThis.fetch = (input, init) => (server !== null && isFor(input) ? server.fetch(input, init) : fetch(input, init));
    globalThis.XMLHttpRequest = requestClass() as typeof XMLHttpRequest;
  }
  server = by;
}
