/**
 * Finds bare web and mail addresses in text.
 *
 * It has the shape markdown-it expects of `linkify-it` and stands in its place: that package knows every top-level
 * domain and schema-less host names, of which chat needs nothing, and weighs as much as the rest of the inline parser.
 */
import { WIDE } from '../ui/scripts';

export interface Match {
  schema: string;
  index: number;
  lastIndex: number;
  raw: string;
  text: string;
  url: string;
}

// U+FFFC marks an annotation (see annotations.ts) and ends an address, like any white space or quote.
const NARROW = String.raw`[^\s<>"\u0060\uFFFC\u201c-\u201f\u2026${WIDE}]`;
// Where no spaces stand between words, an address ends at their punctuation, and at a word that goes on from Latin letters
// (`example.com/docs然后`); a part that begins in such letters is the address's own (`/wiki/中文`).
const WIDE_PART = String.raw`(?<=[/?#&=._:@+-]|_\()(?=[${WIDE}])[\p{L}\p{M}\p{Nd}][\p{L}\p{M}\p{N}]*`;
/** What follows the `//` of an address, with the punctuation of the sentence at its end. */
export const URL_BODY = `(?:${NARROW}|${WIDE_PART})+`;
// A host has a letter or a digit, which is looked for first: what has none is not read to its end, time and again.
const ADDRESS = new RegExp(
  String.raw`https?:\/\/(?=[^\s/?#]*[\p{L}\p{N}])${URL_BODY}|mailto:[^\s<>"@\uFFFC]{1,100}@${URL_BODY}|(?<![\w.+/-])[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}`,
  'giu',
);
const AT_START = new RegExp(`^(?:${ADDRESS.source})`, 'iu');
const CLOSERS: Record<string, string> = { ')': '(', ']': '[', '}': '{' };

/** How many brackets that close with `closer` have no partner in `text`. */
function unmatched(text: string, closer: string, opener: string): number {
  return text.split(closer).length - text.split(opener).length;
}

/** Cuts punctuation that belongs to the sentence, not to the address: `(see https://a.b/c_(d)).` → `https://a.b/c_(d)`. */
export function trimAddress(address: string): string {
  let end = address.length;
  const spare: Record<string, number> = {};
  for (; end > 0; end -= 1) {
    const last = address.charAt(end - 1);
    if (/[.,:;!?'"*_~|\u2014\u2019\u00bb]/.test(last)) continue;
    const opener = CLOSERS[last];
    if (opener === undefined) break;
    const left = (spare[last] ??= unmatched(address, last, opener));
    if (left <= 0) break;
    spare[last] = left - 1;
  }
  return address.slice(0, end);
}

function isComplete(address: string): boolean {
  if (/^https?:/i.test(address)) return /^https?:\/\/[^/?#]*[\p{L}\p{N}]/iu.test(address);
  return /@[^@]*[\p{L}\p{N}]$/u.test(address);
}

function toMatch(found: string, index: number): Match | null {
  const text = trimAddress(found);
  if (!isComplete(text)) return null;
  const scheme = /^(https?:|mailto:)/i.exec(text)?.[1]?.toLowerCase();
  const schema = scheme ?? 'mailto:';
  const url = scheme === undefined ? `mailto:${text}` : text;
  return { schema, index, lastIndex: index + text.length, raw: text, text, url };
}

export class LinkifyIt {
  test(text: string): boolean {
    return this.match(text) !== null;
  }

  /** All addresses in order, or null. */
  match(text: string): Match[] | null {
    if (!text.includes('://') && !text.includes('@')) return null;
    const found: Match[] = [];
    for (const candidate of text.matchAll(ADDRESS)) {
      const match = toMatch(candidate[0], candidate.index);
      if (match) found.push(match);
    }
    return found.length > 0 ? found : null;
  }

  /** The address that starts at the first character, or null. */
  matchAtStart(text: string): Match | null {
    const candidate = AT_START.exec(text);
    return candidate ? toMatch(candidate[0], 0) : null;
  }
}

export default LinkifyIt;
