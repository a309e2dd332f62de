/**
 * Vite plugin: writes the two files with fixed names beside the hashed assets:
 *
 * - `chatkit.js`, the script a page includes (`src/page/loader.ts`). It works as a classic and as a module script, and only
 *   imports the hashed main module, so that it alone has to be revalidated while all assets are immutable. The server hands it
 *   out one folder higher, with `./assets/` turned into `./chatkit/assets/`.
 * - `manifest.json`, every asset with its size and integrity, for preloading, auditing and the weight budget.
 */
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { built } from './built.ts';

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

/** The loader's code, for modules at these addresses. */
export async function loader(modules: readonly string[]): Promise<string> {
  const [{ code }] = await built('The script that loads the element', {
    input: fileURLToPath(new URL('../src/page/loader.ts', import.meta.url)),
    output: { format: 'iife' },
  });
  return code.replace('CHATKIT_MODULES', () => JSON.stringify(modules));
}

export function entryScript(): Plugin {
  return {
    name: 'chatkit-entry-script',
    async generateBundle(_options, bundle) {
      const main = Object.values(bundle).find((file) => file.type === 'chunk' && file.isEntry);
      if (main?.type !== 'chunk') throw new Error('no entry chunk was built');
      const initialNames = initialFiles(bundle, main.fileName);
      const initial = new Set(initialNames);
      const source = await loader(initialNames.map((name) => `./${name}`));
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
