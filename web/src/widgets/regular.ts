/**
 * Regular expressions that never take long. The browser's own try one way after another, which for some expressions and texts
 * takes for ever (`(a+)+$`); this goes all ways at once: a part of an expression leads from places in the text to places.
 */

type Places = ReadonlySet<number>;
type Part = (text: Text, from: Places) => Places;

/** The text in characters, and what has been done. */
interface Text {
  readonly characters: readonly string[];
  work: number;
}

/** Steps after which nothing is known: some tenths of a second. */
const PATIENCE = 3_000_000;
/** Counted repetitions beyond this are not looked at. */
const MOST_TIMES = 5000;

class Unknown extends Error {}

function filtered(test: (text: Text, at: number) => boolean): Part {
  return (text, from) => new Set([...from].filter((at) => test(text, at)));
}

function step(text: Text, count: number): void {
  if ((text.work += count) > PATIENCE) throw new Unknown();
}

function character(source: string, flags: string): Part {
  const expression = new RegExp(`^(?:${source})$`, flags);
  const known = new Map<string, boolean>();
  return (text, from) => {
    step(text, from.size);
    const to = new Set<number>();
    for (const at of from) {
      const one = text.characters[at];
      if (one === undefined) continue;
      if (!known.has(one)) known.set(one, expression.test(one));
      if (known.get(one)) to.add(at + 1);
    }
    return to;
  };
}

function sequence(parts: readonly Part[]): Part {
  return (text, from) => parts.reduce((places, part) => (places.size === 0 ? places : part(text, places)), from);
}

function choice(parts: readonly Part[]): Part {
  return parts.length === 1 && parts[0] ? parts[0] : (text, from) => new Set(parts.flatMap((part) => [...part(text, from)]));
}

function repeated(part: Part, least: number, most: number): Part {
  return (text, from) => {
    let places = from;
    for (let times = 0; times < least && places.size > 0; times += 1) places = part(text, places);
    const all = new Set(places);
    for (let times = least; times < most && places.size > 0; times += 1) {
      step(text, 1);
      places = new Set([...part(text, places)].filter((at) => !all.has(at)));
      for (const at of places) all.add(at);
    }
    return all;
  };
}

const ASSERTION = /^\^|^\$|^\\[bB]/;
const GROUP = /^\((?:\?(?:([:=!])|<(?![=!])[^>]*>))?/;
const TIMES = /^(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/;
/** One character: an escape, a class without classes in it, or itself. */
const ONE = /^(?:\\u\{[^}]*\}|\\[pP]\{[^}]*\}|\\u[\da-fA-F]{4}|\\x[\da-fA-F]{2}|\\c[A-Za-z]|\\0(?!\d)|\\[^1-9kpPuxq0]|\[(?:\\.|[^\]\\[])*\]|[^\\[\]()|*+?])/su;

/** Reads the source of an expression that the browser has accepted; throws where it says more than is known here. */
class Reader {
  private at = 0;

  constructor(private readonly source: string, private readonly flags: string) {}

  whole(): Part {
    const part = this.alternatives();
    if (this.at < this.source.length) throw new Unknown();
    return part;
  }

  private take(expression: RegExp): RegExpExecArray | null {
    const found = expression.exec(this.source.slice(this.at));
    this.at += found?.[0].length ?? 0;
    return found;
  }

  private alternatives(): Part {
    const parts = [this.terms()];
    while (this.take(/^\|/)) parts.push(this.terms());
    return choice(parts);
  }

  private terms(): Part {
    const parts: Part[] = [];
    while (this.at < this.source.length && !/^[|)]/.test(this.source.slice(this.at, this.at + 1))) parts.push(this.term());
    return sequence(parts);
  }

  private term(): Part {
    const assertion = this.take(ASSERTION)?.[0];
    if (assertion !== undefined) return this.assertion(assertion);
    const part = this.atom();
    const times = this.take(TIMES);
    if (!times) return part;
    const [, sign, least = '', comma, most] = times;
    if (sign !== undefined) return repeated(part, sign === '+' ? 1 : 0, sign === '?' ? 1 : Infinity);
    const range = [Number(least), most ? Number(most) : comma ? Infinity : Number(least)] as const;
    if (range[0] > MOST_TIMES) throw new Unknown();
    return repeated(part, ...range);
  }

  private assertion(sign: string): Part {
    const many = this.flags.includes('m');
    const isEnd = (text: Text, at: number): boolean => at === text.characters.length || (many && text.characters[at] === '\n');
    if (sign === '^') return filtered((text, at) => at === 0 || (many && text.characters[at - 1] === '\n'));
    if (sign === '$') return filtered(isEnd);
    const isWord = (one: string | undefined): boolean => one !== undefined && /^\w$/.test(one);
    return filtered((text, at) => (isWord(text.characters[at - 1]) !== isWord(text.characters[at])) === (sign === '\\b'));
  }

  private atom(): Part {
    const group = this.take(GROUP);
    if (!group) {
      const one = this.take(ONE)?.[0];
      if (one === undefined) throw new Unknown();
      return character(one, this.flags);
    }
    if (this.source.startsWith('?', this.at)) throw new Unknown();
    const inner = this.alternatives();
    if (!this.take(/^\)/)) throw new Unknown();
    const ahead = group[1];
    return ahead === '=' || ahead === '!' ? filtered((text, at) => inner(text, new Set([at])).size > 0 === (ahead === '=')) : inner;
  }
}

/** Whether all of `text` is meant by an expression that has no `^` and `$` around it; null when that cannot be told in time. */
export function isWhole(source: string, flags: string, text: string): boolean | null {
  try {
    const characters = /[uv]/.test(flags) ? Array.from(text) : text.split('');
    return new Reader(source, flags).whole()({ characters, work: 0 }, new Set([0])).has(characters.length);
  } catch (error) {
    if (error instanceof Unknown) return null;
    throw error;
  }
}
