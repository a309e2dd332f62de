/**
 * Finds bare web and mail addresses in text.
 *
 * It has the shape markdown-it expects of `linkify-it` and stands in its place: that package knows every top-level
 * domain and schema-less host names, of which chat needs nothing, and weighs as much as the rest of the inline parser.
 */

export interface Match {
  schema: string;
  index: number;
  lastIndex: number;
  raw: string;
  text: string;
  url: string;
}

// U+FFFC marks an annotation (see annotations.ts) and ends an address, like any white space or quote.
const URL_BODY = String.raw`[^\s<>"\u0060\uFFFC]+`;
const ADDRESS = new RegExp(
  String.raw`https?:\/\/${URL_BODY}|mailto:[^\s<>"@\uFFFC]+@${URL_BODY}|(?<![\w.+/-])[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}`,
  'giu',
);
const AT_START = new RegExp(`^(?:${ADDRESS.source})`, 'iu');
const CLOSERS: Record<string, string> = { ')': '(', ']': '[', '}': '{' };

/** Cuts punctuation that belongs to the sentence, not to the address: `(see https://a.b/c_(d)).` → `https://a.b/c_(d)`. */
export function trimAddress(address: string): string {
  let end = address.length;
  while (end > 0) {
    const last = address.charAt(end - 1);
    if (/[.,:;!?'"*_~|\u2026\u3001\u3002\uff0c\u00bb\u201d\u2019]/.test(last)) {
      end -= 1;
      continue;
    }
    const opener = CLOSERS[last];
    if (opener === undefined) break;
    const body = address.slice(0, end);
    if (body.split(opener).length >= body.split(last).length) break;
    end -= 1;
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
