import { tests } from 'commonmark-spec';
import { beforeAll, describe, expect, it } from 'vitest';
import { linkTarget } from '../../src/markdown';
import { loadRareEntities } from '../../src/markdown/entities';
import { normalise, random, render, stream, toHtml } from './support';

/** Raw HTML is shown as text here, and bare addresses become links: examples about either say nothing about us. */
const RAW_HTML_SECTIONS = new Set(['HTML blocks', 'Raw HTML']);
const tag = /<(?!(?:https?|ftp|mailto|made-up-scheme|irc|localhost|a\+b\+c|MAILTO|foo|bar)[:@.+])\/?[a-zA-Z!?][^>]*>/;

function isAboutMarkdown(example: { markdown: string; section: string }): boolean {
  return !RAW_HTML_SECTIONS.has(example.section) && !tag.test(example.markdown);
}

/** Our policy applied to the expected HTML: links that may not be opened are only their text. */
function withLinkPolicy(html: string): string {
  return html.replace(/<a href="([^"]*)"[^>]*>(.*?)<\/a>/gs, (whole, href: string, text: string) =>
    linkTarget(href.replaceAll('&amp;', '&')).kind === 'none' ? text : whole);
}

beforeAll(() => loadRareEntities());

const examples = tests.filter(isAboutMarkdown);
/** Bare addresses, which become links here as in GFM. */
const BARE_ADDRESSES = new Set([602, 608, 611, 612]);

describe('CommonMark', () => {
  it('has the examples of the whole specification', () => {
    expect(tests.length).toBeGreaterThan(640);
    expect(examples.length).toBeGreaterThan(540);
  });

  it.each(examples.filter((example) => !BARE_ADDRESSES.has(example.number)))('renders example $number ($section)', ({ markdown, html }) => {
    const source = markdown.replaceAll('→', '\t');
    expect(normalise(toHtml(render(source)))).toBe(normalise(withLinkPolicy(html.replaceAll('→', '\t'))));
  });
});

describe('streaming', () => {
  it.each(tests)('ends with the same nodes for example $number in random pieces', ({ number, markdown }) => {
    const source = markdown.replaceAll('→', '\t');
    expect(toHtml(stream(source, random(number)))).toBe(toHtml(render(source)));
  });

  it('ends with the same nodes for random mixtures of examples', () => {
    for (let seed = 1; seed <= 150; seed += 1) {
      const next = random(seed);
      const parts = Array.from({ length: 6 }, () => tests[Math.floor(next() * tests.length)]?.markdown.replaceAll('→', '\t') ?? '');
      const source = parts.join('\n\n');
      expect(toHtml(stream(source, next)), `seed ${seed}`).toBe(toHtml(render(source)));
    }
  });
});
