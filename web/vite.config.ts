import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { diagramFrame } from './scripts/diagram-frame.ts';
import { lucideShards } from './scripts/lucide.ts';
import { pageHelpers } from './scripts/page-helpers.ts';
import { plainImports } from './scripts/plain-imports.ts';
import { precompress } from './scripts/precompress.ts';
import { weightGate } from './scripts/weight.ts';
import { markdownAliases } from './scripts/markdown-aliases.ts';
import { markdownParts } from './scripts/markdown-parts.ts';

/**
 * Writes the two files with fixed names beside the hashed assets:
 *
 * - `chatkit.js`, the script a page includes. It works as a classic and as a module script, and only imports the hashed
 *   main module, so that it alone has to be revalidated while all assets are immutable.
 * - `manifest.json`, every asset with its size and integrity, for preloading, auditing and the weight budget.
 */
type Bundle = Parameters<Extract<NonNullable<Plugin['generateBundle']>, (...args: never[]) => unknown>>[1];

/** The main chunk and all that it imports at once, nearest first. */
function initialFiles(bundle: Bundle, main: string): string[] {
  const found = new Set([main]);
  for (const name of found) {
    const file = bundle[name];
    if (file?.type === 'chunk') for (const imported of file.imports) found.add(imported);
  }
  return [...found];
}

function entryScript(): Plugin {
  return {
    name: 'chatkit-entry-script',
    generateBundle(_options, bundle) {
      const main = Object.values(bundle).find((file) => file.type === 'chunk' && file.isEntry);
      if (main?.type !== 'chunk') throw new Error('no entry chunk was built');
      const initialNames = initialFiles(bundle, main.fileName);
      const initial = new Set(initialNames);
      // All at once, so that what the main chunk imports does not wait for it.
      const source =
        `{const s=document.currentScript;for(const p of ${JSON.stringify(initialNames.map((name) => `./${name}`))})` +
        `import(s&&s.src?new URL(p,s.src).href:p).catch(e=>console.error("ChatKit could not load "+p+" beside chatkit.js:",e))}\n`;
      this.emitFile({ type: 'asset', fileName: 'chatkit.js', source });

      const files: Record<string, { bytes: number; integrity: string; initial: boolean }> = {};
      const describe = (name: string, content: string | Uint8Array): void => {
        const digest = createHash('sha384').update(content).digest('base64');
        files[name] = {
          bytes: Buffer.byteLength(content),
          integrity: `sha384-${digest}`,
          initial: initial.has(name) || name === 'chatkit.js',
        };
      };
      describe('chatkit.js', source);
      for (const file of Object.values(bundle)) {
        describe(file.fileName, file.type === 'chunk' ? file.code : file.source);
      }
      const manifest = { entry: 'chatkit.js', main: main.fileName, files };
      this.emitFile({ type: 'asset', fileName: 'manifest.json', source: JSON.stringify(manifest, null, 2) + '\n' });
    },
  };
}

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
  plugins: [smallStyles(), markdownParts(), entryScript(), pageHelpers(smallStyles()), lucideShards(), diagramFrame(), plainImports(), precompress(), weightGate()],
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
