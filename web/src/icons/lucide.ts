/** Icons fetched on demand from where this script came from: `lucide:NAME` in shards, and the rarer ones of the chat's own set. */
import { signal, type ReadonlySignal } from '@preact/signals';
import { BUILTIN, type Shape } from './builtin.generated';
import type { Shard } from './shards';

/** What is known of an icon: its shape, null when the set has no such icon, undefined while its shard loads. */
export type Loaded = Shape | null | undefined;

const icons = new Map<string, ReadonlySignal<Loaded>>();

const LUCIDE = 'lucide:';

/** The shape of an icon by any name it may have. Reads the signal of one that has to be fetched. */
export function shapeOf(name: string): Loaded {
  if (name.startsWith(LUCIDE)) return lucideIcon(name.slice(LUCIDE.length)).value;
  if (Object.hasOwn(BUILTIN, name)) return BUILTIN[name];
  return name === '' || name.includes(':') ? null : rareIcon(name).value;
}

/** The shape of a Lucide icon as a signal; the first call starts the download of its shard. */
export function lucideIcon(name: string): ReadonlySignal<Loaded> {
  return lazyIcon(`lucide:${name}`, name, async () => (await import('./shards')).shardWith(name));
}

/** The shape of an icon of the chat's own set that is not there at once. */
export function rareIcon(name: string): ReadonlySignal<Loaded> {
  return lazyIcon(name, name, () => import('./more.generated').then((module) => module.MORE));
}

function lazyIcon(key: string, name: string, load: () => Promise<Shard>): ReadonlySignal<Loaded> {
  const known = icons.get(key);
  if (known) return known;
  const icon = signal<Loaded>(undefined);
  icons.set(key, icon);
  load().then(
    (shard) => {
      icon.value = Object.hasOwn(shard, name) ? (shard[name] ?? null) : null;
    },
    () => {
      icons.delete(key); // a later icon may try again
      icon.value = null;
    },
  );
  return icon;
}
