/** Which items are rows, and which row ends a turn and so carries the answer's buttons. Pure. */
import type { ThreadItem } from '../core/protocol.generated';

export interface Row {
  readonly id: string;
  readonly type: ThreadItem['type'];
  /** The ids of the turn that ends with this row, oldest first; null when the turn goes on after it. */
  readonly turn: readonly string[] | null;
  /** The user message the turn answers. */
  readonly asked: string | null;
}

const hidden: ReadonlySet<string> = new Set(['hidden_context_item', 'sdk_hidden_context', 'end_of_turn']);

/** Rows of a list of items; a row equal to the one in `before` is that one, so that it need not render again. */
export function rowsOf(items: readonly ThreadItem[], responding: boolean, before: readonly Row[]): readonly Row[] {
  const known = new Map(before.map((row) => [row.id, row]));
  const visible = items.filter((item) => !hidden.has(item.type));
  const rows: Row[] = [];
  let asked: string | null = null;
  let turn: string[] = [];
  for (const [at, item] of visible.entries()) {
    if (item.type === 'user_message') {
      asked = item.id;
      turn = [];
    } else turn.push(item.id);
    const next = visible[at + 1];
    const ends = item.type !== 'user_message' && (next === undefined ? !responding && !isPending(item) : next.type === 'user_message');
    const row: Row = { id: item.id, type: item.type, turn: ends ? turn : null, asked };
    const old = known.get(item.id);
    rows.push(old !== undefined && sameRow(old, row) ? old : row);
  }
  return rows.length === before.length && rows.every((row, at) => row === before[at]) ? before : rows;
}

/** The turn is not over: the user or the page has to answer. */
function isPending(item: ThreadItem): boolean {
  return (item.type === 'structured_input' || item.type === 'client_tool_call') && (item.status ?? 'pending') === 'pending';
}

function sameRow(a: Row, b: Row): boolean {
  return a.type === b.type && a.asked === b.asked
    && (a.turn === b.turn || (a.turn !== null && b.turn !== null && a.turn.length === b.turn.length && a.turn.every((id, at) => id === b.turn?.[at])));
}
