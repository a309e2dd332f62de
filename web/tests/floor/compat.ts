/** What browsers can do, from MDN's tables: whether a feature is there in the oldest ones that are supported. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The oldest supported versions; `docs/element.md` names the same. */
export const floor: Readonly<Record<string, string>> = { chrome: '120', firefox: '121', safari: '17.0' };

interface Support {
  readonly version_added: string | boolean | null;
  readonly version_removed?: string | boolean;
  readonly prefix?: string;
  readonly alternative_name?: string;
  readonly flags?: readonly unknown[];
}

/** A branch of the tables: features by name, and what browsers have of the branch itself. */
export class Feature {
  readonly #branch: Readonly<Record<string, unknown>>;

  constructor(branch: object) {
    this.#branch = branch as Readonly<Record<string, unknown>>;
  }

  get(...names: readonly string[]): Feature | undefined {
    const [name, ...rest] = names;
    if (name === undefined) return this;
    const found = Object.hasOwn(this.#branch, name) ? this.#branch[name] : undefined;
    return typeof found === 'object' && found !== null ? new Feature(found).get(...rest) : undefined;
  }

  /** All that is in it, by name. */
  all(): [name: string, feature: Feature][] {
    return Object.entries(this.#branch).flatMap(([name, value]) => (name === '__compat' || typeof value !== 'object' || value === null ? [] : [[name, new Feature(value)]]));
  }

  /** The browsers, of those at the floor, that have not got it. */
  lacking(): string[] {
    const known = this.#branch['__compat'] as { support: Readonly<Record<string, Support | readonly Support[]>> } | undefined;
    if (known === undefined) return [];
    return Object.entries(floor).filter(([browser, oldest]) => !has(known.support[browser], oldest)).map(([browser]) => browser);
  }
}

const numbers = (version: string): number[] => version.replace('≤', '').split('.').map(Number);

function isLater(version: string, than: string): boolean {
  const [a, b] = [numbers(version), numbers(than)];
  const at = [0, 1, 2].find((place) => (a[place] ?? 0) !== (b[place] ?? 0)) ?? 0;
  return (a[at] ?? 0) > (b[at] ?? 0);
}

function has(support: Support | readonly Support[] | undefined, oldest: string): boolean {
  if (support === undefined) return true; // nothing is known of this browser
  return [support].flat().some(({ version_added: added, version_removed: removed, ...way }) => {
    if (way.prefix !== undefined || way.alternative_name !== undefined || way.flags !== undefined) return false;
    if (removed !== undefined && removed !== false) return false;
    return added === true || (typeof added === 'string' && !isLater(added, oldest));
  });
}

const file = createRequire(import.meta.url).resolve('@mdn/browser-compat-data');
export const tables = new Feature(JSON.parse(readFileSync(file, 'utf8')) as object);

/** Something that the element uses, and where it does first. */
export interface Use {
  readonly name: string;
  readonly feature: Feature | undefined;
  readonly at: string;
}

/** The first use of each name. */
export function firstOf(uses: readonly Use[]): Use[] {
  return [...new Map([...uses].reverse().map((use) => [use.name, use])).values()].reverse();
}
