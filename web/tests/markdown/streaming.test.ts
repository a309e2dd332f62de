import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StreamingMarkdown } from '../../src/markdown';
import { loadRareEntities } from '../../src/markdown/entities';
import { options, render, toHtml } from './support';

function start(text = ''): { container: HTMLElement; markdown: StreamingMarkdown } {
  const container = document.createElement('div');
  document.body.append(container);
  const markdown = new StreamingMarkdown(container, options());
  if (text) {
    markdown.append(text);
    markdown.flush();
  }
  return { container, markdown };
}

afterEach(() => document.body.replaceChildren());

describe('growing text', () => {
  it('never touches the nodes of complete blocks again', () => {
    const { container, markdown } = start('# One\n\nTwo\n\nThree');
    const [one, two] = [...container.children];
    const changes: MutationRecord[] = [];
    const observer = new MutationObserver((records) => changes.push(...records));
    if (one) observer.observe(one, { subtree: true, childList: true, characterData: true, attributes: true });
    if (two) observer.observe(two, { subtree: true, childList: true, characterData: true, attributes: true });
    markdown.append(' goes on\n\n- four\n- five');
    markdown.finish();
    changes.push(...observer.takeRecords());
    expect([...container.children].slice(0, 2)).toEqual([one, two]);
    expect(changes).toEqual([]);
    expect(container.textContent).toContain('Three goes on');
  });

  it('keeps the text node of the open paragraph, so that a selection in it stays', () => {
    const { container, markdown } = start('The answer ');
    const text = container.querySelector('p')?.firstChild;
    markdown.append('grows and grows.');
    markdown.flush();
    expect(container.querySelector('p')?.firstChild).toBe(text);
    expect(text?.textContent).toBe('The answer grows and grows.');
  });

  it('keeps the node of a block when it becomes complete', () => {
    const { container, markdown } = start('```js\nlet a');
    const block = container.querySelector('.ck-code');
    markdown.append(' = 1;\n```\n\nDone.\n');
    markdown.finish();
    expect(container.querySelector('.ck-code')).toBe(block);
    expect(block?.querySelector('code')?.textContent).toBe('let a = 1;\n');
  });

  it('resolves references that are defined after their use', () => {
    const { container, markdown } = start('See [the docs][1].\n\nMore text.\n\nEven more.\n\n');
    const first = container.querySelector('p');
    markdown.append('[1]: https://docs.example/\n');
    markdown.finish();
    expect(container.querySelector('a')?.getAttribute('href')).toBe('https://docs.example/');
    expect(container.querySelector('p')).toBe(first);
  });

  it('goes on after it was finished', () => {
    const { container, markdown } = start();
    markdown.set('One paragraph');
    markdown.finish();
    markdown.append(' that goes on');
    markdown.finish();
    expect(toHtml(container)).toBe('<p>One paragraph that goes on</p>');
  });
});

describe('replaced text', () => {
  it('keeps the nodes of blocks before the change', () => {
    const { container, markdown } = start('A\n\nB\n\nC\n\nD\n');
    markdown.finish();
    const [a] = [...container.children];
    markdown.set('A\n\nB\n\nC changed\n\nE\n');
    markdown.finish();
    expect(toHtml(container)).toBe('<p>A</p><p>B</p><p>C changed</p><p>E</p>');
    expect(container.children[0]).toBe(a);
  });

  it('equals a fresh rendering whatever was there before', () => {
    const texts = ['# A\n\ntext', 'A\n=\n\n- a\n- b', '```\ncode', '| a |\n|---|\n| b |', '[x]\n\n[x]: /y', ''];
    for (const before of texts) {
      for (const after of texts) {
        const { container, markdown } = start(before);
        markdown.finish();
        markdown.set(after);
        markdown.finish();
        expect(toHtml(container), `${before} → ${after}`).toBe(toHtml(render(after)));
      }
    }
  });
});

