/** Inputs that used to freeze the page: what is done for them grows as they do, and no task takes more than a part of them. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { StreamingMarkdown } from '../../src/markdown';
import { insertMarkers } from '../../src/markdown/annotations';
import { parse, parseStructure } from '../../src/markdown/parser';
import { partEnd } from '../../src/markdown/parts';
import { repairBlocks, repairInline } from '../../src/markdown/repair';
import { options, render, toHtml } from './support';

/** What a hostile text repeats. Each is also tried in lines of its own. */
const OPENERS = [
  '[', '[a ', '[a](', '[a](<', '[a](b "', '[a][', '][', '![', '![a](', '[^1]', '[^1]: ', '[^1]: a\n', '[a]: b\n', '(', ')', 'https://a.b/)', 'https://a.b/', 'http:///', 'a@', 'a@b.c ',
  'mailto:', '\\', '\\(', '\\[', '\\)', '\\begin{align}', '\\begin{align}\n', '$', '$$', '$a ', '$$\n', '*', '**', '**a ', '*a _b ', '_a ', '~~', '~~a ', '`', '``a`', '<', '<a ', '<http:', '<a@', '<!--',
  '&', '&amp;', '&#1', '|', '|a', '| a |\n|-|\n', '> ', '>\n', '- ', '- a\n', '1. ', '    ', '# ', '---\n', '===\n', '```\n', '~~~\n', 'a\n\n', 'a  \n', '@a ', 'é\u0301', '\u0301', '请', '!', '"', '- [ ] a\n',
];

const mark = (index: number): { index: number; key: string; render: () => Node } => ({ index, key: String(index), render: () => document.createElement('sup') });
const STEPS: Record<string, (text: string) => unknown> = {
  parse: (text) => parse(text, { references: {} }),
  'parse an open end': (text) => parse(text, { references: {}, open: true }),
  'find blocks': (text) => parseStructure(text, { references: {} }),
  'repair blocks': repairBlocks,
  'repair a line': repairInline,
  'place annotations': (text) => insertMarkers(text, 0, Array.from({ length: text.length >> 2 }, (_, at) => mark(at * 4))),
};

