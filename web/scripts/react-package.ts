/**
 * Vite plugin: in `react/` beside the element lies a package for React, `@open-chatkit/react`: one module without dependencies but
 * React, its types and a style sheet. npm takes the folder as it is.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import type { Plugin } from 'vite';
import { built } from './built.ts';

const folder = fileURLToPath(new URL('../react/', import.meta.url));

export function reactPackage(): Plugin {
  return {
    name: 'chatkit-react-package',
    async buildStart() {
      const files: Record<string, string> = { 'index.js': await script(), ...types() };
      for (const name of ['package.json', 'styles.css']) files[name] = await readFile(folder + name, 'utf8');
      for (const [name, source] of Object.entries(files)) this.emitFile({ type: 'asset', fileName: `react/${name}`, source });
    },
  };
}

async function script(): Promise<string> {
  const [{ code }] = await built(
    'The package for React',
    {
      input: `${folder}src/index.ts`,
      external: ['react'],
      preserveEntrySignatures: 'strict',
      // For frameworks that render on the server: all of it needs a browser.
      output: { format: 'es', banner: "'use client';" },
    },
    { build: { minify: false } },
  );
  return code;
}

/** Declarations by their names, one for each module. */
function types(): Record<string, string> {
  const { config } = ts.readConfigFile(`${folder}tsconfig.json`, (name) => ts.sys.readFile(name)) as { config: unknown };
  const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, folder);
  const program = ts.createProgram(fileNames, { ...options, noEmit: false, declaration: true, emitDeclarationOnly: true, outDir: '/', rootDir: `${folder}src` });
  const found: Record<string, string> = {};
  program.emit(undefined, (name, text) => (found[name.replace(/^\/+/, '')] = text));
  return found;
}
