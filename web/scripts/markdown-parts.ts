/**
 * Vite plugin: leaves out of markdown-it what this element never runs — it builds nodes from tokens instead of rendering HTML
 * strings, lets no HTML through, changes no quotes, and has one set of rules that is never switched. The published bundle is one
 * class that refers to all of it, so no bundler can tell. The CommonMark tests run with it.
 */
import type { Plugin } from 'vite';

/** Keeps rules in their order: they are added once, before the first text is parsed. */
const RULER = `var Ruler = class {
  rules = [];
  cache = {};
  push(name, fn, { alt = [] } = {}) { this.insert(this.rules.length, name, fn, alt); }
  before(other, name, fn, { alt = [] } = {}) { this.insert(this.find(other), name, fn, alt); }
  after(other, name, fn, { alt = [] } = {}) { this.insert(this.find(other) + 1, name, fn, alt); }
  insert(at, name, fn, alt) {
    this.rules.splice(at, 0, { name, fn, alt: ["", ...alt] });
    this.cache = {};
  }
  find(name) {
    const at = this.rules.findIndex((rule) => rule.name === name);
    if (at < 0) throw new Error("no rule " + name);
    return at;
  }
  getRules(chain) { return this.cache[chain] ??= this.rules.filter(({ alt }) => alt.includes(chain)).map(({ fn }) => fn); }
};`;

/** Links are judged and written by the element (src/markdown/parser.ts), which sets all options too. */
const PARSER = `var MarkdownIt = class {
  inline = new ParserInline();
  block = new ParserBlock();
  core = new ParserCore();
  linkify = new LinkifyIt();
  utils = { normalizeReference, unescapeAll };
  helpers = { parseLinkDestination, parseLinkLabel, parseLinkTitle };
  constructor(options) { this.options = { maxNesting: 100, ...options }; }
  use(plugin) {
    plugin(this);
    return this;
  }
  parse(source, env) {
    const state = new this.core.State(source, this, env);
    this.core.process(state);
    return state.tokens;
  }
};`;

/** Source region of the bundle → what stands in its place. */
const regions: Readonly<Record<string, string>> = {
  'src/ruler.ts': RULER,
  'src/markdownit.ts': PARSER,
  'src/index.ts': 'var MarkdownItCallable = MarkdownIt;',
  'src/helpers/index.ts': '',
  'src/renderer.ts': '',
  'src/rules_core/replacements.ts': 'function replace() {}',
  'src/rules_core/smartquotes.ts': 'function smartquotes() {}',
  'src/common/html_blocks.ts': '',
  'src/common/html_re.ts': '',
  'src/rules_block/html_block.ts': 'function html_block() { return false; }',
  'src/rules_inline/html_inline.ts': 'function html_inline() { return false; }',
};

/** How the bundle writes `this.name = value`, with comments in between. */
const FIELD = /_defineProperty\(\s*this,\s*(?:\/\*\*[\s\S]*?\*\/\s*)?"(\w+)",\s*([^;]*?)\s*\);/g;
/** What fields are written with, and lists of functions for plug-ins. */
const HELPERS = /\/\/#region \\0@oxc-project[^\n]*\n[\s\S]*?\/\/#endregion|var utils_exports = [\s\S]*?\}\);|var lib = \{[^}]*\};/g;

/** The bundle with plain fields. */
function withPlainFields(code: string): string {
  const plain = code.replace(FIELD, 'this.$1 = $2;').replace(HELPERS, '');
  if (/_defineProperty\(|utils_exports|helpers_exports/.test(plain)) throw new Error('markdown-it writes its fields in another way now: bring scripts/markdown-parts.ts up to date');
  return plain;
}

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
      return { code: withPlainFields(small), map: null };
    },
  };
}
