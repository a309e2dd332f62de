/** `<br>` in table cells is a line break: a row has no other. Nothing else of HTML is known, and `<br>` nowhere else. */
import type { MarkdownIt, StateCore, Token } from 'markdown-it';

const BREAK = /<br\s*\/?>/gi;
const HALF_BREAK = /<(?:b(?:r\s*\/?)?)?$/i;

/** The text in pieces, with breaks between them. */
function broken(state: StateCore, text: Token): Token[] {
  return text.content.split(BREAK).flatMap((content, index) => {
    const piece = new state.Token('text', '', 0);
    piece.level = text.level;
    piece.content = content.trim() === '' ? '' : content;
    if (index === 0) return [piece];
    const line = new state.Token('hardbreak', 'br', 0);
    line.level = text.level;
    return [line, piece];
  });
}

function cellBreaks(state: StateCore): void {
  const last = state.env['open'] === true ? state.tokens.findLast((token) => token.type === 'inline') : undefined;
  state.tokens.forEach((token, index) => {
    const before = state.tokens[index - 1]?.type;
    if (token.type !== 'inline' || !token.children || (before !== 'td_open' && before !== 'th_open')) return;
    const end = token === last ? token.children.at(-1) : undefined;
    if (end?.type === 'text') end.content = end.content.replace(HALF_BREAK, '');
    token.children = token.children.flatMap((child) => (child.type === 'text' && child.content.includes('<') ? broken(state, child) : [child]));
  });
}

/** Teaches the parser breaks in cells. Before text is joined, when `\<br>` is still told from `<br>`. */
export function cellSyntax(parser: MarkdownIt): void {
  parser.core.ruler.after('inline', 'chatkit_cells', cellBreaks);
}
