/** Patterns of ids: `*` stands for one name, `**` for any, `{a,b}` for one of several. */

function source(pattern: string): string {
  return pattern.replace(/\*\*|[.*+?^$()|[\]\\]/g, (found) => (found === '**' ? '.*' : found === '*' ? '[^.]*' : `\\${found}`)).replace(/\{([^}]*)\}/g, (_, names: string) => `(?:${names.replaceAll(',', '|')})`);
}

/** The ids that match, in their own order. A pattern that matches none is a mistake. */
export function matching<T extends string>(ids: readonly T[], pattern: string): T[] {
  const expression = new RegExp(`^${source(pattern)}$`);
  const found = ids.filter((id) => expression.test(id));
  if (found.length === 0) throw new Error(`No id matches ${pattern}.`);
  return found;
}
