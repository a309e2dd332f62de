/**
 * Vite plugin: lazy chunks are plain `import()`s. Vite's helper around them preloads style sheets and modules by tags in the
 * page's head, of which this build has none.
 */
import type { Plugin } from 'vite';

export function plainImports(): Plugin {
  return {
    name: 'chatkit-plain-imports',
    enforce: 'pre',
    load(id) {
      return id === '\0vite/preload-helper.js' ? 'export const __vitePreload = (load) => load();' : null;
    },
  };
}