/** Processor time, as others share the machine; the best of some tries, as the first ones compile. */
function timeOf(step: (text: string) => unknown, text: string): number {
  let best = Infinity;
  for (let turn = 0; turn < 2; turn += 1) {
    const before = process.cpuUsage();
    step(text);
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

describe.each(Object.entries(STEPS))('to %s takes time that grows as the text does', (_, step) => {
  // Four times the text is sixteen times the work where the work grows with its square; a floor keeps small times out of it.
  it.each(OPENERS.flatMap((opener) => [opener, `${opener.trimEnd()}\n`]))('of %j', { timeout: 60_000 }, (opener) => {
    const text = (length: number): string => opener.repeat(Math.ceil(length / opener.length));
    const small = Math.max(4, timeOf(step, text(4000)));
    expect(timeOf(step, text(16_000)) / small).toBeLessThan(10);
  });
});

describe('a part of a text', () => {
  it.each(OPENERS)('is never all of a long one that is made of %j', (opener) => {
    const text = opener.repeat(Math.ceil(100_000 / opener.length));
    expect(partEnd(text, 0)).toBeLessThan(40_000);
    expect(partEnd(text, 0)).toBeGreaterThan(500);
  });

  it('is all of an answer of usual length', () => {
    const text = 'Some **words** of an answer, with a [link](https://a.example).\n'.repeat(100);
    expect(partEnd(text, 0)).toBe(text.length);
  });

  it('ends behind a line, a word, or at least a whole character', () => {
    const lines = 'line of text\n'.repeat(5000);
    expect(lines.slice(0, partEnd(lines, 0)).endsWith('\n')).toBe(true);
    const words = 'word '.repeat(20_000);
    expect(words.slice(0, partEnd(words, 0)).endsWith(' ')).toBe(true);
    const faces = `a${'\u{1F600}'.repeat(40_000)}`;
    expect(encodeURIComponent(faces.slice(0, partEnd(faces, 0)))).toContain('%F0%9F%98%80'); // throws on half a character
  });
});

describe('a long text', () => {
  afterEach(() => vi.useRealTimers());

  /** Sets a text and lets its parts come, one at a time; what the container holds after each. */
  function inParts(text: string): { container: HTMLElement; sizes: number[] } {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const container = document.createElement('div');
    const markdown = new StreamingMarkdown(container, options());
    markdown.set(text);
    markdown.finish();
    const sizes = [container.querySelectorAll('*').length];
    while (vi.getTimerCount() > 0 && sizes.length < 500) {
      vi.advanceTimersToNextTimer();
      sizes.push(container.querySelectorAll('*').length);
    }
    return { container, sizes };
  }

  it.each([
    ['paragraphs', 'A short one.\n\n', 3000, 'p'],
    ['items', '- an item\n', 5000, 'li'],
    ['footnotes', 'Text[^n].\n\n[^n]: Note.\n\n', 1000, '.ck-footnote'],
    ['links', '[a](https://a.example) ', 2000, 'a'],
    ['quotations', '> quoted\n\n', 2000, 'blockquote'],
  ])('of %s comes on show in parts, and whole in the end', (_, unit, count, selector) => {
    const { container, sizes } = inParts(unit.repeat(count));
    expect(sizes.length).toBeGreaterThan(2);
    for (const [at, size] of sizes.entries()) expect(size - (sizes[at - 1] ?? 0)).toBeLessThan(4000);
    expect(container.querySelectorAll(selector)).toHaveLength(count);
  });

  it('of rows goes on in tables with the same head', () => {
    const { container } = inParts(`| a | b |\n|---|---:|\n${'| c | d |\n'.repeat(3000)}`);
    expect(container.querySelectorAll('tbody tr')).toHaveLength(3000);
    const tables = [...container.querySelectorAll('table')];
    expect(tables.length).toBeGreaterThan(1);
    for (const table of tables) {
      expect(table.querySelector('thead')?.textContent).toBe('ab');
      expect(table.querySelectorAll('tbody tr').length).toBeLessThan(2200);
    }
  });

  it('of code is one block with all of its text', () => {
    const text = 'const a = 1;\n'.repeat(6000);
    const { container } = inParts(`\`\`\`\n${text}\`\`\`\n`);
    expect(container.querySelectorAll('.ck-code')).toHaveLength(1);
    expect(container.querySelector('code')?.textContent).toBe(text);
  });

  it('that changes stays on show while its parts are built anew', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const text = 'A short one.\n\n'.repeat(3000);
    const container = document.createElement('div');
    const markdown = new StreamingMarkdown(container, options());
    markdown.set(text);
    markdown.finish();
    vi.runAllTimers();
    markdown.set(`Changed.\n\n${text}`);
    markdown.finish();
    expect(container.children.length).toBeGreaterThanOrEqual(3000);
    expect(container.firstElementChild?.textContent).toBe('Changed.');
    vi.runAllTimers();
    expect(container.children).toHaveLength(3001);
  });
});

describe('depth', () => {
  it.each(['*a ', '**a ', '> ', '- ', '[^1]: ', '![', '~~a ', '1. '])('of %j has an end, whatever is written', (opener) => {
    const closer = opener.trim().replace(/a$/, '').trim();
    const container = render(`${opener.repeat(2000)}text${`b${closer} `.repeat(2000)}`);
    let deepest = 0;
    for (const leaf of container.querySelectorAll('*')) {
      let depth = 0;
      for (let node: Element | null = leaf; node && node !== container; node = node.parentElement) depth += 1;
      deepest = Math.max(deepest, depth);
    }
    expect(deepest).toBeLessThan(210);
  });

  it('of footnotes is one', () => {
    expect(render('[^1]: [^2]: text').querySelectorAll('.ck-footnote')).toHaveLength(1);
  });
});

describe('piles of combining marks', () => {
  it('are broken, with all other text as it was', () => {
    const pile = 'e' + '\u0301'.repeat(1000);
    const shown = render(`${pile} and café, हिन्दी, สวัสดี`).textContent;
    expect(/\p{M}{100}/u.test(shown)).toBe(false);
    expect(shown).toHaveLength(pile.length + ' and café, हिन्दी, สวัสดี'.length);
    expect(shown.endsWith(' and café, हिन्दी, สวัสดี')).toBe(true);
  });

  it('are broken at the same places however they arrive', () => {
    const text = `a${'\u0301'.repeat(450)}b${'\u0302'.repeat(250)}`;
    const container = document.createElement('div');
    const markdown = new StreamingMarkdown(container, options());
    for (let at = 0; at < text.length; at += 7) markdown.append(text.slice(at, at + 7));
    markdown.finish();
    expect(toHtml(container)).toBe(toHtml(render(text)));
  });
});
