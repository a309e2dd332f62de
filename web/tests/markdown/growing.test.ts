/** Blocks that are long before they are complete: each delta costs its own end, and what is finished is left alone. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StreamingMarkdown } from '../../src/markdown';
import type * as Parser from '../../src/markdown/parser';
import { options, random, render, stream, toHtml } from './support';

const counted = vi.hoisted(() => ({ parsed: 0, looked: 0 }));

vi.mock('../../src/markdown/parser', async (original) => {
  const real = await original<typeof Parser>();
  return {
    ...real,
    parse: (...given: Parameters<typeof real.parse>) => {
      counted.parsed += given[0].length;
      return real.parse(...given);
    },
    parseStructure: (...given: Parameters<typeof real.parseStructure>) => {
      counted.looked += given[0].length;
      return real.parseStructure(...given);
    },
  };
});

const lines = (count: number, line: (at: number) => string): string => Array.from({ length: count }, (_, at) => line(at)).join('\n');
const table = (rows: number): string => `| Name | Number |\n| --- | ---: |\n${lines(rows, (at) => `| row **${at}** | ${at} |`)}\n`;

const LONG: Record<string, (count: number) => string> = {
  'a table': table,
  'a list': (count) => `${lines(count, (at) => `- item *${at}* of a list`)}\n`,
  'a loose list': (count) => `${lines(count, (at) => `- item *${at}*\n`)}\n`,
  'a numbered list': (count) => `${lines(count, (at) => `${at + 1}. item\n   - below`)}\n`,
  'a list of tasks': (count) => `${lines(count, (at) => `- [${at % 2 ? 'x' : ' '}] task`)}\n`,
  'an indented list': (count) => `${lines(count, (at) => `  * item ${at}`)}\n`,
  code: (count) => `\`\`\`text\n${lines(count, (at) => `line ${at}`)}\n`,
  'code between tildes': (count) => `~~~~\n${lines(count, (at) => `line ${at}\n`)}\n`,
};

/** Chunks that come when they are needed. */
const SOON = { timeout: 10_000 };

interface Cost {
  parsed: number;
  looked: number;
  made: number;
  moved: number;
}

let made = 0;

beforeEach(() => {
  for (const name of ['createElement', 'createElementNS', 'createTextNode'] as const) {
    const real = document[name].bind(document) as (...given: unknown[]) => Node;
    vi.spyOn(document, name).mockImplementation(((...given: unknown[]) => {
      made += 1;
      return real(...given);
    }) as never);
  }
});

afterEach(() => {
  vi.restoreAllMocks();
  document.body.replaceChildren();
});

/** What a delta costs behind `before`, the mean of some. */
function costOf(before: string, after: string): Cost {
  const container = document.body.appendChild(document.createElement('div'));
  const markdown = new StreamingMarkdown(container, options());
  markdown.append(before);
  for (let part = 0; part < 9; part += 1) markdown.flush();
  Object.assign(counted, { parsed: 0, looked: 0 });
  made = 0;
  let moved = 0;
  const observer = new MutationObserver(() => undefined);
  observer.observe(container, { childList: true, subtree: true, characterData: true });
  const deltas = 40;
  for (let at = 0; at < deltas; at += 1) {
    markdown.append(after.slice(Math.floor((at * after.length) / deltas), Math.floor(((at + 1) * after.length) / deltas)));
    markdown.flush();
    moved += observer.takeRecords().length;
  }
  observer.disconnect();
  markdown.destroy();
  return { parsed: counted.parsed / deltas, looked: counted.looked / deltas, made: made / deltas, moved: moved / deltas };
}

describe('a delta', () => {
  it.each(Object.keys(LONG))('costs as much at the end of %s that is long as at the end of a short one', (name) => {
    const whole = LONG[name];
    const [short, long] = [whole?.(20) ?? '', whole?.(500) ?? ''];
    // What comes then are the same rows, items or lines.
    const rest = (whole?.(520) ?? '').slice(long.length).slice(0, 200);
    const few = costOf(short, rest);
    const many = costOf(long, rest);
    for (const what of ['parsed', 'looked', 'made', 'moved'] as const) expect.soft(many[what], what).toBeLessThan(few[what] * 1.5 + 20);
    expect(many.parsed).toBeLessThan(300);
  });
});

