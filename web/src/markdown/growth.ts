/**
 * A block that is still growing, of which the beginning is finished: rows of a table, items of a list, lines of code. Their nodes
 * are never touched again, and only the rest is parsed, behind a `head` that makes it what it is.
 */
import { paintGrowing } from './highlight';
import { morphChildren } from './morph';
import type { Token } from './parser';

/** The finished beginning of the only block of a source that consists of whole lines. */
export interface Beginning {
  /** its length in the source */
  length: number;
  /** what has to stand before the rest: the head of a table, the first line of code, an item that has blank lines around it */
  head: string;
  /** nodes of the head among those of the rest */
  skip: number;
  /** finished children, those of the head included */
  count: number;
  /** finished lines of code */
  code?: string;
  list?: boolean;
}

type Find = (tokens: readonly Token[], source: string, starts: readonly number[]) => Beginning | null;

/** Whether people see space between the items: paragraphs of tight lists are hidden. */
function isLoose(tokens: readonly Token[]): boolean {
  return tokens.some((token) => token.type === 'paragraph_open' && token.level === 2 && !token.hidden);
}

function list(tokens: readonly Token[], source: string, starts: readonly number[]): Beginning | null {
  const items = tokens.filter((token) => token.type === 'list_item_open' && token.level === 1);
  const last = items.at(-1);
  const start = starts[last?.map?.[0] ?? 0] ?? 0;
  if (!last || items.length < 2) return null;
  const indent = /^[ \t]*/.exec(source.slice(start, start + 4))?.[0] ?? '';
  const loose = isLoose(tokens);
  const head = loose ? `${indent}${last.info && '1'}${last.markup} x\n\n` : '';
  return { length: start, head, skip: loose ? 1 : 0, count: items.length - 1, list: true };
}

function table([token]: readonly Token[], source: string, starts: readonly number[]): Beginning | null {
  const [first = 0, next = 0] = token?.map ?? [];
  const body = first + 2;
  return next > body ? { length: starts[next] ?? source.length, head: source.slice(starts[first], starts[body]), skip: 0, count: next - body } : null;
}

function code([token]: readonly Token[], source: string, starts: readonly number[]): Beginning | null {
  const [first = 0, next = 0] = token?.map ?? [];
  const last = source.slice(starts[next - 1], starts[next]).trim();
  const closed = last.startsWith(token?.markup ?? '') && last === last.charAt(0).repeat(last.length);
  if (!token || closed || token.content === '') return null;
  // The line end of the last line goes with what follows: where a closing fence does, it is not shown before it is complete.
  const length = source.length - (source.endsWith('\r\n') ? 2 : 1);
  return { length, head: source.slice(starts[first], starts[first + 1]), skip: 0, count: 0, code: token.content.slice(0, -1) };
}

const FIND: Readonly<Record<string, Find>> = { bullet_list_open: list, ordered_list_open: list, table_open: table, fence: code };

/** What of `source`, whole lines that are one block with `tokens`, is finished; null when nothing is, or nothing is known of its kind. */
export function findBeginning(tokens: readonly Token[], source: string, starts: readonly number[]): Beginning | null {
  return FIND[tokens[0]?.type ?? '']?.(tokens, source, starts) ?? null;
}

/** Where lines begin, and where the last one ends. All three kinds of line ends count, as in CommonMark. */
export function lineStarts(text: string): number[] {
  const starts = [0];
  const ends = /\r\n?|\n/g;
  while (ends.exec(text)) starts.push(ends.lastIndex);
  if (starts[starts.length - 1] !== text.length) starts.push(text.length);
  return starts;
}

/** What holds the children that are rows, items or lines. */
function inner(block: Node | undefined): Element | null {
  if (!(block instanceof Element)) return null;
  return block.matches('ul, ol') ? block : block.querySelector('tbody, code');
}

/** Characters of a line of code, for what has no lines to count. */
const LINE = 100;

/** The nodes of a block that grows. `end` is where its finished part ends in the text. */
export class Growth {
  head = '';
  end = 0;
  /** rows, items or lines that are finished */
  count = 0;
  private skip = 0;
  /** the last finished child; of code an empty text between what is finished and what is not */
  private last: ChildNode | null = null;
  private paint: (() => void) | undefined;

  constructor(readonly block: ChildNode) {}

  /** Whether the rest can be put behind what is finished: a list in which space appears between items has to be built anew. */
  fits(rest: { tokens: readonly Token[] } | undefined): boolean {
    return this.skip > 0 || !rest?.tokens[0]?.type.endsWith('list_open') || !isLoose(rest.tokens);
  }

  /** Takes over the rest in its newest state, built behind the head; false when that is another kind of block. */
  merge(fresh: ChildNode | undefined): boolean {
    const live = inner(this.block);
    if (!live || fresh?.nodeName !== this.block.nodeName) return false;
    const nodes = [...(inner(fresh)?.childNodes ?? [])].slice(this.skip);
    const rest: ChildNode[] = [];
    for (let node = this.last ? this.last.nextSibling : live.firstChild; node; node = node.nextSibling) rest.push(node);
    morphChildren(live, rest, nodes);
    return true;
  }

  /** Ends the block behind its finished part. What follows is a block of the same kind, behind the head that is returned. */
  cut(): string {
    while (this.last?.nextSibling) this.last.nextSibling.remove();
    return inner(this.block)?.matches('ul, ol') ? '' : this.head;
  }

  /** More of it is finished and on show. `offset` is the place of the examined source in the text. */
  extend({ length, head, skip, count, code: lines }: Beginning, offset: number): void {
    const live = inner(this.block);
    if (!live) return;
    if (lines !== undefined) this.finishCode(live, lines);
    else for (let left = count - this.skip; left > 0; left -= 1) this.last = this.last ? this.last.nextSibling : live.firstChild;
    this.count += lines === undefined ? count - this.skip : lines.length / LINE;
    this.head = head;
    this.skip = skip;
    this.end = offset + length;
  }

  private finishCode(code: Element, lines: string): void {
    const rest = this.last ? this.last.nextSibling : code.firstChild;
    this.last ??= code.insertBefore(document.createTextNode(''), rest);
    this.paint ??= paintGrowing(code, this.last);
    const before = this.last.previousSibling;
    if (!this.paint && before instanceof Text) before.appendData(lines);
    else code.insertBefore(document.createTextNode(lines), this.last);
    if (rest instanceof Text) rest.deleteData(0, Math.min(lines.length, rest.length));
    this.paint?.();
  }
}
