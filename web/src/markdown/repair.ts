/**
 * Repairs Markdown whose end has not arrived yet, so that a stream never shows syntax that is about to disappear.
 *
 * Two steps, both pure: `repairBlocks` looks at the last lines of the source, `repairInline` at the text of the last
 * paragraph, heading or cell once the block parser has found it.
 */
import { URL_BODY } from './linkify';

const DELIMITER_ROW_START = /^ {0,3}(?:\|?[ \t]*:?-[-|: \t]*|\|[ \t:]*)$/;
const ADDRESS = new RegExp(String.raw`^(?:https?:\/\/${URL_BODY}|<[a-z][a-z0-9+.-]*:[^\s<>]*>?)`, 'iu');
const LONE_MARKER = /^[ \t]*(?:[-+*_=~`]+|#{1,6}|\d{1,9}[.)]?|>|\||\$|\\[a-z]{0,5}(?:\{\w*\*?)?)[ \t]*$/;
const FENCE = /^ {0,3}(`{3,}|~{3,})(.*)$/;

/** The fence that is open at the end of `lines`, or null. Only top-level fences matter: others are part of their list. */
function openFence(lines: readonly string[]): string | null {
  let open: string | null = null;
  for (const line of lines) {
    const fence = FENCE.exec(line);
    const mark = fence?.[1];
    if (mark === undefined) continue;
    if (open === null) {
      if (!(mark.startsWith('`') && fence?.[2]?.includes('`'))) open = mark;
    } else if (mark.startsWith(open) && fence?.[2]?.trim() === '') open = null;
  }
  return open;
}

function cellCount(row: string): number {
  const inner = row.trim().replace(/^\|/, '').replace(/\|$/, '');
  return inner.split(/(?<!\\)\|/).length;
}

function delimiterRow(columns: number): string {
  return '|' + ' --- |'.repeat(Math.max(1, columns));
}

/** Completes a table whose header or delimiter row is still arriving; null when the last lines are no such table. */
function repairTable(lines: readonly string[]): string[] | null {
  const last = lines[lines.length - 1] ?? '';
  const before = lines[lines.length - 2] ?? '';
  const earlier = lines[lines.length - 3] ?? '';
  if (/^ {0,3}\|/.test(last) && /[^|\s:-]/.test(last) && before.trim() === '') {
    // A header row with its leading pipe: a table is coming. Its last, unfinished cell counts when it has text.
    return [...lines, delimiterRow(cellCount(last))];
  }
  const headed = before.includes('|') && (earlier.trim() === '' || /^ {0,3}#/.test(earlier));
  if (headed && DELIMITER_ROW_START.test(last) && cellCount(last) <= cellCount(before)) {
    return [...lines.slice(0, -1), delimiterRow(cellCount(before))];
  }
  return null;
}

/** Repairs the block structure at the end of the open source. */
export function repairBlocks(source: string): string {
  const lines = source.split('\n');
  const last = lines[lines.length - 1] ?? '';
  const fence = openFence(lines.slice(0, -1));
  if (fence !== null) {
    // A closing fence of which only the first characters have arrived is not code.
    const mark = fence.charAt(0);
    const partial = last.trim();
    return partial !== '' && partial.length < fence.length && partial === mark.repeat(partial.length) ? lines.slice(0, -1).join('\n') : source;
  }
  if (last.trim() === '' && lines.length > 1 && lines[lines.length - 2]?.trim() === '') return source;
  // The line feed of a header row that has just ended must not undo its table.
  const filled = last === '' ? lines.slice(0, -1) : lines;
  const table = repairTable(filled);
  if (table) return table.join('\n');
  // A marker alone on its line may become a list, a rule, a heading, a fence: wait for what follows.
  if (last !== '' && LONE_MARKER.test(last)) return lines.slice(0, -1).join('\n');
  return source;
}

interface Delimiter {
  mark: string;
  length: number;
}

/** Where each opening bracket of a kind is closed. Backslash escapes count. */
function closings(text: string, open: string, close: string): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  const opened: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\\') at += 1;
    else if (character === open) opened.push(at);
    else if (character === close) {
      const start = opened.pop();
      if (start !== undefined) found.set(start, at);
    }
  }
  return found;
}

/** Walks over inline text once, collecting what has to be cut or closed. */
class InlineScanner {
  private out = '';
  private at = 0;
  private readonly open: Delimiter[] = [];
  /** how many of each mark are open */
  private readonly counts = new Map<string, number>();
  /** closing marks that do not come any more */
  private readonly missing = new Set<string>();
  private brackets: ReadonlyMap<number, number> | undefined;
  private parentheses: ReadonlyMap<number, number> | undefined;
  private tail = '';
  private address: { from: number; to: number } | undefined;

  constructor(private readonly text: string) {}

  run(): string {
    while (this.at < this.text.length) {
      const step = STEPS[this.text.charAt(this.at)];
      if (step) step(this);
      else this.copy(1);
    }
    const body = this.out.trimEnd();
    const space = this.out.slice(body.length);
    const closers = this.open.reverse().map(({ mark, length }) => mark.repeat(length));
    // An emphasis that has no text yet would show its markers: `**` + nothing is dropped by `emphasis` already.
    return body + this.tail + closers.join('') + (closers.length > 0 ? '' : space);
  }

  private copy(length: number): void {
    this.out += this.text.slice(this.at, this.at + length);
    this.at += length;
  }

  private stop(): void {
    this.at = this.text.length;
  }

  /** A formula that is complete is left alone; one that is not yet is shown as it came. */
  formula(open: string, close: string): void {
    const end = this.missing.has(close) ? -1 : this.text.indexOf(close, this.at + open.length);
    if (end < 0) this.missing.add(close);
    this.copy(end < 0 ? open.length : end + close.length - this.at);
  }

