/** Runs one client tool call and hands its result to the server, while no other tab does. Loaded when there is one. */
import { unlessAborted } from './abort';
import { callTool } from './call-tool';
import { pendingCall } from './client-tools';
import { exclusively } from './locks';
import type { Operation } from './http';
import { fetchNewest, type Pages } from './pages';
import type { ClientToolCallItem } from './protocol.generated';
import { newRequestId } from './request-id';
import type { Transcript } from './transcript';
import type { Turns } from './turn';

interface Parts {
  readonly held: Transcript;
  readonly turns: Turns;
  readonly pages: Pages;
}

/** Ends without a turn when another tab has run the call meanwhile. Rejects when that cannot be found out, or when aborted. */
export async function runCall(parts: Parts, threadId: string, call: ClientToolCallItem, signal: AbortSignal): Promise<void> {
  const { held } = parts;
  const hold = held.host.isLive() ? (await import('./claim')).claimed(held, threadId, call, signal) : exclusively.bind(null, `chatkit:tool:${threadId}`, signal);
  await hold(async (waited) => {
    if (waited && !(await isStillPending(held, threadId, call.id, signal))) return;
    const result = await unlessAborted(signal, callTool(held.host, call));
    const operation = { type: 'threads.add_client_tool_output', params: { thread_id: threadId, result }, requestId: newRequestId() };
    await give(parts, operation, threadId, { ...call, status: 'completed', output: result }, false);
  });
}

/** Hands a call's result to the server, which stores it with the call but does not send that back. */
async function give(parts: Parts, operation: Operation, threadId: string, completed: ClientToolCallItem, again: boolean): Promise<void> {
  const { held, turns, pages } = parts;
  if (held.closed) return;
  held.apply({ type: 'thread.item.replaced', item: completed });
  const unlessGiven = async (signal: AbortSignal): Promise<Operation | null> =>
    (await import('./recovery')).unlessTaken(held, pages, operation, threadId, completed.id, signal);
  await turns.run({
    ask: ({ signal }) => (again && !held.host.isLive() ? unlessGiven(signal) : operation),
    again: (refused) => void give(parts, operation, threadId, completed, !refused),
  });
}

/** Another tab may have run the call while this one waited. */
async function isStillPending(held: Transcript, threadId: string, itemId: string, signal: AbortSignal): Promise<boolean> {
  const { page } = await fetchNewest(held, threadId, signal);
  return pendingCall(page.data)?.id === itemId;
}
