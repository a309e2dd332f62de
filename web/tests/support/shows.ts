/**
 * Which ids of the inventory a test shows; docs/element-conformance.md is made of it.
 *
 *     test('a card shows what was chosen', shows('field:Card.confirm'), async () => { … });
 *     test.each(idsOf('field:{Box,Row}.*'))('%s', (id) => { … });   // one test for each id
 *
 * A test claims an id only when it would fail if that did not work.
 */
import type { TestOptions } from 'vitest';
import { matching } from '../../scripts/conformance/patterns';
import inventory from '../conformance/inventory.json';

export type Id = keyof typeof inventory;
interface Entry {
  type?: string;
  values?: (string | number)[];
}

declare module 'vitest' {
  interface TaskMeta {
    shows?: readonly string[];
  }
}

export function shows(...ids: Id[]): TestOptions {
  return { meta: { shows: ids } };
}

/** The ids that a pattern matches; see scripts/conformance/patterns.ts. */
export function idsOf(...patterns: string[]): Id[] {
  return patterns.flatMap((pattern) => matching(Object.keys(inventory) as Id[], pattern));
}

/** All the values that the types allow for it. */
export function valuesOf(id: Id): (string | number)[] {
  const { values } = inventory[id] as Entry;
  if (values === undefined) throw new Error(`${id} is not a set of literals.`);
  return values;
}
