/** Whether the last thing said was answered to the end. */
import { newestShown } from './client-tools';
import type { Ending } from './conversation-types';
import type { ThreadItem } from './protocol.generated';
import type { Transcript } from './transcript';

/** What comes before an answer, and is none. */
const notAnswers: ReadonlySet<ThreadItem['type']> = new Set(['user_message', 'workflow', 'tool_call']);

/** Null when all is well, or something else is said: a turn is under way, or has failed. */
export function endingOf(held: Transcript, stopped: boolean): Ending | null {
  const { items } = held.state;
  const newest = newestShown(items);
  if (held.isBusy() || held.failure !== null || held.sending !== null || newest === undefined) return null;
  const asked = items.findLast((item) => item.type === 'user_message')?.id ?? null;
  if (newest.type === 'assistant_message') return newest.status == null ? null : { kind: newest.status, begun: true, asked };
  const open = notAnswers.has(newest.type) || (stopped && newest.type === 'client_tool_call');
  if (asked === null || !open || silent(held).has(newest.id)) return null;
  return { kind: stopped ? 'stopped' : 'unanswered', begun: false, asked };
}

/** A turn came to its end: when nothing was said in it, that is what the server wants. */
export function noteSilence(held: Transcript): void {
  const newest = newestShown(held.state.items);
  if (newest !== undefined && notAnswers.has(newest.type)) silent(held).add(newest.id);
}

function silent(held: Transcript): Set<string> {
  return held.memory.remembered('silent', () => new Set<string>());
}
