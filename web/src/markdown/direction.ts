/**
 * The direction of lists and tables. `dir="auto"` looks past what has a direction of its own, and so finds nothing in a list of
 * paragraphs or a table of cells: these find it here, in the same way, by the first letter that has one.
 */

export type Direction = 'ltr' | 'rtl';

const LETTER = /\p{L}/u;
const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Samaritan}\p{Script=Mandaic}\p{Script=Adlam}\p{Script=Hanifi_Rohingya}]/u;

function directionIn(text: string): Direction | null {
  const letter = LETTER.exec(text)?.[0];
  return letter === undefined ? null : RIGHT_TO_LEFT.test(letter) ? 'rtl' : 'ltr';
}

/** The direction of what is written in `node`; code and formulas, which always run from left to right, say nothing. */
export function directionOf(node: Node): Direction | null {
  if (node instanceof Text) return directionIn(node.data);
  if (node instanceof Element && (node.matches('code, pre, .ck-math, .ck-code, .ck-annotation'))) return null;
  for (const child of node.childNodes) {
    const found = directionOf(child);
    if (found) return found;
  }
  return null;
}

/** The direction of a table: that of most of its headings, and of the first one where they are even. */
export function tableDirection(table: Element): Direction | null {
  const found = [...table.querySelectorAll('th')].map(directionOf).filter((direction) => direction !== null);
  const rtl = found.filter((direction) => direction === 'rtl').length;
  if (rtl * 2 !== found.length) return rtl * 2 > found.length ? 'rtl' : 'ltr';
  return found[0] ?? directionOf(table);
}
