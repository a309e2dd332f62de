import { defineConfig } from 'vitest/config';
import { diagramFrame } from './scripts/diagram-frame.ts';
import { lucideShards } from './scripts/lucide.ts';
import { markdownAliases } from './scripts/markdown-aliases.ts';
import { markdownParts } from './scripts/markdown-parts.ts';

export default defineConfig({
  plugins: [markdownParts(), lucideShards(), diagramFrame()],
  resolve: { alias: markdownAliases },
  test: { environment: 'happy-dom', server: { deps: { inline: ['markdown-it'] } }, include: ['tests/**/*.test.{ts,tsx}'] },
});
