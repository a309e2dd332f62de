/**
 * Where formulas stand in Markdown: `$…$` and `\(…\)` in a line, `$$…$$`, `\[…\]` and `\begin{align}…\end{align}` on lines of
 * their own or in one.
 *
 * Money, ticker symbols and variables of a shell are no formulas. As in Pandoc, an opening `$` has a character right behind
 * it, a closing one right before it and no digit after it; beyond that, neither is part of a word.
 */
import type { MarkdownIt, StateBlock, StateInline } from 'markdown-it';

interface Delimiters {
  open: string;
  close: string;
  display: boolean;
  /** the delimiters belong to the formula */
  own?: boolean;
}

const PAIRS: readonly Delimiters[] = [
  { open: '$$', close: '$$', display: true },
  { open: '$', close: '$', display: false },
  { open: '\\(', close: '\\)', display: false },
  { open: '\\[', close: '\\]', display: true },
];
const ENVIRONMENT = /^\\begin\{((?:align(?:ed|at|edat)?|equation|gather(?:ed)?|multline|flalign|split|cases|rcases|dcases|[pbvBV]?matrix|smallmatrix|array|subarray|CD)\*?)\}/;
const LONGEST = 4000;
const DEEPEST = 10;

/** The delimiters that open at `at`. */
function pairAt(source: string, at: number): Delimiters | undefined {
  const first = source.charCodeAt(at);
  if (first !== 0x24 && first !== 0x5c) return undefined;
  const name = source.startsWith('\\begin{', at) ? ENVIRONMENT.exec(source.slice(at, at + 30))?.[1] : undefined;
  if (name !== undefined) return { open: `\\begin{${name}}`, close: `\\end{${name}}`, display: true, own: true };
  return PAIRS.find(({ open }) => source.startsWith(open, at));
}

/** Where a closer was looked for last, and found, or -1: what is not there is not looked for again from further on. */
type Known = Map<string, { from: number; at: number }>;
const knownOf = new WeakMap<object, Known>();

function escaped(source: string, at: number): boolean {
  let slashes = 0;
  while (source.charAt(at - 1 - slashes) === '\\') slashes += 1;
  return slashes % 2 === 1;
}

/** Where `close` is in the source of `state` from `from` on, not behind a backslash; -1 when it is not there. */
function findClose(state: StateInline | StateBlock, from: number, close: string): number {
  let known = knownOf.get(state);
  if (!known) knownOf.set(state, (known = new Map<string, { from: number; at: number }>()));
  const last = known.get(close);
  if (last && last.from <= from && (last.at < 0 || last.at >= from)) return last.at;
  let at = state.src.indexOf(close, from);
  while (at >= 0 && escaped(state.src, at)) at = state.src.indexOf(close, at + 1);
  known.set(close, { from, at });
  return at;
}

/** Where the pair that opens at `start` closes; of environments the one that belongs to it. */
function closeOf(state: StateInline | StateBlock, start: number, pair: Delimiters): number {
  let depth = 0;
  let from = start + pair.open.length;
  for (;;) {
    const close = findClose(state, from, pair.close);
    if (close < 0 || close - start > LONGEST || !pair.own) return close;
    for (let inner = state.src.indexOf(pair.open, from); inner >= 0 && inner < close; inner = state.src.indexOf(pair.open, from)) {
      depth += 1;
      from = inner + pair.open.length;
      if (depth > DEEPEST) return -1;
    }
    if (depth === 0) return close;
    depth -= 1;
    from = close + pair.close.length;
  }
}

/** What reads as words of a sentence: several in a row that are no TeX. */
function isProse(content: string): boolean {
  const bare = content.replace(/\\[a-zA-Z]+\s*\{[^{}]*\}|\\[a-zA-Z]+/g, '#');
  return (/^\d/.test(bare) ? /\p{L}{2,}\s+\p{L}{2,}/u : /\p{L}{2,}(?:\s+\p{L}{2,}){2}/u).test(bare);
}

const ENDING = /^(?:s|th|st|nd|rd|te[nrsm]?|e|er|[eè]me|ième|mo|ma|fold)(?![\p{L}\p{N}_])/u;
const WORD_BEFORE = /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}_$\\]$/u;

