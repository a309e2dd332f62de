/** Client tool calls among the items: calls that the page answers. */
import type { ClientToolCallItem, ThreadItem } from './protocol.generated';

/** The newest item there is to see: an end of turn says nothing by itself. */
export function newestShown(items: readonly ThreadItem[]): ThreadItem | undefined {
  return items.findLast((item) => item.type !== 'end_of_turn');
}

/** The call that waits for its result; only the newest item can. */
export function pendingCall(items: readonly ThreadItem[]): ClientToolCallItem | null {
  const last = newestShown(items);
  return last?.type === 'client_tool_call' && (last.status ?? 'pending') === 'pending' ? last : null;
}
