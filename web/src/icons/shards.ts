/** Where the icons of the Lucide set are: a chunk of its own, since most chats need none of them. */
import shards from 'virtual:lucide-shards';
import { fetchChunk } from '../lazy-import';
import type { Shape } from './builtin.generated';

export type Shard = Readonly<Record<string, Shape>>;

/** The shard an icon is in; the build computes the same (scripts/lucide.ts). */
export function shardOf(name: string, count: number): number {
  let hash = 0;
  for (const character of name) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return hash % count;
}

const loading = new Map<number, Promise<Shard>>();

/** The shard that has the icon, if any has. */
export function shardWith(name: string): Promise<Shard> {
  const index = shardOf(name, shards.length);
  const known = loading.get(index);
  if (known) return known;
  const loader = shards[index];
  const shard = loader ? fetchChunk(loader).then((module) => module.default) : Promise.resolve({});
  loading.set(index, shard);
  // A shard that failed to load may be asked for again.
  shard.catch(() => loading.delete(index));
  return shard;
}