/** Whether a `$` that stands before `after` ends the formula `content`: it is not glued to a word that is none of its endings. */
function closes(content: string, after: string): boolean {
  if (/^[\d$]/.test(after) || /[([{/]$/.test(content)) return false;
  if (!/^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}_({]/u.test(after)) return true;
  if (/(?<![_^])[,.;:=&<>+\-|\s]$/.test(content)) return false;
  return after.startsWith('(') || (ENDING.test(after) && !/^[A-Za-z]{2}\w*$/.test(content));
}

/** Whether what stands between two `$` can be a formula. */
function isDollarFormula(content: string, before: string, after: string): boolean {
  if (/^\s|\s$/.test(content) || /\n\s*\n/.test(content) || WORD_BEFORE.test(before)) return false;
  if (/\d$/.test(before) && !/^(?:\\|[A-Za-z](?![A-Za-z]))/.test(content)) return false;
  return closes(content, after) && !isProse(content);
}

/** Whether what stands between two `$$` in a line can be a formula: they are signs of a price range, too. */
function isDoubleDollarFormula(content: string, before: string, after: string): boolean {
  return !before.endsWith('$') && !after.startsWith('$') && !/^\s*[,.;:!?)\]]/.test(content) && !/^\s+\p{L}{2,}(?:\s+\p{L}{2,})*\s+$/u.test(content);
}

function isFormula(content: string, pair: Delimiters, before: string, after: string): boolean {
  if (content.length > LONGEST || !/[\p{L}\p{N}]/u.test(content)) return false;
  if (pair.open === '$') return isDollarFormula(content, before, after);
  return pair.open !== '$$' || isDoubleDollarFormula(content, before, after);
}

function inlineMath(state: StateInline, silent: boolean): boolean {
  const { src, pos, posMax } = state;
  const pair = pairAt(src, pos);
  if (!pair) return false;
  const start = pos + pair.open.length;
  const close = closeOf(state, pos, pair);
  const end = close + pair.close.length;
  if (close < 0 || end > posMax || close - start > LONGEST) return false;
  const content = src.slice(start, close);
  if (!isFormula(content, pair, src.slice(Math.max(0, pos - 2), pos), src.slice(end, end + 12))) return false;
  if (!silent) {
    const token = state.push('math', 'math', 0);
    token.content = pair.own ? src.slice(pos, end) : content;
    token.markup = pair.open;
    token.meta = { display: pair.display } satisfies MathMeta;
  }
  state.pos = end;
  return true;
}

/** On `math` and `math_block` tokens. */
export interface MathMeta {
  display: boolean;
  /** its end has not arrived yet */
  unfinished?: boolean;
}

/** The lines of a formula, the last one exclusive, and where it closes; `close` is -1 when the lines end before. */
interface Extent {
  next: number;
  close: number;
}

/** Whether a formula may have blank lines: `$$` alone on its line begins one, `$$ is a price range` does not. */
function mayPause(pair: Delimiters, rest: string): boolean {
  return pair.own === true || rest.trim() === '' || /[\\^_={}]/.test(rest);
}

/** How far the formula reaches that opens at `at`, in `line`; null when it is none. */
function extentOf(state: StateBlock, line: number, last: number, at: number, pair: Delimiters): Extent | null {
  const close = closeOf(state, at, pair);
  const pauses = mayPause(pair, state.src.slice(at + pair.open.length, state.eMarks[line]));
  for (let next = line; next < last; next += 1) {
    const end = state.eMarks[next] ?? 0;
    if (end - at > LONGEST) return null;
    if (next > line && (state.isEmpty(next) ? !pauses : (state.sCount[next] ?? 0) < state.blkIndent)) return null;
    if (close < 0 || close >= end) continue;
    // Punctuation may follow an environment; what else follows makes it part of a line.
    const behind = state.src.slice(close + pair.close.length, end);
    return behind.trim() === '' || (pair.own && /^\s*[.,;]\s*$/.test(behind)) ? { next: next + 1, close } : null;
  }
  return pauses ? { next: last, close: -1 } : null;
}

/** What has been read of a formula, without its delimiters, and without the blank lines that TeX does not allow in it. */
function contentOf(state: StateBlock, line: number, { next, close }: Extent, pair: Delimiters): string {
  const source = state.getLines(line, next, state.blkIndent, false).trim();
  const end = close < 0 ? source.length : source.lastIndexOf(pair.close);
  return source.slice(pair.own ? 0 : pair.open.length, pair.own && close >= 0 ? end + pair.close.length : end).replace(/\n(?:[ \t]*\n)+/g, '\n').trim();
}

function blockMath(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
  const at = (state.bMarks[startLine] ?? 0) + (state.tShift[startLine] ?? 0);
  const pair = pairAt(state.src, at);
  if (!pair?.display || (state.sCount[startLine] ?? 0) - state.blkIndent >= 4) return false;
  const extent = extentOf(state, startLine, endLine, at, pair);
  if (!extent) return false;
  // One that never ends is text. While its end may still come, nothing in it is taken for paragraphs.
  const unfinished = extent.close < 0;
  if (unfinished && state.env['open'] !== true) return false;
  const content = contentOf(state, startLine, extent, pair);
  const inOneLine = extent.next === startLine + 1;
  if (!unfinished && !(inOneLine ? isFormula(state.src.slice(at + pair.open.length, extent.close), pair, '', '') : /[\p{L}\p{N}]/u.test(content))) return false;
  if (silent) return true;
  const token = state.push('math_block', 'math', 0);
  token.content = content;
  token.markup = pair.open;
  token.map = [startLine, extent.next];
  token.meta = { display: true, unfinished } satisfies MathMeta;
  state.line = extent.next;
  return true;
}

/** Teaches the parser formulas. Before escapes, because `\(` would be an escaped parenthesis. */
export function mathSyntax(parser: MarkdownIt): void {
  parser.inline.ruler.before('escape', 'math', inlineMath);
  parser.block.ruler.before('fence', 'math_block', blockMath, { alt: ['paragraph', 'reference', 'blockquote', 'list'] });
}
