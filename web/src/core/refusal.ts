/** What an answer that is not what was asked for says, as an error. Loaded when there is one. */
import { ChatKitError } from './errors';
import { isRecord } from './validate';

/** `accept` is the type that was asked for. */
export async function refusal(target: URL, response: Response, accept: string): Promise<ChatKitError> {
  return response.ok ? otherType(target, response, accept) : refused(target, response);
}

async function refused({ href: target }: URL, response: Response): Promise<ChatKitError> {
  const { status } = response;
  const messages: Record<number, string> = {
    401: `The chat server at ${target} wants a sign-in (401).`,
    403: `The chat server at ${target} does not allow this (403).`,
    404: `There is no ChatKit endpoint at ${target} (404). Check the option api.url.`,
    405: `${target} does not take POST requests (405). Check the option api.url.`,
    429: `The chat server at ${target} has had too many requests (429).`,
  };
  return refusalOf(status, await serverError(response), messages[status] ?? `The chat server at ${target} answered with status ${status}.`);
}

/** The server's own words, `{"error": {"code", "message"}}`, when it sent them. */
async function serverError(response: Response): Promise<Record<string, unknown> | null> {
  const body: unknown = await response.json().catch(() => null);
  return isRecord(body) && isRecord(body.error) ? body.error : null;
}

/** Codes that servers of this protocol answer with by themselves. What comes with any other one is the application's own. */
const ofTheServer = /^(request|auth|rate|server|http|item|action|message|attachment|thread|owner|element)\.|^not_/;

/** A refusal, in the words of the server that it came with. */
export function refusalOf(status: number, told: { code?: unknown; message?: unknown } | null, otherwise: string): ChatKitError {
  const code = typeof told?.code === 'string' ? told.code : `http.${status}`;
  const retryable = status >= 500 || status === 429;
  return typeof told?.message === 'string'
    ? new ChatKitError(told.message, { code, status, retryable, told: !ofTheServer.test(code) })
    : new ChatKitError(otherwise, { code: status === 404 || status === 405 ? 'endpoint' : code, status, retryable });
}

function otherType(target: URL, response: Response, accept: string): ChatKitError {
  const type = (response.headers.get('Content-Type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  return new ChatKitError(
    `${target.href} answered with ${type || 'no content type'} where ChatKit expects ${accept}. Check the option api.url.`,
    { code: 'endpoint', status: response.status },
  );
}
