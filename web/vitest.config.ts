import { defineConfig } from 'vitest/config';
import { diagramFrame } from './scripts/diagram-frame.ts';
import { lucideShards } from './scripts/lucide.ts';
import { markdownAliases } from './scripts/markdown-aliases.ts';
import { markdownParts } from './scripts/markdown-parts.ts';

export default defineConfig({
  plugins: [markdownParts(), lucideShards(), diagramFrame()],
  resolve: { alias: markdownAliases },
  // Patience for machines that do something else too; what is slow by itself is found by counts and ratios.
  test: { environment: 'happy-dom', testTimeout: 30_000, server: { deps: { inline: ['markdown-it'] } }, include: ['tests/**/*.test.{ts,tsx}'] },
});