describe('what is finished of an open block', () => {
  it.each([
    ['a table', `${table(50)}| more`, 'tbody tr', '| and more |\n| last'],
    ['a list', `${lines(50, (at) => `- item ${at}`)}\n- mo`, 'li', 're\n- last'],
  ])('keeps its nodes untouched in %s', (_, text, selector, more) => {
    const container = document.body.appendChild(document.createElement('div'));
    const markdown = new StreamingMarkdown(container, options());
    markdown.append(text);
    markdown.flush();
    const before = [...container.querySelectorAll(selector)].slice(0, 49);
    const observer = new MutationObserver(() => undefined);
    for (const node of before) observer.observe(node, { childList: true, subtree: true, characterData: true, attributes: true });
    markdown.append(more);
    markdown.finish();
    expect(observer.takeRecords()).toEqual([]);
    expect([...container.querySelectorAll(selector)].slice(0, 49)).toEqual(before);
    expect(container.querySelectorAll(selector)).toHaveLength(52);
  });

  it.each([
    ['becomes loose late', '- a\n- b\n- c\n\n- d\n'],
    ['becomes loose in its last item', '- a\n- b\n- c\n\n  more\n'],
    ['is loose from the start', '- a\n\n- b\n- c\n- d\n'],
    ['has lists in it', '- a\n  - b\n\n  - c\n- d\n- e\n'],
    ['is numbered from seven', '7. a\n8. b\n\n9. c\n10. d\n'],
    ['goes on with another sign', '- a\n- b\n* c\n* d\n- e\n'],
    ['is indented and then is not', '  - a\n  - b\n- c\n  - d\n   - e\n'],
    ['holds a definition that is used before it', '- [a]\n- b\n- [a]: /x\n- c\n\ntext\n'],
    ['uses a definition that comes after it', '- [a]\n- b\n- c\n\n[a]: /x\n\nend\n'],
    ['ends in a heading', '- a\n- b\n- c\n===\ntext\n'],
    ['ends in a rule', '- a\n- b\n---\ntext\n'],
    ['holds code', '- a\n\n  ```js\n  x\n\n  y\n  ```\n- b\n- c\n'],
    ['is a table that ends', `${table(3)}\ntext\n`],
    ['is a table that uses a later definition', '| a |\n|---|\n| [b] |\n| c |\n| d |\n\n[b]: /x\n\nend\n'],
    ['is a table that a quotation ends', '| a |\n|---|\n| b |\n| c |\n> d\n'],
    ['is code with a fence in it', '````\n```\na\n```\nb\n````\nend\n'],
    ['is indented code', '   ```\n   a\n     b\n  c\n   ```\nend\n'],
    ['is code that never ends', '```js\na\n\nb\n'],
    ['is code with empty lines first', '```\n\n\na\n```\n'],
    ['has other line ends', '- a\r\n- b\r\n- c\r\n\r\n```\r\nx\r\ny\r\n```\r\nend\r\n'],
    ['has a formula over lines', '- a\n- $$\n  x\n\n  y\n  $$\n- b\n'],
  ])('gives the same nodes as the whole where it %s', (_, text) => {
    const whole = toHtml(render(text));
    for (let seed = 1; seed <= 25; seed += 1) expect(toHtml(stream(text, random(seed))), `seed ${seed}`).toBe(whole);
  });

  it('gets annotations that come late', () => {
    const container = document.body.appendChild(document.createElement('div'));
    const markdown = new StreamingMarkdown(container, options());
    markdown.append('| a |\n|---|\n| b |\n| c |\n| d |\n');
    markdown.flush();
    markdown.annotate([{ index: 15, key: 'x', render: () => Object.assign(document.createElement('sup'), { textContent: '1' }) }]);
    markdown.append('| e |\n');
    markdown.finish();
    expect(Array.from(container.querySelectorAll('td'), (cell) => cell.textContent)).toEqual(['b1', 'c', 'd', 'e']);
  });
});

