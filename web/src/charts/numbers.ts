/**
 * Numbers that somebody has already written for people: `1,200`, `1.200,50 €`, `12 %`, `−5`, `(300)`, `١٬٢٠٠`, `1.2k`.
 *
 * What could mean two things is read as most data mean it, unless other values of the same series show otherwise. Units of
 * measure stay unread: `900 MB` beside `1.2 GB` would be drawn wrongly, and wrong is worse than missing.
 */

export interface WrittenNumber {
  value: number;
  /** the whole text, trimmed */
  text: string;
  before: string;
  after: string;
  /** it has more than digits, a sign and a point: shown again, it stays as it was written */
  marked: boolean;
}

/** What stands before the decimals. */
export type Mark = '.' | ',';

/** No number is longer. */
const MAX_LENGTH = 64;
const SPACES = /[\s\u00a0\u2009\u202f]/gu;
/** Marks of direction have no width and no meaning here. */
const DIRECTIONS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const PARTS = /^(\()?([-+])?((?:[A-Z]{0,3}\p{Sc}|[A-Z]{3})\s*)?([-+])?([\d.,'\s]*\d)(?:[eE]([-+]?\d+)|([kKMBT]))?(\s*(?:[%\u2030]|\p{Sc}|[A-Z]{3}))?(\))?$/u;

/** Zeros of the scripts that our languages count in; nine more digits follow each. */
const ZEROS = [0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xae6, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0x1040, 0xff10];
const SAME: Readonly<Record<string, string>> = {
  '\u066b': '.', '\u066c': "'", '\u2019': "'", _: "'", '\u2212': '-', '\u2012': '-', '\u2013': '-', '\uff0d': '-', '\uff0b': '+', '\u066a': '%', '\uff05': '%', '\uff0c': ',', '\uff0e': '.',
};

const POWERS: Readonly<Record<string, number>> = { k: 1e3, K: 1e3, M: 1e6, B: 1e9, T: 1e12 };

/** In European digits and signs. */
function plain(text: string): string {
  return text.replace(DIRECTIONS, '').trim().replace(/[^\x20-\x26\x28-\x5e\x60-\x7e]/gu, (sign) => {
    const code = sign.codePointAt(0) ?? 0;
    const zero = ZEROS.find((each) => code >= each && code < each + 10);
    return zero === undefined ? (SAME[sign] ?? sign) : String(code - zero);
  });
}

function partsOf(text: string): RegExpExecArray | null {
  return text.length > MAX_LENGTH ? null : PARTS.exec(plain(text));
}

/** Groups of three digits, or of two before the last three as in India; the first may be shorter. */
const GROUPED = /^(?:\d{1,3}(?:'\d{3})+|\d{1,2}(?:'\d{2})+'\d{3}|\d*)$/;
/** Only a decimal comma makes these: groups with points before it, too few or too many digits after it. */
const DECIMAL_COMMA = /\.\d{3}(?:,\d+|\.\d{3})$|^(?![1-9]\d{0,2},\d{3}$)[^.,]*,\d+$/;

/** What the numbers of a series have before their decimals, by those that leave no doubt. */
export function decimalMark(texts: readonly string[]): Mark {
  return texts.some((text) => DECIMAL_COMMA.test(partsOf(text)?.[5] ?? '')) ? ',' : '.';
}

/** Digits with their groups and decimals as a number; null where they are grouped as no number is. */
function amount(digits: string, exponent: string, mark: Mark): number | null {
  const [whole = '', fraction = '', ...more] = digits.replace(SPACES, "'").split(mark);
  const groups = whole.replace(/[.,]/g, "'");
  if (more.length > 0 || !/^\d*$/.test(fraction) || !GROUPED.test(groups)) return null;
  return Number(`${groups.replaceAll("'", '')}.${fraction}0e${exponent}`);
}

let currencies: ReadonlySet<string> | undefined;

/** Whether capitals before or after a number name a currency, or stand with its sign. */
function isUnit(around: string): boolean {
  const name = around.trim();
  if (!/^[A-Z]{3}$/.test(name)) return true;
  currencies ??= new Set(Intl.supportedValuesOf('currency'));
  return currencies.has(name);
}

/** The number that a text is, or null. */
export function writtenNumber(text: string, mark: Mark): WrittenNumber | null {
  const [, opened, outer, before = '', inner, digits = '', exponent = '0', power, after = '', closed] = partsOf(text) ?? [];
  if ((opened === undefined) !== (closed === undefined) || (outer !== undefined && inner !== undefined)) return null;
  if (digits === '' || !isUnit(before) || !isUnit(after)) return null;
  const size = amount(digits, exponent, mark) ?? amount(digits, exponent, mark === '.' ? ',' : '.');
  if (size === null) return null;
  const negative = opened !== undefined || outer === '-' || inner === '-';
  return {
    value: (negative ? -size : size) * (POWERS[power ?? ''] ?? 1),
    text: text.trim(), before, after,
    marked: before !== '' || after !== '' || power !== undefined || opened !== undefined,
  };
}
