/**
 * The requests of a page that brings no `fetch` of its own, for states that show how far an upload is: only the browser's own
 * `XMLHttpRequest` tells the element that.
 */
import type { MockServer } from './server';

const sizeOf = (body: unknown): number => (body instanceof Blob ? body.size : 0);

/** What of `XMLHttpRequest` the element uses, spoken to the gallery's server. */
function requestClass(server: MockServer): new () => object {
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
      server.upload(signal, tell).then(async (response) => {
        this.status = response.status;
        this.responseText = await response.text();
        this.onload?.();
      }).catch(() => (signal.aborted ? this.onabort?.() : this.onerror?.()));
    }
  };
}

/** Gives the way back. Requests to other addresses than the server's stay as they are. */
export function answerBrowser(server: MockServer, url: string): () => void {
  const { fetch, XMLHttpRequest } = globalThis;
  globalThis.fetch = (input, init) => (String(input instanceof Request ? input.url : input) === url ? server.fetch(input, init) : fetch(input, init));
  globalThis.XMLHttpRequest = requestClass(server) as typeof XMLHttpRequest;
  return () => {
    globalThis.fetch = fetch;
    globalThis.XMLHttpRequest = XMLHttpRequest;
  };
}
