/**
 * What a conversation of plain messages does not have is a chunk of its own: other kinds of items, and the sources of
 * messages. It comes when a thread opens or answers, so before it is needed; a thread that has such items is not shown
 * without it.
 */
import { computed, type ReadonlySignal } from '@preact/signals';
import type { ThreadItem } from '../core/protocol.generated';
import { Lazy } from '../state/lazy';
import type { Store } from '../state/store';

export const details = new Lazy(() => import('./items/details'), true);

/** The items it shows. */
export type DetailType = Exclude<ThreadItem['type'], 'user_message' | 'assistant_message' | 'end_of_turn' | 'hidden_context_item' | 'sdk_hidden_context'>;

export const detailTypes: ReadonlySet<string> = new Set<DetailType>([
  'widget', 'workflow', 'task', 'generated_image', 'client_tool_call', 'tool_call', 'structured_input',
]);

/** Whether the thread on show has to wait for it. Looks again when its rows are others: what is on show does not wait. */
export function awaitsDetails(store: Store): ReadonlySignal<boolean> {
  return computed(() => details.module.value === null && !details.missing.value && store.rows.value.length > 0
    && store.conversation.value.state.items.some((item) => detailTypes.has(item.type) || isSourced(item)));
}

function isSourced(item: ThreadItem): boolean {
  return item.type === 'assistant_message' && item.content.some((part) => (part.annotations ?? []).length > 0);
}
