/**
 * Emphasis in scripts that put no spaces between words. CommonMark tells the two ends of emphasis apart by the white space
 * around them, so `**注意：**请` would not close. Here punctuation of these scripts counts as a letter does, and their letters
 * beside any other punctuation as white space does.
 */
import type { MarkdownIt } from 'markdown-it';
import { WIDE } from '../ui/scripts';

/** Thai: whatever comes before it in Unicode has spaces between its words. */
const FIRST = 0xe00;
const wide = new RegExp(`[${WIDE}]`, 'u');
/** Signs that Chinese shares with the West: they are what their neighbour is. */
const shared = /[‘’“”…—·]/;
const punctuation = /[\p{P}\p{S}]/u;

/** What stands on one side of a run of delimiters: the character there, and the one behind it. */
interface Side {
  near: string;
  far: string;
}

/** The characters before `at`; selectors of variants are part of the character they follow. */
function sideBefore(text: string, at: number): Side {
  const [near = ' ', far = ''] = Array.from(text.slice(Math.max(0, at - 8), at)).filter((sign) => !/\p{Variation_Selector}/u.test(sign)).reverse();
  return { near, far };
}

function sideAfter(text: string, at: number, end: number): Side {
  const [near = ' ', far = ''] = text.slice(at, Math.min(end, at + 8));
  return { near, far };
}

function kindOf({ near, far }: Side): { space: boolean; sign: boolean; wide: boolean } {
  const isWide = wide.test(near) || (shared.test(near) && wide.test(far));
  return { space: /\s/.test(near), sign: punctuation.test(near), wide: isWide };
}

interface Flanks {
  can_open: boolean;
  can_close: boolean;
  length: number;
}

/** Which ends a run between `before` and `after` may be; null when CommonMark's own rule holds. */
function flanks(before: Side, after: Side, insideWords: boolean): Omit<Flanks, 'length'> | null {
  const [last, next] = [kindOf(before), kindOf(after)];
  if (!last.wide && !next.wide) return null;
  const opens = !next.space && (!next.sign || next.wide || last.space || last.sign || last.wide);
  const closes = !last.space && (!last.sign || last.wide || next.space || next.sign || next.wide);
  return {
    can_open: opens && (insideWords || !closes || last.sign || (next.sign && next.wide)),
    can_close: closes && (insideWords || !opens || next.sign || (last.sign && last.wide)),
  };
}

/** Teaches the parser where emphasis begins and ends beside these scripts. */
export function spacelessEmphasis(parser: MarkdownIt): void {
  const { State } = parser.inline;
  parser.inline.State = class extends State {
    override scanDelims(start: number, canSplitWord: boolean): Flanks {
      const found = super.scanDelims(start, canSplitWord);
      if (Math.max(this.src.charCodeAt(start - 1) || 0, this.src.charCodeAt(start + found.length) || 0) < FIRST) return found;
      return { ...found, ...flanks(sideBefore(this.src, start), sideAfter(this.src, start + found.length, this.posMax), canSplitWord) };
    }
  };
}
