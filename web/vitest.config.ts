import { defineConfig } from 'vitest/config';
import { lucideShards } from './scripts/lucide.ts';

export default defineConfig({
  plugins: [lucideShards()],
  test: { environment: 'happy-dom', include: ['tests/**/*.test.{ts,tsx}'] },
});
