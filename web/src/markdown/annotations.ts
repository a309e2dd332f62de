/**
 * Marks places in Markdown source that annotations point at.
 *
 * The position of an annotation is an index into the *source*; what it becomes in the rendered text is known only to the
 * parser. So a marker is put into the source before parsing and turned into a node afterwards. A marker is
 * `U+FFFC digits U+FFFC`: the object replacement character is a symbol, so emphasis next to it closes as it does next to
 * punctuation, and the digits are non-characters, which no valid text contains.
 */

import { URL_BODY } from './linkify';

/** One place in the text; several sources with the same index are one mark. */
export interface AnnotationMark {
  /** index into the Markdown source, in UTF-16 units */
  index: number;
  /** identity of the mark: same key, same node */
  key: string;
  /** builds the inline node; called once per place */
  render(): Node;
}

const EDGE = '\uFFFC';
const DIGIT_ZERO = 0xfdd0;
const MARKER = /\uFFFC([\uFDD0-\uFDDF]+)\uFFFC/;
const RESERVED = /[\uFFFC\uFDD0-\uFDDF]/g;

function encode(number: number): string {
  const digits = Array.from(number.toString(16), (digit) => String.fromCharCode(DIGIT_ZERO + parseInt(digit, 16)));
  return EDGE + digits.join('') + EDGE;
}

function decode(digits: string): number {
  return parseInt(Array.from(digits, (digit) => (digit.charCodeAt(0) - DIGIT_ZERO).toString(16)).join(''), 16);
}

/** Makes text free of characters that markers use. Keeps its length. */
export function withoutMarkers(text: string): string {
  return text.replace(RESERVED, '\uFFFD');
}

/** Lines whose meaning a marker would destroy: fences, rules, underlines, delimiter rows, link definitions. */
const FRAGILE_LINE = /^[\s>]*(?:`{3,}|~{3,}|[-=*_|: \t]+$|\[(?!\^)[^\]]+\]:)/;

/** What a marker would break that stood in it: links, addresses, code, formulas, references, escapes, delimiters of two signs. */
const WHOLE = new RegExp([
  String.raw`!?\[[^\]]*\](?:\((?:[^()]|\([^()]*\))*\)|\[[^\]]*\])`, String.raw`\]\([^)]*\)`, String.raw`<[a-z][a-z\d+.-]*:[^>\s]*>`, '(`+)(?!`).*?[^`]\\1(?!`)',
  String.raw`\$\$.+?\$\$`, String.raw`\$(?=\S)[^$]*[^\s$]\$(?!\d)`, String.raw`\\\(.+?\\\)`, String.raw`\\\[.+?\\\]`,
  String.raw`[a-z]+:\/\/${URL_BODY}(?<![[\]().,:;!?"'*_~|])`, String.raw`&#?\w+;`, String.raw`\[\^[^\]\s]+\]`, String.raw`\\[^\w\s]`, String.raw`([*_~])\2+`,
].join('|'), 'giu');
/** What makes a line a heading, a list item or a quotation. */
const LINE_SIGN = /^(?:[ \t]*(?:#{1,6}|[-*+]|\d{1,9}[.)]|>)(?:[ \t]+|(?=>)|$))+(?:\[[ xX]\][ \t])?/;
/** Finds the characters that people see; made when the first mark is placed, and null where the browser has none. */
let signs: Intl.Segmenter | null | undefined;
/** How far around a place it is looked for. */
const NEAR = 1000;

/** `place`, or the end of what may not be taken apart around it. */
function after(source: string, place: number): number {
  const start = Math.max(source.lastIndexOf('\n', place - 1) + 1, place - NEAR);
  const line = source.slice(start, place + NEAR).split('\n', 1)[0] ?? '';
  const at = place - start;
  for (const { index, 0: whole } of line.matchAll(WHOLE)) {
    if (index >= at) break;
    if (at < index + whole.length) return start + index + whole.length;
  }
  signs ??= typeof Intl.Segmenter === 'function' ? new Intl.Segmenter() : null;
  const sign = signs?.segment(line).containing(at);
  return sign ? start + (sign.index < at ? sign.index + sign.segment.length : at) : place;
}

/** Where a marker for `at` may stand: at the end of the text before it, inside its table cell; -1 when nowhere. */
function placeFor(source: string, at: number): number {
  const line = source.lastIndexOf('\n', at - 1) + 1;
  const sign = LINE_SIGN.exec(source.slice(line, at + NEAR).split('\n', 1)[0] ?? '')?.[0].length ?? 0;
  let place = at <= line + sign ? line : at;
  while (place > 0 && /[\s|]/.test(source.charAt(place - 1))) place -= 1;
  place = after(source, place);
  const lineStart = source.lastIndexOf('\n', place - 1) + 1;
  return place === 0 || FRAGILE_LINE.test(source.slice(lineStart, place)) ? -1 : place;
}

/** Puts markers for `marks`, sorted by index, into `source`, whose first character has the index `offset` in the whole text. */
export function insertMarkers(source: string, offset: number, marks: readonly AnnotationMark[]): string {
  let result = '';
  let from = 0;
  marks.forEach((mark, number) => {
    const at = mark.index - offset;
    const place = at > 0 && at <= source.length ? placeFor(source, at) : -1;
    if (place < from) return;
    result += source.slice(from, place) + encode(number);
    from = place;
  });
  return result + source.slice(from);
}

/** Splits text at markers: strings stay strings, markers become the number of their mark. */
export function splitMarkers(text: string): (string | number)[] {
  const parts: (string | number)[] = [];
  let rest = text;
  for (let match = MARKER.exec(rest); match; match = MARKER.exec(rest)) {
    if (match.index > 0) parts.push(rest.slice(0, match.index));
    parts.push(decode(match[1] ?? ''));
    rest = rest.slice(match.index + match[0].length);
  }
  if (rest) parts.push(rest);
  return parts;
}

/** Text as it was before markers went in. */
export function stripMarkers(text: string): string {
  return text.includes(EDGE) ? splitMarkers(text).filter((part) => typeof part === 'string').join('') : text;
}
