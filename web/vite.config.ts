import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { lucideShards } from './scripts/lucide.ts';
import { markdownAliases } from './scripts/markdown-aliases.ts';

/**
 * Writes the two files with fixed names beside the hashed assets:
 *
 * - `chatkit.js`, the script a page includes. It works as a classic and as a module script, and only imports the hashed
 *   main module, so that it alone has to be revalidated while all assets are immutable.
 * - `manifest.json`, every asset with its size and integrity, for preloading, auditing and the weight budget.
 */
function entryScript(): Plugin {
  return {
    name: 'chatkit-entry-script',
    generateBundle(_options, bundle) {
      const main = Object.values(bundle).find((file) => file.type === 'chunk' && file.isEntry);
      if (main?.type !== 'chunk') throw new Error('no entry chunk was built');
      const source =
        `{const s=document.currentScript,p="./${main.fileName}";` +
        `import(s&&s.src?new URL(p,s.src).href:p).catch(e=>console.error("ChatKit could not load "+p+" beside chatkit.js:",e))}\n`;
      this.emitFile({ type: 'asset', fileName: 'chatkit.js', source });

      const files: Record<string, { bytes: number; integrity: string; initial: boolean }> = {};
      const initial = new Set([main.fileName, ...main.imports]);
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

export default defineConfig({
  base: './',
  plugins: [entryScript(), lucideShards()],
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
        entryFileNames: 'assets/element-[hash].js',
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
      },
    },
  },
});
