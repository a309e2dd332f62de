/** Text without characters that markers use, and without letters that a browser would take seconds to lay out. Its length stays. */
import { withoutMarkers } from './annotations';

/** Nobody writes that many accents over one letter; a browser's work grows with the square of them. */
const PILE = /(\p{M}{99})\p{M}/gu;
const MARK = /\p{M}/u;
/** Code units that a pile may have, as some marks take two. */
const REACH = 200;

/** Breaks piles of combining marks: every hundredth one is no mark but a circle that the next ones are put on. */
export function unpiled(text: string): string {
  return text.replace(PILE, (pile, kept: string) => kept + '\u25CC'.repeat(pile.length - kept.length));
}

export function cleaned(text: string): string {
  return unpiled(withoutMarkers(text));
}

/** `text`, which is clean, with `more`: the same as if it had come in one piece. */
export function appended(text: string, more: string): string {
  if (!MARK.test(more)) return text + withoutMarkers(more);
  const from = Math.max(0, text.length - REACH);
  return text.slice(0, from) + unpiled(text.slice(from) + withoutMarkers(more));
}
