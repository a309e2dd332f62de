/** Icons fetched on demand from where this script came from: `lucide:NAME` in shards, and the rarer ones of the chat's own set. */
import { signal, type ReadonlySignal } from '@preact/signals';
import shards from 'virtual:lucide-shards';
import { fetchChunk } from '../lazy-import';
import { BUILTIN, type Shape } from './builtin.generated';

type Shard = Readonly<Record<string, Shape>>;

/** What is known of an icon: its shape, null when the set has no such icon, undefined while its shard loads. */
export type Loaded = Shape | null | undefined;

/** The shard an icon is in; the build computes the same (scripts/lucide.ts). */
export function shardOf(name: string, count: number): number {
  let hash = 0;
  for (const character of name) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return hash % count;
}

const loading = new Map<number, Promise<Shard>>();
const icons = new Map<string, ReadonlySignal<Loaded>>();

function loadShard(index: number): Promise<Shard> {
  const known = loading.get(index);
  if (known) return known;
  const loader = shards[index];
  const shard = loader ? fetchChunk(loader).then((module) => module.default) : Promise.resolve({});
  loading.set(index, shard);
  // A shard that failed to load may be asked for again.
  shard.catch(() => loading.delete(index));
  return shard;
}

const LUCIDE = 'lucide:';

/** The shape of an icon by any name it may have. Reads the signal of one that has to be fetched. */
export function shapeOf(name: string): Loaded {
  if (name.startsWith(LUCIDE)) return lucideIcon(name.slice(LUCIDE.length)).value;
  if (Object.hasOwn(BUILTIN, name)) return BUILTIN[name];
  return name === '' || name.includes(':') ? null : rareIcon(name).value;
}

/** The shape of a Lucide icon as a signal; the first call starts the download of its shard. */
export function lucideIcon(name: string): ReadonlySignal<Loaded> {
  return lazyIcon(`lucide:${name}`, name, () => loadShard(shardOf(name, shards.length)));
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
