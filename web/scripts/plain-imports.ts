/**
 * Vite plugin: each lazy chunk is a plain `import()` that `src/lazy-import.ts` makes, which tries again once. Vite's own helper
 * preloads style sheets and modules by tags in the page's head, of which this build has none; and it takes what is chained to
 * an `import()` for a part of it, so that a failure that is handled there would not be seen here. Those of a `Lazy`
 * (`src/state/lazy.ts`) are left alone: it does the same, and knows whether anybody waits for them.
 */
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const HELPER = fileURLToPath(new URL('../src/lazy-import.ts', import.meta.url));

export function plainImports(): Plugin {
  return {
    name: 'chatkit-plain-imports',
    enforce: 'pre',
    load(id) {
      return id === '\0vite/preload-helper.js' ? 'export const __vitePreload = (load) => load();' : null;
    },
    transform(code, id) {
      // The shards of the icons are wrapped where they are asked for: there are many.
      if (id.includes('node_modules') || id.startsWith('\0')) return null;
      const wrapped = code.replace(/(?<!typeof )(?<!new Lazy\(\(\) => )\bimport\(((['"])[^'"]+\2)\)/g, 'retried(() => import($1))');
      return wrapped === code ? null : { code: `import { fetchChunk as retried } from ${JSON.stringify(HELPER)};${wrapped}`, map: null };
    },
  };
}
