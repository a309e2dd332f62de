/**
 * Where formulas stand in Markdown: `$…$` and `\(…\)` in a line, `$$…$$` and `\[…\]` on lines of their own or in one.
 *
 * Money is no formula: as in Pandoc, an opening `$` has a character right behind it, a closing one right before it and no
 * digit after it.
 */
import type { MarkdownIt, StateBlock, StateInline } from 'markdown-it';

interface Delimiters {
  open: string;
  close: string;
  display: boolean;
}

const PAIRS: readonly Delimiters[] = [
  { open: '$$', close: '$$', display: true },
  { open: '$', close: '$', display: false },
  { open: '\\(', close: '\\)', display: false },
  { open: '\\[', close: '\\]', display: true },
];
const BLOCKS = PAIRS.filter((pair) => pair.display);

/** Where `close` is from `from` on, not behind a backslash; -1 when it is not there. */
function findClose(source: string, from: number, close: string): number {
  for (let at = source.indexOf(close, from); at >= 0; at = source.indexOf(close, at + 1)) {
    let slashes = 0;
    while (source.charAt(at - 1 - slashes) === '\\') slashes += 1;
    if (slashes % 2 === 0) return at;
  }
  return -1;
}

/** Whether the text between the delimiters can be a formula. */
function isFormula(content: string, pair: Delimiters, after: string): boolean {
  if (!/[\p{L}\p{N}]/u.test(content) || content.length > 4000) return false;
  if (pair.open !== '$') return true;
  return !/^\s|\s$/.test(content) && !/\d/.test(after) && !/\n\s*\n/.test(content);
}

function inlineMath(state: StateInline, silent: boolean): boolean {
  const { src, pos, posMax } = state;
  const pair = PAIRS.find(({ open }) => src.startsWith(open, pos));
  if (!pair) return false;
  const start = pos + pair.open.length;
  const end = findClose(src, start, pair.close);
  if (end < 0 || end + pair.close.length > posMax) return false;
  const content = src.slice(start, end);
  if (!isFormula(content, pair, src.charAt(end + pair.close.length))) return false;
  if (!silent) {
    const token = state.push('math', 'math', 0);
    token.content = content;
    token.markup = pair.open;
    token.meta = { display: pair.display };
  }
  state.pos = end + pair.close.length;
  return true;
}

/** The line on which the block that starts on `start` closes; -1 when it does not. */
function closingLine(state: StateBlock, start: number, end: number, pair: Delimiters): number {
  for (let line = start; line < end; line += 1) {
    const text = state.getLines(line, line + 1, state.blkIndent, false);
    if (line > start && text.trim() === '') return -1;
    const body = line === start ? text.trim().slice(pair.open.length) : text;
    const at = findClose(body, 0, pair.close);
    if (at >= 0) return body.slice(at + pair.close.length).trim() === '' ? line : -1;
  }
  return -1;
}

function blockMath(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
  if ((state.sCount[startLine] ?? 0) - state.blkIndent >= 4) return false;
  const first = state.getLines(startLine, startLine + 1, state.blkIndent, false).trim();
  const pair = BLOCKS.find(({ open }) => first.startsWith(open));
  if (!pair) return false;
  const last = closingLine(state, startLine, endLine, pair);
  if (last < 0) return false;
  const source = state.getLines(startLine, last + 1, state.blkIndent, false).trim();
  const content = source.slice(pair.open.length, -pair.close.length).trim();
  if (!isFormula(content, pair, '')) return false;
  if (silent) return true;
  const token = state.push('math_block', 'math', 0);
  token.content = content;
  token.markup = pair.open;
  token.map = [startLine, last + 1];
  token.meta = { display: true };
  state.line = last + 1;
  return true;
}

/** Teaches the parser formulas. Before escapes, because `\(` would be an escaped parenthesis. */
export function mathSyntax(parser: MarkdownIt): void {
  parser.inline.ruler.before('escape', 'math', inlineMath);
  parser.block.ruler.before('fence', 'math_block', blockMath, { alt: ['paragraph', 'reference', 'blockquote', 'list'] });
}
