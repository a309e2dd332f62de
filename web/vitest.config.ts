import { defineConfig } from 'vitest/config';
import { lucideShards } from './scripts/lucide.ts';
import { markdownAliases } from './scripts/markdown-aliases.ts';
import { markdownParts } from './scripts/markdown-parts.ts';

export default defineConfig({
  plugins: [markdownParts(), lucideShards()],
  resolve: { alias: markdownAliases },
  test: { environment: 'happy-dom', server: { deps: { inline: ['markdown-it'] } }, include: ['tests/**/*.test.{ts,tsx}'] },
});
