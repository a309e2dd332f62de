/**
 * Brings a file to the server and gives the attachment it became.
 *
 * - `two_phase`: `attachments.create` registers it and says where its bytes go; they are sent there as they are.
 * - `direct`: the file is posted to the page's `uploadUrl` as field `file` of a form; the answer is the attachment.
 *
 * Requests to the endpoint's origin, and to the page's `uploadUrl`, go through the page's `fetch` when it gave one. There the
 * progress is unknown: only `XMLHttpRequest` tells it. Other hosts get the bytes and what the server says belongs to them, and
 * nothing that the page or the secret adds. What does not get there, or was given up, is deleted on the server again.
 */
import type { FileUploadStrategy } from '@openai/chatkit';
import { ChatKitError, isAbort } from './errors';
import type { Api, Transport } from './http';
import type { Attachment, AttachmentUploadDescriptor } from './protocol.generated';
import { refusalOf } from './refusal';
import { isRecord } from './validate';

export interface UploadOptions {
  signal: AbortSignal;
  /** Told how much has been sent, from 0 to 1. */
  onProgress(share: number): void;
  /** Deletes an attachment that nobody will send. */
  discard(id: string): void;
}

interface Target extends AttachmentUploadDescriptor {
  /** Whether the page signs in for it: the request carries the client secret, or goes through the page's `fetch`. */
  own: 'secret' | 'fetch' | 'no';
}

/** Rejects with a `ChatKitError`, or an `AbortError` when aborted. */
export async function upload(api: Api, strategy: FileUploadStrategy, file: File, options: UploadOptions): Promise<Attachment> {
  return strategy.type === 'direct' ? direct(api, strategy.uploadUrl, file, options) : twoPhase(api, file, options);
}

async function twoPhase(api: Api, file: File, options: UploadOptions): Promise<Attachment> {
  const mimeType = file.type || 'application/octet-stream';
  // Not aborted: only its answer says what would have to be deleted.
  const attachment = await api.call<Attachment>('attachments.create', { name: file.name, size: file.size, mime_type: mimeType });
  try {
    options.signal.throwIfAborted();
    if (attachment.upload_descriptor != null) await sendBytes(api.transport, attachment.upload_descriptor, file, mimeType, options);
    return attachment;
  } catch (error) {
    options.discard(attachment.id);
    throw error;
  }
}

async function sendBytes(transport: Transport, descriptor: AttachmentUploadDescriptor, file: File, mimeType: string, options: UploadOptions): Promise<void> {
  const headers = new Headers(descriptor.headers);
  if (!headers.has('Content-Type')) headers.set('Content-Type', mimeType);
  // Addresses without an origin are the server's, not the page's.
  const endpoint = new URL(transport.url, transport.baseUrl());
  const url = new URL(descriptor.url, endpoint);
  await send(transport, { url: url.href, method: descriptor.method, headers: Object.fromEntries(headers), own: url.origin === endpoint.origin ? 'fetch' : 'no' }, file, options);
}

async function direct(api: Api, url: string, file: File, options: UploadOptions): Promise<Attachment> {
  const form = new FormData();
  form.append('file', file, file.name);
  const text = await send(api.transport, { url, method: 'POST', headers: { Accept: 'application/json' }, own: 'secret' }, form, options);
  const answer = parsed(text);
  if (isRecord(answer) && typeof answer.id === 'string' && (answer.type === 'file' || answer.type === 'image')) {
    if (options.signal.aborted) options.discard(answer.id);
    options.signal.throwIfAborted();
    return answer as unknown as Attachment;
  }
  throw new ChatKitError(`${url} answered the upload with something that is not an attachment.`, { code: 'endpoint' });
}

type Answer = { status: number; text: string };

/** The body of the answer; rejects when it is a refusal. */
async function send(transport: Transport, target: Target, body: Blob | FormData, options: UploadOptions): Promise<string> {
  const request = (authorization: string | null): Promise<Answer> => {
    const headers = { ...target.headers, ...(authorization === null ? {} : { Authorization: authorization }) };
    const custom = target.own === 'no' ? null : transport.custom;
    return custom === null ? byRequest(target, headers, body, options) : byFetch(custom, target, headers, body, options);
  };
  const { origin } = new URL(target.url, transport.baseUrl());
  try {
    const answer = target.own === 'secret' ? await transport.authorize(request) : await request(null);
    if (answer.status >= 200 && answer.status < 300) return answer.text;
    throw refused(origin, answer);
  } catch (error) {
    if (isAbort(error) || error instanceof ChatKitError) throw error;
    throw new ChatKitError(`The file could not be sent to ${origin}.`, { code: 'network', retryable: true, cause: error });
  }
}

async function byFetch(custom: typeof fetch, target: Target, headers: Record<string, string>, body: Blob | FormData, { signal }: UploadOptions): Promise<Answer> {
  const response = await custom(target.url, { method: target.method, headers, body, signal });
  return { status: response.status, text: await response.text() };
}

function byRequest(target: Target, headers: Record<string, string>, body: Blob | FormData, options: UploadOptions): Promise<Answer> {
  const { signal } = options;
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(target.method, target.url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) options.onProgress(event.loaded / event.total);
    };
    request.onload = () => resolve({ status: request.status, text: request.responseText });
    request.onerror = () => reject(new TypeError('network error'));
    request.onabort = () => reject(new DOMException('aborted', 'AbortError'));
    let sent = false;
    request.upload.onload = () => (sent = true);
    // With all of it sent, the answer says what is to be deleted.
    signal.addEventListener('abort', () => {
      if (!sent) request.abort();
    });
    if (signal.aborted) reject(new DOMException('aborted', 'AbortError'));
    else request.send(body);
  });
}

function refused(origin: string, { status, text }: Answer): ChatKitError {
  const body = parsed(text);
  return refusalOf(status, isRecord(body) && isRecord(body.error) ? body.error : null, `${origin} refused the file (${status}).`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
