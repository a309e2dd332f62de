/**
 * Vite plugin: the document in which diagrams are drawn, with Mermaid, built on its own. Nothing of it is in the element's
 * scripts but its name, `virtual:diagram-frame`.
 *
 * The document stands in a frame of an opaque origin, and its policies let it load nothing but these scripts: no picture, no font,
 * no request. Mermaid writes style elements and markup, so styles are inline and there are no Trusted Types in there.
 *
 * `'self'` will not do for the scripts: in WebKit nothing is of an opaque origin. Their folder is known when the document is
 * there, so a first script adds a policy that names it; what comes after has to satisfy both.
 */
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { built } from './built.ts';

const MODULE = 'virtual:diagram-frame';
const POLICY = "default-src 'none'; script-src http: https:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
const NARROWING =
  `{const policy=document.createElement("meta");policy.httpEquiv="Content-Security-Policy";` +
  `policy.content="script-src "+new URL(".",location.href).href.replace(/[;,]/g,encodeURIComponent);document.head.append(policy)}\n`;

const source = (name: string): string => fileURLToPath(new URL(`../src/diagrams/${name}.ts`, import.meta.url));

interface File {
  readonly fileName: string;
  readonly source: string;
}

/** A file whose name tells of its text. */
function hashed(name: string, ending: string, text: string): File {
  const hash = createHash('sha256').update(text).digest('base64url').slice(0, 8);
  return { fileName: `assets/${name}-${hash}.${ending}`, source: text };
}

const besides = ({ fileName }: { fileName: string }): string => fileName.replace('assets/', './');

function documentOf(narrowing: File, script: { fileName: string }): File {
  const text =
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}">` +
    `<title>Diagram</title><script src="${besides(narrowing)}"></script>` +
    `<script type="module" src="${besides(script)}"></script></head><body></body></html>\n`;
  return hashed('diagram', 'html', text);
}

/** The document and all its scripts. */
async function frame(): Promise<readonly [File, ...File[]]> {
  const names = 'assets/diagram-[hash].js';
  const output = await built(
    'The frame for diagrams',
    { input: source('frame'), output: { format: 'es', entryFileNames: names, chunkFileNames: names } },
    { base: './', resolve: { alias: [{ find: /^elkjs\/.*/, replacement: source('without-elk') }] }, build: { chunkSizeWarningLimit: 2000 } },
  );
  const scripts = output.map((file): File => {
    if (file.type !== 'chunk') throw new Error(`The frame for diagrams must be scripts only, and has ${file.fileName}.`);
    return { fileName: file.fileName, source: file.code };
  });
  const narrowing = hashed('diagram-policy', 'js', NARROWING);
  return [documentOf(narrowing, output[0]), narrowing, ...scripts];
}

export function diagramFrame(): Plugin {
  let files: ReturnType<typeof frame> | undefined;
  return {
    name: 'chatkit-diagram-frame',
    resolveId(id) {
      return id === MODULE ? `\0${id}` : null;
    },
    async load(id) {
      if (id !== `\0${MODULE}`) return null;
      files ??= frame();
      const [page, ...scripts] = await files;
      for (const file of [page, ...scripts]) this.emitFile({ type: 'asset', ...file });
      return `export default ${JSON.stringify(besides(page))};`;
    },
  };
}
