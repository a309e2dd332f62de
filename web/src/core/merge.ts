/** Bringing a list of items up to date without touching what did not change. */
import type { ThreadItem } from './protocol.generated';
import { isRecord } from './validate';

/** Equality of JSON values; a key that is `undefined` counts as absent. */
export function isDeepEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((each, at) => isDeepEqual(each, b[at]));
  if (!isRecord(a) || !isRecord(b)) return false;
  const keys = (value: Record<string, unknown>): string[] => Object.keys(value).filter((key) => value[key] !== undefined);
  const own = keys(a);
  return own.length === keys(b).length && own.every((key) => isDeepEqual(a[key], b[key]));
}

/**
 * `items` with the newest page (oldest first) merged in: items before the page stay, those in its reach follow it.
 * Returns `items` itself when nothing changed, and keeps the identity of every item that did not.
 */
export function mergeNewest(items: readonly ThreadItem[], page: readonly ThreadItem[]): readonly ThreadItem[] {
  const first = page[0];
  const start = first === undefined ? -1 : items.findIndex((item) => item.id === first.id);
  // The page does not touch what is known: it may have a gap before it, so it stands for the whole.
  const kept = start < 0 ? [] : items.slice(0, start);
  const known = new Map(items.map((item) => [item.id, item]));
  const merged = page.map((item) => {
    const before = known.get(item.id);
    return before !== undefined && isDeepEqual(before, item) ? before : item;
  });
  const result = [...kept, ...merged];
  const same = result.length === items.length && result.every((item, at) => item === items[at]);
  return same ? items : result;
}
