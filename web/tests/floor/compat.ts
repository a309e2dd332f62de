/** What browsers can do, from MDN's tables: whether a feature is there in the oldest ones that are supported. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The oldest supported versions; `docs/element.md` names the same. */
export const floor = { chrome: '120', firefox: '121', safari: '17.0' } as const;

interface Support {
  readonly version_added: string | boolean | null;
  readonly version_removed?: string | boolean;
  readonly prefix?: string;
  readonly alternative_name?: string;
  readonly partial_implementation?: boolean;
  readonly flags?: readonly unknown[];
}
export interface Feature {
  readonly __compat?: { readonly support: Readonly<Record<string, Support | readonly Support[] | undefined>> };
  readonly [name: string]: Feature | undefined;
}

const file = createRequire(import.meta.url).resolve('@mdn/browser-compat-data');
export const data = JSON.parse(readFileSync(file, 'utf8')) as { readonly [name: string]: Feature };

const numbers = (version: string): number[] => version.replace('≤', '').split('.').map(Number);

function isLater(version: string, than: string): boolean {
  const [a, b] = [numbers(version), numbers(than)];
  for (let at = 0; at < 3; at += 1) if ((a[at] ?? 0) !== (b[at] ?? 0)) return (a[at] ?? 0) > (b[at] ?? 0);
  return false;
}

function has(support: Support | readonly Support[] | undefined, oldest: string): boolean {
  if (support === undefined) return true; // nothing is known of this browser
  return [support].flat().some((each) => {
    if (each.prefix !== undefined || each.alternative_name !== undefined || each.flags !== undefined) return false;
    if (each.version_removed !== undefined && each.version_removed !== false) return false;
    return each.version_added === true || (typeof each.version_added === 'string' && !isLater(each.version_added, oldest));
  });
}

/** The browsers, of those at the floor, that have not got the feature. */
export function lacking(feature: Feature | undefined): string[] {
  const support = feature?.__compat?.support;
  if (support === undefined) return [];
  return Object.entries(floor).filter(([browser, version]) => !has(support[browser], version)).map(([browser]) => browser);
}
