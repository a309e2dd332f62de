/**
 * What a conversation does after a failure. A request that failed may have reached the server all the same: so before anything
 * is said a second time, the thread is asked whether it holds it, and a refresh that shows it settles the failure.
 *
 * Loaded when something fails.
 */
import { newestShown, pendingCall } from './client-tools';
import { ChatKitError } from './errors';
import { indexOf, metadataOf } from './fold';
import type { Operation } from './http';
import { isDeepEqual } from './merge';
import { fetchNewest, type Fetched, type Pages } from './pages';
import type { Page, Thread, ThreadItem, UserMessageInput } from './protocol.generated';
import { newRequestId } from './request-id';
import type { Outgoing, Transcript } from './transcript';
import type { Asking } from './turn';

interface Found {
  readonly item: ThreadItem;
  readonly fetched: Fetched;
}

/** How far the clocks of server and browser may be apart, in milliseconds. */
const clockSkew = 120_000;
/** How many of the newest threads a first message may have got into. */
const newestThreads = 3;

/** What to ask for so that a message gets an answer: `send`, unless the server has the message; null when it has the answer, too. */
export async function askAgain(held: Transcript, pages: Pages, message: Outgoing, send: Operation, { signal, acknowledge }: Asking): Promise<Operation | null> {
  const found = await find(held, message, signal);
  if (found === null) return send;
  const { item, fetched } = found;
  acknowledge(item);
  adopt(held, fetched.thread);
  pages.take(fetched);
  const answered = newestShown(fetched.page.data)?.id !== item.id;
  return answered ? null : { type: 'threads.retry_after_item', params: { thread_id: fetched.thread.id, item_id: item.id }, requestId: newRequestId() };
}

/** A server that does not know what it is asked has not got it. */
async function find(held: Transcript, message: Outgoing, signal: AbortSignal): Promise<Found | null> {
  try {
    const ids = held.id === null ? await newThreads(held, message, signal) : [held.id];
    for (const id of ids) {
      const fetched = await fetchNewest(held, id, signal);
      const item = fetched.page.data.find((each) => isOf(each, message));
      if (item !== undefined) return { item, fetched };
    }
  } catch (error) {
    if (!(error instanceof ChatKitError) || error.status === undefined || error.status >= 500) throw error;
  }
  return null;
}

/** Threads that came to be since a first message was sent, and that are not known otherwise. */
async function newThreads({ host }: Transcript, { at }: Outgoing, signal: AbortSignal): Promise<string[]> {
  const page = await host.api().call<Page<Thread>>('threads.list', { limit: newestThreads, order: 'desc' }, signal);
  return (page.data ?? []).filter(({ id, created_at: created }) => earliest(created) > at - clockSkew && !host.isKnown(id)).map(({ id }) => id);
}

/** The earliest moment that a time may mean: one without a zone may be of ours or of UTC. */
function earliest(time: string): number {
  const local = Date.parse(time);
  const utc = Date.parse(`${time}Z`);
  return Number.isNaN(utc) ? local : Math.min(local, utc);
}

/** A conversation without a thread has found its own. */
function adopt(held: Transcript, thread: Thread): void {
  if (held.id !== null) return;
  held.id = thread.id;
  held.state = { ...held.state, thread: metadataOf(thread) };
  held.host.threadCreated(thread.id);
}

/** Whether an item is what became of a message: it was not there before, and says the same. */
function isOf(item: ThreadItem, { input, before }: Outgoing): boolean {
  if (item.type !== 'user_message' || before.has(item.id)) return false;
  const gist = (content: UserMessageInput['content'], attachments: readonly string[], quoted: string | null | undefined): unknown =>
    [content.map((part) => [part.type, part.text, part.type === 'input_tag' ? part.id : '']), attachments, quoted ?? ''];
  return isDeepEqual(
    gist(item.content, (item.attachments ?? []).map(({ id }) => id), item.quoted_text),
    gist(input.content, input.attachments, input.quoted_text),
  );
}

/** An operation that answers an item of the thread; null when the item has been answered, as is then shown. */
export async function unlessTaken(held: Transcript, pages: Pages, operation: Operation, threadId: string, itemId: string, signal: AbortSignal): Promise<Operation | null> {
  const fetched = await fetchNewest(held, threadId, signal);
  const item = fetched.page.data.find(({ id }) => id === itemId);
  if (item === undefined || !('status' in item) || (item.status ?? 'pending') === 'pending') return operation;
  pages.take(fetched);
  return null;
}

/** Whether the server has an answer beyond the one that was cut off, which is then shown. */
export async function isThere(held: Transcript, pages: Pages, threadId: string, signal: AbortSignal): Promise<boolean> {
  const { lost } = held;
  const fetched = await fetchNewest(held, threadId, signal);
  const newest = fetched.page.data.at(-1);
  if (lost === null || newest === undefined || newest.type === 'user_message') return false;
  if (lost.unfinished.has(newest.id) || lost.items.some(({ id }) => id === newest.id)) return false;
  pages.take(fetched);
  return true;
}

/** Whether a server that says nothing is there, and has no more to say than what has come. */
export async function isAlive(held: Transcript): Promise<boolean> {
  try {
    if (held.id === null) return (await held.host.api().call('threads.list', { limit: 1, order: 'desc' }, held.life)) !== null;
    const { page } = await fetchNewest(held, held.id, held.life);
    const newest = newestShown(page.data);
    return newest === undefined || (!held.streaming.has(newest.id) && indexOf(held.state.items, newest.id) >= 0);
  } catch {
    return false;
  }
}

/** After a refresh: what it shows of that which had failed has not failed. */
export function settle(held: Transcript): void {
  if (held.failure === null || held.isBusy() || !(showsMessage(held) || showsAnswer(held))) return;
  held.failure = null;
  held.changed({ kind: 'list' });
  held.changed({ kind: 'status' });
}

function showsMessage(held: Transcript): boolean {
  const { unsent } = held;
  const item = unsent === null || held.sending === null ? undefined : held.state.items.find((each) => isOf(each, unsent));
  if (item !== undefined) held.acknowledge(item);
  return item !== undefined;
}

function showsAnswer({ lost, failure, sending, state: { items } }: Transcript): boolean {
  const newest = newestShown(items);
  if (lost === null || failure !== lost.failure || sending !== null || pendingCall(items) !== null) return false;
  if (newest === undefined || newest.type === 'user_message' || lost.items.includes(newest)) return false;
  // A server may say of an answer that it is not whole.
  return newest.type !== 'assistant_message' || newest.status == null;
}
