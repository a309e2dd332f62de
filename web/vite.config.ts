import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { diagramFrame } from './scripts/diagram-frame.ts';
import { entryScript } from './scripts/entry-script.ts';
import { lucideShards } from './scripts/lucide.ts';
import { pageHelpers } from './scripts/page-helpers.ts';
import { plainImports } from './scripts/plain-imports.ts';
import { precompress } from './scripts/precompress.ts';
import { reactPackage } from './scripts/react-package.ts';
import { weightGate } from './scripts/weight.ts';
import { markdownAliases } from './scripts/markdown-aliases.ts';
import { markdownParts } from './scripts/markdown-parts.ts';

/** Takes comments and needless white space out of the style sheets, which a minifier of scripts leaves in their strings. */
function smallStyles(): Plugin {
  return {
    name: 'chatkit-small-styles',
    enforce: 'pre',
    transform(code, id) {
      if (!/\.css\.ts$|\/styles\/tokens\.ts$/.test(id)) return null;
      const small = code.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\n\s+/g, '\n').replace(/([{;:,]) +/g, '$1').replace(/;? *\}/g, '}').replace(/ \{/g, '{');
      return { code: small, map: null };
    },
  };
}

export default defineConfig({
  base: './',
  plugins: [smallStyles(), markdownParts(), entryScript(), pageHelpers(smallStyles()), reactPackage(), lucideShards(), diagramFrame(), plainImports(), precompress(), weightGate()],
  resolve: { alias: markdownAliases },
  publicDir: false,
  build: {
    target: 'es2022',
    outDir: fileURLToPath(new URL('../chatkit/_element', import.meta.url)),
    emptyOutDir: true,
    modulePreload: false,
    assetsInlineLimit: 0,
    reportCompressedSize: true,
    rolldownOptions: {
      input: fileURLToPath(new URL('src/index.ts', import.meta.url)),
      output: {
        // What every page loads is one file: smaller than its parts, and nothing waits for anything.
        codeSplitting: { groups: [{ name: 'element', tags: ['$initial'] }] },
        entryFileNames: 'assets/element-[hash].js',
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
      },
    },
  },
});
