/**
 * Footnotes: `[^1]` in text, `[^1]: …` as a block that stays where it is written.
 *
 * Definitions are kept beside link references under `^LABEL`, so streaming treats both alike: carried forward, and blocks
 * that used one before it came are built again.
 */
import type { MarkdownIt, StateBlock, StateInline } from 'markdown-it';

const DEFINITION = /^\[\^([^\]\s]{1,60})\]:[ \t]*/;
const USE = /^\[\^([^\]\s]{1,60})\](?!:)/;

/** On `footnote_open` and `footnote_ref` tokens. */
export interface FootnoteMeta {
  label: string;
}

function key(parser: MarkdownIt, label: string): string {
  return parser.utils.normalizeReference(`^${label}`);
}

/** The line after the last one that belongs to the definition on `start`: up to a blank line that nothing indented follows. */
function endOf(state: StateBlock, start: number, end: number): number {
  let line = start + 1;
  while (line < end) {
    if (state.isEmpty(line)) {
      const next = state.skipEmptyLines(line);
      if (next >= end || (state.sCount[next] ?? 0) < 2) break;
      line = next;
    } else if (DEFINITION.test(state.getLines(line, line + 1, 0, false))) break;
    line += 1;
  }
  return line;
}

function definition(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
  // A footnote has no footnotes of its own.
  if (state.level > 0 || state.env['footnote'] === true || (state.sCount[startLine] ?? 0) >= 4) return false;
  const match = DEFINITION.exec(state.getLines(startLine, startLine + 1, state.sCount[startLine] ?? 0, false));
  const label = match?.[1];
  if (label === undefined) return false;
  if (silent) return true;
  const last = endOf(state, startLine, endLine);
  const first = state.getLines(startLine, startLine + 1, 4, false).trimStart().slice(match?.[0].length);
  const body = [first, state.getLines(startLine + 1, last, 4, false)].join('\n');
  const meta: FootnoteMeta = { label };
  const open = state.push('footnote_open', 'div', 1);
  open.map = [startLine, last];
  open.meta = { ...meta };
  state.env['footnote'] = true;
  state.md.block.parse(body, state.md, state.env, state.tokens);
  state.env['footnote'] = false;
  state.push('footnote_close', 'div', -1);
  (state.env.references ??= {})[key(state.md, label)] ??= { title: '', href: '' };
  state.line = last;
  return true;
}

function use(state: StateInline, silent: boolean): boolean {
  const match = USE.exec(state.src.slice(state.pos, state.posMax));
  const label = match?.[1];
  if (label === undefined) return false;
  // A number is a footnote even before its text has arrived; `[^a-z]` in a sentence is one only when it is defined.
  if (!/^\d+$/.test(label) && state.env.references?.[key(state.md, label)] === undefined) return false;
  if (!silent) {
    const meta: FootnoteMeta = { label };
    state.push('footnote_ref', 'sup', 0).meta = { ...meta };
  }
  state.pos += match?.[0].length ?? 0;
  return true;
}

/** Teaches the parser footnotes. */
export function footnoteSyntax(parser: MarkdownIt): void {
  parser.block.ruler.before('reference', 'footnote', definition, { alt: ['paragraph', 'reference'] });
  parser.inline.ruler.before('link', 'footnote_ref', use);
}

/** Brings the text of a footnote into view and to the attention of screen readers. */
export function showFootnote(container: Element, label: string): void {
  const note = [...container.querySelectorAll<HTMLElement>('.ck-footnote')].find((one) => one.dataset['label'] === label);
  note?.focus({ preventScroll: true });
  note?.scrollIntoView({ block: 'nearest' });
}
