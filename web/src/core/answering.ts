/** The user's answers to structured inputs. Loaded when there is one. */
import type { Operation } from './http';
import type { Pages } from './pages';
import type { StructuredInputSubmission } from './protocol.generated';
import { newRequestId } from './request-id';
import type { Transcript } from './transcript';
import type { Turns } from './turn';

/** Answers a structured input. */
export async function answer(held: Transcript, turns: Turns, pages: Pages, itemId: string, input: StructuredInputSubmission): Promise<void> {
  const { id } = held;
  if (id === null) return;
  const operation = { type: 'threads.add_structured_input', params: { thread_id: id, item_id: itemId, input }, requestId: newRequestId() };
  await give(held, turns, pages, operation, id, itemId, false);
}

async function give(held: Transcript, turns: Turns, pages: Pages, operation: Operation, threadId: string, itemId: string, again: boolean): Promise<void> {
  if (held.isBusy()) return;
  const unlessGiven = async (signal: AbortSignal): Promise<Operation | null> =>
    (await import('./recovery')).unlessTaken(held, pages, operation, threadId, itemId, signal);
  await turns.run({
    ask: ({ signal }) => (again && !held.host.isLive() ? unlessGiven(signal) : operation),
    again: (refused) => void give(held, turns, pages, operation, threadId, itemId, !refused),
  });
}