describe('when nodes are brought up to date', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });
  afterEach(() => vi.useRealTimers());

  it('soon and once, however many pieces arrive', () => {
    const { container, markdown } = start();
    for (const letter of 'streaming') markdown.append(letter);
    expect(container.textContent).toBe('');
    vi.advanceTimersByTime(20);
    expect(container.textContent).toBe('streaming');
  });

  it('also in a hidden tab, which gets no frames', () => {
    const frame = vi.spyOn(globalThis, 'requestAnimationFrame');
    const { container, markdown } = start();
    markdown.append('hidden');
    vi.advanceTimersByTime(250);
    expect(container.textContent).toBe('hidden');
    expect(frame).not.toHaveBeenCalled();
  });

  it('not any more after it was destroyed', () => {
    const { container, markdown } = start();
    markdown.append('late');
    markdown.destroy();
    vi.advanceTimersByTime(1000);
    expect(container.childNodes).toHaveLength(0);
  });
});

describe('annotations', () => {
  const mark = (index: number, key: string): { index: number; key: string; render: () => Node } => ({
    index, key, render: () => Object.assign(document.createElement('sup'), { textContent: key }),
  });

  function annotated(text: string, ...marks: ReturnType<typeof mark>[]): string {
    const { container, markdown } = start(text);
    markdown.finish();
    markdown.annotate(marks);
    markdown.finish();
    return Array.from(container.querySelectorAll('p, li, td, h1'), (node) => node.textContent).join('|');
  }

  it('stand where their index in the source is', () => {
    expect(annotated('Zürich is **big**. And old.', mark(18, '1'))).toBe('Zürich is big.1 And old.');
  });

  it('keep emphasis beside them as it is', () => {
    const { container, markdown } = start('It is _true_ and **sure** here.');
    markdown.annotate([mark(12, 'a'), mark(25, 'b')]);
    markdown.finish();
    expect(container.querySelector('em')?.textContent).toBe('true');
    expect(container.querySelector('strong')?.textContent).toBe('sure');
    expect(container.textContent).toBe('It is truea and sureb here.');
  });

  it('end up in the block before, not in an own one, at line ends and in tables', () => {
    expect(annotated('One.\n\nTwo.', mark(6, 'x'))).toBe('One.x|Two.');
    expect(annotated('| a |\n|---|\n| b |\n', mark(17, 'x'))).toBe('bx');
  });

  it('never break a fence or show their markers in code', () => {
    const { container, markdown } = start('```\ncode\n```\n\nText.');
    markdown.annotate([mark(6, 'in'), mark(12, 'after')]);
    markdown.finish();
    expect(container.querySelector('code')?.textContent).toBe('code\n');
    expect(container.querySelector('p')?.textContent).toBe('Text.');
  });

  it('keep their node when others arrive', () => {
    const { container, markdown } = start('One. Two.');
    markdown.annotate([mark(4, 'a')]);
    markdown.flush();
    const first = container.querySelector('sup');
    markdown.annotate([mark(4, 'a'), mark(9, 'b')]);
    markdown.flush();
    expect(container.querySelectorAll('sup')).toHaveLength(2);
    expect(container.querySelector('sup')).toBe(first);
  });
});

describe('character references', () => {
  it('that are rare appear once their table is there', async () => {
    const { container, markdown } = start('a &hellip; b &bigoplus; c');
    markdown.finish();
    await loadRareEntities();
    expect(container.textContent).toBe('a … b ⨁ c');
  });
});

describe('code', () => {
  it('is copied by its button, which says so', async () => {
    const written: string[] = [];
    vi.stubGlobal('navigator', { clipboard: { writeText: (text: string) => Promise.resolve(void written.push(text)) } });
    const { container, markdown } = start('```py\nprint(1)\n```\n');
    markdown.finish();
    const button = container.querySelector('button');
    button?.click();
    await vi.waitFor(() => expect(button?.textContent).toBe('Copied'));
    expect(written).toEqual(['print(1)']);
    vi.unstubAllGlobals();
  });

  it('is coloured once complete, with the same text', async () => {
    const { container, markdown } = start('```js\nconst a = "<b>";\n```\n');
    markdown.finish();
    await vi.waitFor(() => expect(container.querySelector('.hljs-keyword')?.textContent).toBe('const'));
    expect(container.querySelector('code')?.textContent).toBe('const a = "<b>";\n');
    expect(container.querySelector('.ck-code-language')?.textContent).toBe('JavaScript');
  });
});