  dollar(): void {
    const open = this.text.charAt(this.at + 1) === '$' ? '$$' : '$';
    if (open === '$' && /^\$(?:[\s\d]|$)/.test(this.text.slice(this.at))) this.copy(1);
    else this.formula(open, open);
  }

  escape(): void {
    const next = this.text.charAt(this.at + 1);
    if (next === '') this.stop();
    else if (next === '(') this.formula('\\(', '\\)');
    else if (next === '[') this.formula('\\[', '\\]');
    else this.copy(2);
  }

  code(): void {
    const run = /^`+/.exec(this.text.slice(this.at))?.[0] ?? '`';
    const close = new RegExp(`(?<!\`)${run}(?!\`)`).exec(this.text.slice(this.at + run.length));
    if (close) {
      this.copy(run.length + close.index + run.length);
      return;
    }
    const content = this.text.slice(this.at + run.length);
    const unfinished = content.replace(/`+$/, '');
    // The code span stays open: close it, unless nothing is in it yet.
    if (unfinished.trim() !== '') {
      this.out += run + unfinished;
      this.tail = run;
    }
    this.stop();
  }

  bang(): void {
    if (this.text.charAt(this.at + 1) !== '[') {
      this.copy(1);
      return;
    }
    const label = this.labelEnd(this.at + 1);
    const end = label < 0 || label + 1 === this.text.length ? -1 : this.linkEnd(label);
    // Half an image shows nothing: its text would be replaced by a picture.
    if (end < 0) this.stop();
    else this.copy(end - this.at);
  }

  bracket(): void {
    const label = this.labelEnd(this.at);
    if (label < 0) {
      this.at += 1; // a link's text is arriving: show it without its bracket
      return;
    }
    if (this.linkEnd(label) < 0) {
      this.out += this.text.slice(this.at + 1, label);
      this.stop();
      return;
    }
    if (this.text.charAt(label + 1) === '(') this.address = { from: label, to: this.linkEnd(label) };
    this.copy(1);
  }

  /** The end of a link's text: its address is no Markdown. */
  bracketEnd(): void {
    this.copy(this.address?.from === this.at ? this.address.to - this.at : 1);
  }

  /** An address in the text, whose underscores and stars are its own. */
  bareAddress(): void {
    this.copy(ADDRESS.exec(this.text.slice(this.at))?.[0].length ?? 1);
  }

  private labelEnd(start: number): number {
    this.brackets ??= closings(this.text, '[', ']');
    return this.brackets.get(start) ?? -1;
  }

  /** Index behind the link whose label ends at `label`; -1 when its address is still arriving. */
  private linkEnd(label: number): number {
    if (this.text.charAt(label + 1) !== '(') return label + 1;
    this.parentheses ??= closings(this.text, '(', ')');
    return (this.parentheses.get(label + 1) ?? -2) + 1;
  }

  emphasis(): void {
    const mark = this.text.charAt(this.at);
    let length = 1;
    while (this.text.charAt(this.at + length) === mark) length += 1;
    const before = this.text.charAt(this.at - 1);
    const after = this.text.charAt(this.at + length);
    if (mark === '~' && length === 1 && after !== '') {
      this.copy(1);
      return;
    }
    const canClose = before !== '' && !/\s/.test(before);
    if (after === '') {
      this.endsWith(mark, length, canClose);
      return;
    }
    const insideWord = /[\p{L}\p{N}]/u.test(before) && /[\p{L}\p{N}]/u.test(after);
    const canOpen = !/\s/.test(after) && !(insideWord && (mark === '_' || length === 1));
    if (canClose && this.close(mark, length)) this.copy(length);
    else {
      if (canOpen) this.push({ mark, length: Math.min(length, 3) });
      this.copy(length);
    }
  }

  /** A run at the very end: it closes what is open, also when half of it is missing, or it is not there yet. */
  private endsWith(mark: string, length: number, canClose: boolean): void {
    const top = this.open[this.open.length - 1];
    if (canClose && top?.mark === mark && length <= top.length) this.at += length;
    else if (canClose && this.close(mark, length)) this.copy(length);
    else this.stop();
  }

  private push(delimiter: Delimiter): void {
    this.open.push(delimiter);
    this.counts.set(delimiter.mark, (this.counts.get(delimiter.mark) ?? 0) + 1);
  }

  private close(mark: string, length: number): boolean {
    if (!this.counts.get(mark)) return false;
    for (let delimiter = this.open.pop(); delimiter; delimiter = this.open.pop()) {
      this.counts.set(delimiter.mark, (this.counts.get(delimiter.mark) ?? 0) - 1);
      if (delimiter.mark !== mark) continue;
      if (delimiter.length > length) this.push({ mark, length: delimiter.length - length });
      return true;
    }
    return false;
  }
}

const STEPS: Record<string, (scanner: InlineScanner) => void> = {
  '\\': (scanner) => scanner.escape(),
  $: (scanner) => scanner.dollar(),
  '`': (scanner) => scanner.code(),
  '!': (scanner) => scanner.bang(),
  '[': (scanner) => scanner.bracket(),
  ']': (scanner) => scanner.bracketEnd(),
  '<': (scanner) => scanner.bareAddress(),
  h: (scanner) => scanner.bareAddress(),
  '*': (scanner) => scanner.emphasis(),
  _: (scanner) => scanner.emphasis(),
  '~': (scanner) => scanner.emphasis(),
};

/** Repairs inline Markdown that stops in the middle: closes emphasis and code, hides half links and images. */
export function repairInline(text: string): string {
  return new InlineScanner(text).run();
}