describe('code that grows', () => {
  const start = (text: string): { code: () => Element; markdown: StreamingMarkdown } => {
    const container = document.body.appendChild(document.createElement('div'));
    const markdown = new StreamingMarkdown(container, options());
    markdown.append(text);
    markdown.flush();
    return { code: () => container.querySelector('code') ?? container, markdown };
  };

  it('is coloured line by line, before its end has come', async () => {
    const { code, markdown } = start('```js\nconst a = 1;\nlet b');
    await vi.waitFor(() => expect(code().querySelector('.hljs-keyword')?.textContent).toBe('const'), SOON);
    expect(code().textContent).toBe('const a = 1;\nlet b');
    markdown.append(' = 2;\nvar c');
    markdown.flush();
    await vi.waitFor(() => expect(Array.from(code().querySelectorAll('.hljs-keyword'), (node) => node.textContent)).toEqual(['const', 'let']), SOON);
    expect(code().textContent).toBe('const a = 1;\nlet b = 2;\nvar c');
  });

  it('knows what began lines ago', async () => {
    const { code, markdown } = start('```js\n/* a comment\n');
    markdown.append('of two lines */\nlet x;\nnext');
    markdown.flush();
    await vi.waitFor(() => expect(code().querySelector('.hljs-comment')?.textContent).toBe('/* a comment\nof two lines */'), SOON);
  });

  it('keeps the colours of earlier lines as they are', async () => {
    const { code, markdown } = start(`\`\`\`js\n${'const a = 1;\n'.repeat(20)}`);
    await vi.waitFor(() => expect(code().querySelectorAll('.hljs-keyword').length).toBeGreaterThanOrEqual(19), SOON);
    const first = code().querySelector('.hljs-keyword');
    const count = code().querySelectorAll('.hljs-keyword').length;
    markdown.append('const z = 3;\nend');
    markdown.flush();
    await vi.waitFor(() => expect(code().querySelectorAll('.hljs-keyword').length).toBeGreaterThan(count), SOON);
    expect(code().querySelector('.hljs-keyword')).toBe(first);
  });

  it.each([['js', 'const text = `of ${1 + 1}`; // remark\n'], ['python', 'def f(x):\n    """Says\n    what."""\n    return x\n'], ['html', '<p class="a">x</p>\n'], ['nolanguage', 'anything\n']])('is the same text in %s, however long', async (language, unit) => {
    const text = unit.repeat(Math.ceil(30_000 / unit.length));
    const { code, markdown } = start(`\`\`\`${language}\n`);
    for (let at = 0; at < text.length; at += 997) {
      markdown.append(text.slice(at, at + 997));
      markdown.flush();
      await Promise.resolve();
    }
    markdown.append('```\n');
    markdown.finish();
    if (language !== 'nolanguage') await vi.waitFor(() => expect(code().querySelectorAll('span').length).toBeGreaterThan(1000), SOON);
    expect(code().textContent).toBe(text);
  }, 60_000);
});

describe('formulas in a block that is still open', () => {
  it.each([
    ['a paragraph', 'Let $\\sqrt{x}$ be and $y'],
    ['a list', '- one\n- Let \\(\\sqrt{x}\\) be\n- more'],
    ['a table', '| a |\n|---|\n| $\\sqrt{x}$ |\n| mo'],
    ['a quotation', '> Let $\\sqrt{x}$ be\n> more'],
    ['a heading', '# Let $\\sqrt{x}$ be'],
  ])('are drawn as soon as they are complete in %s, and stay', async (_, text) => {
    const container = document.body.appendChild(document.createElement('div'));
    const markdown = new StreamingMarkdown(container, options());
    markdown.append(text);
    markdown.flush();
    await vi.waitFor(() => expect(container.querySelector('math msqrt')).toBeTruthy(), SOON);
    const drawn = container.querySelector('math');
    markdown.append(' and so on');
    markdown.flush();
    expect(container.querySelector('math')).toBe(drawn);
    markdown.finish();
    expect(container.querySelector('math')).toBe(drawn);
  });
});
