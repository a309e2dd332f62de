/** Adds the page's context to the requests that start an answer. */
import { isRecord } from '../core/validate';
import type { FetchWithPageOptions } from './chatkit-page';
import { pageContext } from './context';

/** The operations of the protocol that make the server's hooks run. */
const turns: ReadonlySet<unknown> = new Set([
  'threads.create', 'threads.add_user_message', 'threads.add_client_tool_output', 'threads.retry_after_item',
  'threads.custom_action', 'threads.sync_custom_action',
]);

// Not a reference to the global: pages replace `window.fetch` after this module has loaded.
const globalFetch: typeof fetch = (input, init) => fetch(input, init);

export function fetchWithPage(options: FetchWithPageOptions = {}): typeof fetch {
  const { fetch: send = globalFetch, context = () => pageContext(options) } = options;
  return (input, init) => {
    const body = typeof init?.body === 'string' ? withPage(init.body, context) : null;
    return body === null ? send(input, init) : send(input, { ...init, body });
  };
}

/** The request with the context in its metadata; null for what starts no answer, or has one. */
function withPage(body: string, context: () => unknown): string | null {
  const request = parsed(body);
  if (!isRecord(request) || !turns.has(request.type)) return null;
  const metadata = isRecord(request.metadata) ? request.metadata : {};
  if ('page' in metadata) return null;
  try {
    const page = context();
    return page === undefined ? null : JSON.stringify({ ...request, metadata: { ...metadata, page } });
  } catch (error) {
    reportError(error);
    return null;
  }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
