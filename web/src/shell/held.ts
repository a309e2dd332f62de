/** Rows that stay in the page wherever the view goes, since something in them would be lost. */
import { selectedIn } from '../ui/selected';
import { mostRows } from './window';

export class HeldRows {
  /** Rows with something the user has put in. */
  readonly #used = new Set<string>();

  /** The user types, ticks or chooses something in a row. */
  use(target: EventTarget | null): void {
    const row = target instanceof Element ? rowOf(target) : null;
    if (row?.dataset['item'] !== undefined) this.#used.add(row.dataset['item']);
  }

  reset(): void {
    this.#used.clear();
  }

  /** Ids of the rows that hold the focus, the selection, or what the user has put in. */
  ids(content: HTMLElement): ReadonlySet<string> {
    const root = content.getRootNode();
    const ids = new Set(this.#used);
    const focused = root instanceof ShadowRoot && root.activeElement !== null ? rowOf(root.activeElement) : null;
    for (const row of [focused, ...selectedRows(root)]) if (row?.dataset['item'] !== undefined) ids.add(row.dataset['item']);
    return ids;
  }
}

function rowOf(node: Node): HTMLElement | null {
  return (node instanceof Element ? node : node.parentElement)?.closest<HTMLElement>('.row') ?? null;
}

/** All rows from one end of the selection to the other; none when that is more than may be in the page. */
function selectedRows(root: Node): HTMLElement[] {
  const selected = selectedIn(root);
  if (selected === null || (selected.startContainer === selected.endContainer && selected.startOffset === selected.endOffset)) return [];
  const last = rowOf(selected.endContainer);
  const rows: HTMLElement[] = [];
  for (let row: Element | null = rowOf(selected.startContainer); row instanceof HTMLElement; row = row.nextElementSibling) {
    rows.push(row);
    if (row === last) return rows;
    if (rows.length === mostRows) break;
  }
  return [];
}
