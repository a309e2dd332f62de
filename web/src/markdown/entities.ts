/**
 * Named character references (`&hellip;`). It stands in the place of the package `entities` in markdown-it's imports: the names
 * that are met in texts are here, the other 2,000 are a lazy chunk.
 */

/** Names in the order of their characters; `+` gives the code point the following names count up from. */
const COMMON =
  '+22 quot +26 amp +3c lt +3e gt +a0 nbsp iexcl cent pound +a5 yen +a7 sect +a9 copy +ab laquo not shy reg +b0 deg plusmn sup2 sup3 acute micro para ' +
  'middot +bb raquo frac14 frac12 frac34 iquest +d7 times +f7 divide +2002 ensp emsp +2009 thinsp +200c zwnj zwj lrm rlm +2013 ndash mdash +2018 lsquo ' +
  'rsquo sbquo +201c ldquo rdquo bdquo +2020 dagger Dagger bull +2026 hellip +2030 permil +2032 prime Prime +20ac euro +2122 trade +2190 larr uarr rarr ' +
  'darr harr +21d2 rArr +21d4 hArr +2212 minus +221e infin +2260 ne +2264 le ge ';

function commonTable(): Map<string, string> {
  const table = new Map<string, string>([['apos', "'"]]);
  let code = 0;
  for (const word of COMMON.trim().split(' ')) {
    if (word.startsWith('+')) code = parseInt(word.slice(1), 16);
    else table.set(word, String.fromCodePoint(code++));
  }
  return table;
}

const common = commonTable();
let decodeRare: ((text: string) => string) | undefined;
let loading: Promise<void> | undefined;
const waiting = new Set<() => void>();

/** Fetches the names that are not common; whoever waits is called once they are there. */
export function loadRareEntities(): Promise<void> {
  loading ??= import('./rare-entities').then(
    (module) => {
      decodeRare = module.decode;
      for (const callback of [...waiting]) callback();
      waiting.clear();
    },
    () => {
      loading = undefined; // a later text may try again
    },
  );
  return loading;
}

let missed = false;

/** Runs `task`; whether it met names whose table is still on its way. */
export function missesEntities(task: () => void): boolean {
  missed = false;
  task();
  return missed;
}

/** Calls back when the table has arrived; the result cancels. */
export function whenEntitiesArrive(callback: () => void): () => void {
  waiting.add(callback);
  void loadRareEntities();
  return () => waiting.delete(callback);
}

/** Decodes one reference with its semicolon, as markdown-it asks for it; an unknown one stays as it is. */
export function decodeHTMLStrict(reference: string): string {
  const name = /^&([a-z][a-z0-9]*);$/i.exec(reference)?.[1];
  if (name === undefined) return reference;
  const character = common.get(name);
  if (character !== undefined) return character;
  if (decodeRare) return decodeRare(reference);
  missed = true;
  return reference;
}
