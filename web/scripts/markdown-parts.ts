/**
 * Vite plugin: leaves out of markdown-it what this element never runs — it builds nodes from tokens instead of rendering HTML
 * strings, lets no HTML through, and changes no quotes. The published bundle is one class that refers to all of it, so no
 * bundler can tell. The CommonMark tests run with it.
 */
import type { Plugin } from 'vite';

/** Source region of the bundle → what stands in its place. */
const regions: Readonly<Record<string, string>> = {
  'src/renderer.ts': 'var Renderer = class {};',
  'src/rules_core/replacements.ts': 'function replace() {}',
  'src/rules_core/smartquotes.ts': 'function smartquotes() {}',
  'src/common/html_blocks.ts': '',
  'src/common/html_re.ts': '',
  'src/rules_block/html_block.ts': 'function html_block() { return false; }',
  'src/rules_inline/html_inline.ts': 'function html_inline() { return false; }',
};

export function markdownParts(): Plugin {
  return {
    name: 'chatkit-markdown-parts',
    enforce: 'pre',
    transform(code, id) {
      if (!/markdown-it\/dist\/markdown-it\.mjs$/.test(id.split('?')[0] ?? '')) return null;
      let small = code;
      for (const [name, stub] of Object.entries(regions)) {
        const start = small.indexOf(`//#region ${name}\n`);
        const end = small.indexOf('//#endregion', start);
        if (start < 0 || end < 0) throw new Error(`markdown-it has no region ${name} any more: bring scripts/markdown-parts.ts up to date`);
        small = `${small.slice(0, start)}${stub}\n${small.slice(end)}`;
      }
      return { code: small, map: null };
    },
  };
}
