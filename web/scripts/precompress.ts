/**
 * Vite plugin: beside every larger text file of the build lies a Brotli and a gzip copy (`.br`, `.gz`), as small as they
 * get, which the server sends as they are.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const TEXT = /\.(?:js|css|json|svg)$/;
const SMALLEST = 1024;

const encoders: Record<string, (content: Buffer) => Promise<Buffer>> = {
  '.br': (content) =>
    promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.byteLength } }),
  '.gz': (content) => promisify(gzip)(content, { level: 9 }),
};

export function precompress(): Plugin {
  return {
    name: 'chatkit-precompress',
    apply: 'build',
    async writeBundle({ dir = '.' }, bundle) {
      await Promise.all(Object.keys(bundle).filter((name) => TEXT.test(name)).map((name) => compress(join(dir, name))));
    },
  };
}

/** Writes the copies that are worth it. */
async function compress(path: string): Promise<void> {
  const content = await readFile(path);
  if (content.byteLength < SMALLEST) return;
  for (const [ending, encode] of Object.entries(encoders)) {
    const encoded = await encode(content);
    if (encoded.byteLength < content.byteLength) await writeFile(path + ending, encoded);
  }
}
