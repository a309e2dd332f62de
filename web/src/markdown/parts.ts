/** How much of a text one task takes, so that no text keeps the page: by what its characters may become. */

/** What one task may cost. Some 16,000 characters of prose, 1,000 short paragraphs or links. */
const TASK = 32_000;
/** What a sign may cost, in characters of prose: from each a node may be made, or several. */
const SIGNS: Readonly<Record<string, number>> = { '\n': 16, '$': 40, '\\': 20, '^': 32 };
const SIGN = 8;
const COSTS = new Map(Array.from('\n$\\^`*_~[]()<>|&!:@\uFFFC', (sign) => [sign.charCodeAt(0), SIGNS[sign] ?? SIGN]));
/** Texts shorter than this are within the cost whatever they are. */
const SHORT = TASK / 40;

/** Whether a letter runs from right to left; undefined for what has no direction. Each change of it is laid out by itself. */
function isRightToLeft(code: number): boolean | undefined {
  return code < 0x41 ? undefined : code >= 0x590 && code < 0x900;
}

function isTrail(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}

/** Where the part of `text` ends that one task takes from `from` on: behind a line or a word if there is one, or at the end of the text. */
export function partEnd(text: string, from: number): number {
  if (text.length - from <= SHORT) return text.length;
  let line = 0;
  let word = 0;
  let cost = 0;
  let direction = false;
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const turns = (isRightToLeft(code) ?? direction) !== direction;
    cost += turns ? SIGN : COSTS.get(code) ?? 1;
    if (turns) direction = !direction;
    if (cost > TASK) return line || word || (isTrail(code) ? at - 1 : at);
    if (code === 10) line = at + 1;
    else if (code === 32 && cost > TASK / 2) word = at + 1;
  }
  return text.length;
}
