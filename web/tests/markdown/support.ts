import { en } from '../../src/locales';
import { StreamingMarkdown, type MarkdownOptions } from '../../src/markdown';

export function options(more: Partial<MarkdownOptions> = {}): MarkdownOptions {
  return { allowImage: () => true, messages: en, ...more };
}

export function render(text: string, more: Partial<MarkdownOptions> = {}): HTMLElement {
  const container = document.createElement('div');
  const markdown = new StreamingMarkdown(container, options(more));
  markdown.set(text);
  markdown.finish();
  return container;
}

const VOID = new Set(['BR', 'HR', 'IMG']);
const BLOCKS = /^(?:P|H[1-6]|UL|OL|LI|BLOCKQUOTE|PRE|HR|TABLE|THEAD|TBODY|TR|TH|TD|DIV)$/;

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** The attributes CommonMark speaks of; ours (direction, link policy, accessibility) are left out. */
function attributes(node: Element): string {
  const names = node.tagName === 'IMG' ? ['src', 'alt', 'title'] : ['href', 'title', 'start'];
  if (node.tagName === 'CODE') names.push('class');
  return names.filter((name) => node.hasAttribute(name)).map((name) => ` ${name}="${escape(node.getAttribute(name) ?? '')}"`).join('');
}

/** Serialises rendered Markdown the way the CommonMark examples are written, without the parts that are ours. */
export function toHtml(node: Node): string {
  if (node instanceof Text) return escape(node.data);
  const inner = (): string => Array.from(node.childNodes, toHtml).join('');
  if (!(node instanceof Element)) return inner();
  if (node.classList.contains('ck-code')) return Array.from(node.querySelectorAll('pre'), toHtml).join('');
  if (node.classList.contains('ck-table') || node.tagName === 'SPAN' || node.classList.contains('ck-md')) return inner();
  const tag = node.tagName.toLowerCase();
  if (VOID.has(node.tagName)) return `<${tag}${attributes(node)} />`;
  return `<${tag}${attributes(node)}>${inner()}</${tag}>`;
}

/** Removes white space that means nothing: around block elements, outside of `pre`. */
export function normalise(html: string): string {
  return html.replaceAll('<br />\n', '<br />').split(/(<pre>.*?<\/pre>)/s).map((part) => {
    if (part.startsWith('<pre>')) return part;
    return part.replace(/\s*(<\/?([a-z0-9]+)[^>]*>)\s*/g, (whole, tag: string, name: string) => (BLOCKS.test(name.toUpperCase()) ? tag : whole));
  }).join('').trim();
}

/** A small deterministic random number generator, so that a failure can be repeated. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Renders `text` arriving in random pieces, with the nodes brought up to date after each. */
export function stream(text: string, next: () => number, more: Partial<MarkdownOptions> = {}): HTMLElement {
  const container = document.createElement('div');
  const markdown = new StreamingMarkdown(container, options(more));
  for (let at = 0; at < text.length; ) {
    const size = 1 + Math.floor(next() * 9);
    markdown.append(text.slice(at, at + size));
    markdown.flush();
    at += size;
  }
  markdown.finish();
  return container;
}
