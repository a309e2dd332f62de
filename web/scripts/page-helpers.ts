/**
 * Vite plugin: beside the element lies `chatkit-page.js`, the helpers for pages, with its types. A module by itself, built on its
 * own: it shares nothing with the element, and a page may have either without the other.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { built } from './built.ts';

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
  const options = { input: file('index.ts'), preserveEntrySignatures: 'strict', output: { format: 'es' } } as const;
  const [entry, ...others] = await built('The helpers for pages', options, { plugins: [styles] });
  if (others.length > 0) throw new Error('The helpers for pages must be one file.');
  return entry.code;
}
