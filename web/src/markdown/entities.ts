/**
 * Named character references (`&hellip;`). It stands in the place of the package `entities` in markdown-it's imports:
 * the few that are typed in chats are here, the other 2,100 are a lazy chunk.
 */

/** What models and people do type. */
const common: Readonly<Record<string, string>> = {
  amp: '&', apos: "'", bull: '•', copy: '©', deg: '°', euro: '€', gt: '>', hellip: '…', larr: '←', ldquo: '“', lsquo: '‘', lt: '<',
  mdash: '—', nbsp: '\u00a0', ndash: '–', quot: '"', rarr: '→', rdquo: '”', reg: '®', rsquo: '’', times: '×', trade: '™',
};
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
  if (Object.hasOwn(common, name)) return common[name] ?? reference;
  if (decodeRare) return decodeRare(reference);
  missed = true;
  return reference;
}
