/**
 * Vite plugin: the build fails when what every page loads first is too heavy, and says what it is made of. What a first
 * screen does not need belongs into a lazy chunk.
 */
import { relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** Bytes of gzip that the files of the first load may have together. */
export const BUDGET = 80_000;

/** A built file and the sizes of its modules, in characters before minification. */
export interface BuiltFile {
  readonly code: string;
  readonly modules: Readonly<Record<string, number>>;
}

const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;

export function gzipSize(files: readonly BuiltFile[]): number {
  return files.reduce((sum, { code }) => sum + gzipSync(code, { level: 9 }).byteLength, 0);
}

/** What to say about files that are over the budget; null when they are within it. */
export function overweight(files: readonly BuiltFile[], budget: number): string | null {
  const size = gzipSize(files);
  if (size <= budget) return null;
  const modules = files.flatMap((file) => Object.entries(file.modules)).sort(([, a], [, b]) => b - a).slice(0, 15);
  const lines = modules.map(([name, length]) => `  ${kilobytes(length).padStart(9)}  ${name}`);
  return `The first load is ${kilobytes(size)} of gzip, over the ${kilobytes(budget)} it may have. Its largest modules, before minification:\n${lines.join('\n')}`;
}

export function weightGate(budget = BUDGET): Plugin {
  return {
    name: 'chatkit-weight',
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
      const first = new Set(chunks.filter((chunk) => chunk.isEntry));
      for (const { imports } of first) for (const chunk of chunks) if (imports.includes(chunk.fileName)) first.add(chunk);
      const files = [...first].map(({ code, modules }) => ({
        code,
        modules: Object.fromEntries(Object.entries(modules).map(([id, { renderedLength }]) => [relative('.', id), renderedLength])),
      }));
      const problem = overweight(files, budget);
      if (problem !== null) this.error(problem);
      this.info(`First load: ${kilobytes(gzipSize(files))} of gzip.`);
    },
  };
}
