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

/** A piece of a line, and what in it may not be taken apart. */
interface Piece {
  start: number;
  whole: readonly { start: number; end: number }[];
  signs: Intl.Segments | undefined;
}

/** Finds places for markers in `source`, one after another: what was looked at for one is not looked at again for the next. */
class Places {
  private line = { start: 0, end: -1 };
  private piece: Piece | undefined;
  private space = { from: 0, to: 0 };

  constructor(private readonly source: string) {}

  /** Where a marker for `at` may stand: at the end of the text before it, inside its table cell; -1 when nowhere. */
  for(at: number): number {
    const line = this.lineStart(at);
    const sign = LINE_SIGN.exec(this.source.slice(line, Math.min(this.line.end, line + NEAR)))?.[0].length ?? 0;
    const text = this.textBefore(at <= line + sign ? line : at);
    if (text === 0) return -1;
    const place = this.after(text);
    const start = this.lineStart(place);
    return FRAGILE_LINE.test(this.source.slice(start, Math.min(place, start + NEAR))) ? -1 : place;
  }

  private lineStart(at: number): number {
    if (at <= this.line.start || at > this.line.end) {
      const end = this.source.indexOf('\n', at);
      this.line = { start: this.source.lastIndexOf('\n', at - 1) + 1, end: end < 0 ? this.source.length : end };
    }
    return this.line.start;
  }

  private textBefore(at: number): number {
    let place = at;
    while (place > 0 && /[\s|]/.test(this.source.charAt(place - 1))) place = place <= this.space.from && place > this.space.to ? this.space.to : place - 1;
    this.space = { from: at, to: place };
    return place;
  }

  /** `place`, or the end of what may not be taken apart around it. */
  private after(place: number): number {
    const piece = this.pieceAt(place);
    const at = place - piece.start;
    const whole = piece.whole.find(({ end }) => end > at);
    if (whole && whole.start < at) return piece.start + whole.end;
    const sign = piece.signs?.containing(at);
    return sign && sign.index < at ? piece.start + sign.index + sign.segment.length : place;
  }

  private pieceAt(place: number): Piece {
    const line = this.lineStart(place);
    const start = line + Math.max(0, Math.floor((place - line) / NEAR) - 1) * NEAR;
    if (this.piece?.start !== start) {
      const text = this.source.slice(start, Math.min(this.line.end, start + 3 * NEAR));
      signs ??= typeof Intl.Segmenter === 'function' ? new Intl.Segmenter() : null;
      const whole = Array.from(text.matchAll(WHOLE), ({ index, 0: found }) => ({ start: index, end: index + found.length }));
      this.piece = { start, whole, signs: signs?.segment(text) };
    }
    return this.piece;
  }
}

/** The first of `marks`, sorted by index, that lies behind `offset`. */
function firstBehind(marks: readonly AnnotationMark[], offset: number): number {
  let [low, high] = [0, marks.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((marks[middle]?.index ?? 0) > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Puts markers for `marks`, sorted by index, into `source`, whose first character has the index `offset` in the whole text. */
export function insertMarkers(source: string, offset: number, marks: readonly AnnotationMark[]): string {
  let result = '';
  let from = 0;
  const places = new Places(source);
  for (let number = firstBehind(marks, offset); number < marks.length; number += 1) {
    const at = (marks[number]?.index ?? 0) - offset;
    if (at > source.length) break;
    const place = places.for(at);
    if (place < from) continue;
    result += source.slice(from, place) + encode(number);
    from = place;
  }
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
