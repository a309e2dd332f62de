/** What an answer that is not what was asked for says, as an error. Loaded when there is one. */
import { ChatKitError } from './errors';
import { isRecord } from './validate';

/** `accept` is the type that was asked for. */
export async function refusal(target: URL, response: Response, accept: string): Promise<ChatKitError> {
  return response.ok ? otherType(target, response, accept) : refused(target, response);
}

async function refused({ href: target }: URL, response: Response): Promise<ChatKitError> {
  const status = response.status;
  const told = await serverError(response);
  if (told !== null) return new ChatKitError(told.message, { code: told.code, status, retryable: status >= 500 || status === 429 });
  const messages: Record<number, string> = {
    401: `The chat server at ${target} wants a sign-in (401).`,
    403: `The chat server at ${target} does not allow this (403).`,
    404: `There is no ChatKit endpoint at ${target} (404). Check the option api.url.`,
    405: `${target} does not take POST requests (405). Check the option api.url.`,
    429: 'Too many requests. Please wait a moment.',
  };
  const message = messages[status] ?? `The chat server at ${target} answered with status ${status}.`;
  return new ChatKitError(message, { code: status === 404 || status === 405 ? 'endpoint' : `http.${status}`, status, retryable: status >= 500 || status === 429 });
}

/** The server's own words, `{"error": {"code", "message"}}`, when it sent them. */
async function serverError(response: Response): Promise<{ code: string; message: string } | null> {
  try {
    const body: unknown = await response.json();
    if (!isRecord(body) || !isRecord(body.error)) return null;
    const { code, message } = body.error;
    return typeof message === 'string' ? { code: typeof code === 'string' ? code : `http.${response.status}`, message } : null;
  } catch {
    return null;
  }
}

function otherType(target: URL, response: Response, accept: string): ChatKitError {
  const type = (response.headers.get('Content-Type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  return new ChatKitError(
    `${target.href} answered with ${type || 'no content type'} where ChatKit expects ${accept}. Check the option api.url.`,
    { code: 'endpoint', status: response.status },
  );
}
