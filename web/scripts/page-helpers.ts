/**
 * Vite plugin: beside the element lies `chatkit-page.js`, the helpers for pages, with its types. A module by itself, built on its
 * own: it shares nothing with the element, and a page may have either without the other.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'vite';

const file = (name: string): string => fileURLToPath(new URL(`../src/page/${name}`, import.meta.url));

/** `styles` makes style sheets small, as for the element. */
export function pageHelpers(styles: Plugin): Plugin {
  return {
    name: 'chatkit-page-helpers',
    async buildStart() {
      this.emitFile({ type: 'asset', fileName: 'chatkit-page.js', source: await helpers(styles) });
      this.emitFile({ type: 'asset', fileName: 'chatkit-page.d.ts', source: await readFile(file('chatkit-page.d.ts'), 'utf8') });
    },
  };
}

async function helpers(styles: Plugin): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'warn',
    plugins: [styles],
    publicDir: false,
    build: {
      target: 'es2022',
      write: false,
      modulePreload: false,
      rolldownOptions: { input: file('index.ts'), preserveEntrySignatures: 'strict', output: { format: 'es' } },
    },
  });
  const output = Array.isArray(built) ? built[0] : built;
  if (output === undefined || !('output' in output)) throw new Error('The helpers for pages were not built.');
  const [entry, ...others] = output.output;
  if (others.length > 0) throw new Error('The helpers for pages must be one file.');
  return entry.code;
}
