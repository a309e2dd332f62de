import { defineConfig } from 'vitest/config';
import { lucideShards } from './scripts/lucide.ts';
import { markdownAliases } from './scripts/markdown-aliases.ts';

export default defineConfig({
  plugins: [lucideShards()],
  resolve: { alias: markdownAliases },
  test: { environment: 'happy-dom', server: { deps: { inline: ['markdown-it'] } }, include: ['tests/**/*.test.{ts,tsx}'] },
});
