/** The Markdown parser: CommonMark without raw HTML, with tables, strikethrough, task lists, bare addresses, footnotes and formulas. */
import MarkdownIt, { type Env, type MarkdownIt as Parser, type StateCore, type Token } from 'markdown-it';
import { normalizeAddress } from './addresses';
import { cellSyntax } from './cells';
import { spacelessEmphasis } from './flanking';
import { footnoteSyntax } from './footnotes';
import { LinkifyIt } from './linkify';
import { mathSyntax } from './math-syntax';
import { repairInline } from './repair';

/** What one parse knows and leaves behind. */
export interface ParseEnv extends Env {
  references: Record<string, { title: string; href: string }>;
  /** the source is still growing: repair its end */
  open?: boolean;
}

/** On `list_item_open` tokens of task lists. */
export interface TaskMeta {
  checked: boolean;
}

const TASK = /^\[([ xX])\](?:\s|$)/;

/** Lets the last inline text of an unfinished source be repaired before it is parsed. */
function repairLast(state: StateCore): void {
  if (state.env['open'] !== true) return;
  const last = state.tokens.findLast((token) => token.type === 'inline');
  const end = state.tokens[state.tokens.length - 1];
  if (!last || ['fence', 'code_block', 'hr', 'math_block'].includes(end?.type ?? '')) return;
  last.content = repairInline(last.content);
}

/** Finds `[ ]` and `[x]` at the start of list items and moves them from the text to the item. */
function taskLists(state: StateCore): void {
  state.tokens.forEach((token, index) => {
    const paragraph = state.tokens[index + 1];
    const inline = state.tokens[index + 2];
    if (token.type !== 'list_item_open' || paragraph?.type !== 'paragraph_open' || inline?.type !== 'inline') return;
    const box = TASK.exec(inline.content);
    if (!box) return;
    const meta: TaskMeta = { checked: box[1] !== ' ' };
    token.meta = { ...token.meta, ...meta };
    inline.content = inline.content.slice(box[0].length);
  });
}

/** One parser serves every message: it keeps no state between parses. */
function createParser(): Parser {
  const made = new MarkdownIt({ html: false, linkify: true, typographer: false, breaks: false });
  Object.defineProperty(made, 'linkify', { value: new LinkifyIt() });
  // Every link is parsed as one; whether it may be opened is decided where its node is built (links.ts).
  made.validateLink = () => true;
  made.normalizeLink = normalizeAddress;
  // A bare address is shown as it was written.
  made.normalizeLinkText = (address) => address;
  made.use(spacelessEmphasis);
  made.use(mathSyntax);
  made.use(cellSyntax);
  made.use(footnoteSyntax);
  made.core.ruler.after('block', 'chatkit_tasks', taskLists);
  made.core.ruler.after('block', 'chatkit_repair', repairLast);
  return made;
}

let shared: Parser | undefined;

function parser(): Parser {
  shared ??= createParser();
  return shared;
}

/** Parses `source`; link references found are added to `env`. */
export function parse(source: string, env: ParseEnv): Token[] {
  return parser().parse(source, env);
}

/** Parses only the block structure of a growing `source`: enough to know where blocks begin, at a fraction of the cost. */
export function parseStructure(source: string, env: ParseEnv): Token[] {
  const tokens: Token[] = [];
  parser().block.parse(source.replace(/\r\n?/g, '\n'), parser(), { ...env, open: true }, tokens);
  // A definition shows nothing, and what follows it may still be its title: it completes no block.
  return tokens.filter((token) => token.type !== 'reference_definition');
}

/** Decodes backslash escapes and character references, as in the info string of a fence. */
export function unescapeInfo(info: string): string {
  return parser().utils.unescapeAll(info);
}

/** The name of a definition as references are kept under: without regard to case and space. */
export function normalizeReference(name: string): string {
  return parser().utils.normalizeReference(name);
}

/** Groups the flat token list by top-level block. A group's first token has the block's line range in `map`. */
export function topLevelBlocks(tokens: readonly Token[]): Token[][] {
  const blocks: Token[][] = [];
  let current: Token[] = [];
  let depth = 0;
  for (const token of tokens) {
    current.push(token);
    depth += token.nesting;
    if (depth === 0) {
      blocks.push(current);
      current = [];
    }
  }
  if (current.length > 0) blocks.push(current);
  return blocks;
}

export type { Token };
