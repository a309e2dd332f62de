/** Provided by the build (scripts/lucide.ts): one loader per shard of the Lucide set. */
declare module 'virtual:lucide-shards' {
  const shards: readonly (() => Promise<{ default: Readonly<Record<string, string | readonly [string, string]>> }>)[];
  export default shards;
}
