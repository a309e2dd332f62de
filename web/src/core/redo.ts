/** What is said anew: answers that are asked for again, messages that are edited. Loaded when somebody does. */
import { ChatKitError } from './errors';
import { indexOf } from './fold';
import type { Notice } from './conversation-types';
import type { Operation } from './http';
import { said } from './outbox';
import type { Pages } from './pages';
import type { Attachment, ClientToolCallItem, ThreadItem, ToolCallItem, UserMessageInput } from './protocol.generated';
import { newRequestId } from './request-id';
import type { Transcript } from './transcript';
import type { Asking, Turns } from './turn';

/**
 * Removes what followed a user message, and asks for a new answer. What the server never heard of removes nothing.
 * `lost`: the last answer was cut off, and may be there by now.
 */
export async function retryAfter(held: Transcript, pages: Pages, turns: Turns, itemId: string, lost: boolean): Promise<void> {
  const { id } = held;
  if (id === null || held.isBusy() || indexOf(held.state.items, itemId) < 0) return;
  let before = held.state.items;
  let takeNoteBack = (): void => undefined;
  const cut = (): Operation => {
    before = held.state.items;
    const end = indexOf(before, itemId) + 1;
    held.state = { ...held.state, items: before.slice(0, end) };
    takeNoteBack = noteTools(held, before.slice(end), itemId);
    held.changed({ kind: 'list' });
    return { type: 'threads.retry_after_item', params: { thread_id: id, item_id: itemId }, requestId: newRequestId() };
  };
  const cutUnlessThere = async ({ signal }: Asking): Promise<Operation | null> =>
    ((await (await import('./recovery')).isThere(held, pages, id, signal)) ? null : cut());
  const error = await turns.run({ ask: lost ? cutUnlessThere : cut, again: (refused) => void turns.retryAfter(itemId, !refused) });
  if (error === null || turns.reached) return;
  takeNoteBack();
  held.state = { ...held.state, items: before };
  held.changed({ kind: 'list' });
}

/**
 * Says something else in a user message, removes what followed it, and asks for a new answer. Resolves when the server
 * has it; rejects, with everything as it was, when it did not get there.
 */
export async function edit(held: Transcript, turns: Turns, itemId: string, input: UserMessageInput, attachments: readonly Attachment[]): Promise<void> {
  const before = held.state.items;
  const at = indexOf(before, itemId);
  const item = before[at];
  if (held.id === null || item?.type !== 'user_message' || held.isBusy()) throw new ChatKitError('The message cannot be edited now.', { code: 'busy' });
  held.state = { ...held.state, items: [...before.slice(0, at), { ...item, ...said(input, attachments) }] };
  let stored = false as boolean;
  const operation = { type: 'threads.retry_after_item', params: { thread_id: held.id, item_id: itemId, input }, requestId: newRequestId() };
  const error = await turns.run({ ask: () => operation, again: null, acknowledged: () => {
    stored = true;
    noteTools(held, before.slice(at + 1), itemId);
  } });
  if (stored) return;
  held.state = { ...held.state, items: before };
  held.changed({ kind: 'list' });
  throw error ?? new ChatKitError('The server did not take the edited message.', { code: 'endpoint' });
}

/** Tells that an answer that is replaced had used tools. The result takes that back. */
function noteTools(held: Transcript, replaced: readonly ThreadItem[], after: string): () => void {
  const tools = new Set(replaced.flatMap((item) => (hasActed(item) ? item.name : [])));
  if (tools.size === 0) return () => undefined;
  const notice: Notice = { id: (held.noticeCount += 1), level: 'info', message: null, title: null, tools: [...tools], after };
  held.notices = [...held.notices, notice];
  return () => {
    held.notices = held.notices.filter((each) => each !== notice);
  };
}

function hasActed(item: ThreadItem): item is ToolCallItem | ClientToolCallItem {
  return item.type === 'tool_call' || (item.type === 'client_tool_call' && item.status === 'completed');
}
