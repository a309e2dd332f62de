/** Diagrams up to the frame that draws them, whose part Chromium tests: happy-dom lays nothing out. */
import { signal } from '@preact/signals';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readOptions } from '../../src/core/options';
import { nameOf, problemOf } from '../../src/diagrams';
import { DiagramError, readAnswer } from '../../src/diagrams/renderer';
import { en } from '../../src/locales';
import { StreamingMarkdown } from '../../src/markdown';
import { options } from '../markdown/support';

const { draw } = vi.hoisted(() => ({ draw: vi.fn() }));
vi.mock('virtual:diagram-frame', () => ({ default: './diagram.html' }));
vi.mock('../../src/diagrams/renderer', async (original) => ({ ...(await original<object>()), draw }));

const block = '```mermaid\nflowchart LR\n  A --> B\n```\n';
const drawing = { svg: '<svg xmlns="http://www.w3.org/2000/svg"/>', width: 120, height: 40 };

function open(text: string, scheme = signal<'light' | 'dark'>('light')): { container: HTMLElement; markdown: StreamingMarkdown } {
  const container = document.body.appendChild(document.createElement('div'));
  const markdown = new StreamingMarkdown(container, options({ diagrams: scheme }));
  markdown.set(text);
  markdown.flush();
  return { container, markdown };
}

afterEach(() => {
  document.body.replaceChildren();
  draw.mockReset();
  vi.restoreAllMocks();
});

describe('the option', () => {
  it('is off, takes a boolean, and nothing else', () => {
    const read = (thread?: object): boolean | undefined => readOptions({ api: { url: '/c' }, ...(thread && { thread }) }, {}, () => undefined).thread.diagrams;
    expect(read()).toBeUndefined();
    expect(read({ diagrams: true })).toBe(true);
    expect(() => read({ diagrams: 'mermaid' })).toThrow('thread.diagrams');
  });
});

describe('an answer of the frame', () => {
  it('is a drawing', () => expect(readAnswer({ ...drawing, more: 1 })).toEqual(drawing));

  it.each([null, 'x', {}, { svg: drawing.svg }, { ...drawing, width: -1 }, { ...drawing, height: Infinity }, { ...drawing, svg: 'x'.repeat(2_000_001) }])('is not %#', (data) => {
    expect(() => readAnswer(data)).toThrow('not drawn');
  });

  it('is what was wrong', () => expect(() => readAnswer({ problem: 'Parse error' })).toThrow(DiagramError));
});

it.each([
  ['flowchart LR', 'Diagram'],
  ['pie\n  title : Pets ', 'Pets'],
  ['flowchart LR\naccTitle: The way in\n', 'The way in'],
])('the name of %j is %j', (source, name) => expect(nameOf(source, en)).toBe(name));

it('a mistake is told, anything else is a part that is missing', () => {
  expect(problemOf(new DiagramError('Parse error on line 2'), en)).toBe('Diagram: Parse error on line 2');
  expect(problemOf(new Error('inner'), en)).toBe(en.failure.part);
});

describe('a Mermaid block', () => {
  it('is drawn once it is complete, as an image above its source', async () => {
    draw.mockResolvedValue(drawing);
    vi.spyOn(HTMLImageElement.prototype, 'decode').mockResolvedValue();
    const { container, markdown } = open(block);
    expect(draw).not.toHaveBeenCalled();
    markdown.finish();
    await vi.waitFor(() => expect(container.querySelector('img')).toBeTruthy());
    const picture = container.querySelector('img');
    expect(picture?.src).toBe(`data:image/svg+xml;charset=utf-8,${encodeURIComponent(drawing.svg)}`);
    expect([picture?.alt, picture?.width, picture?.height]).toEqual(['Diagram', 120, 40]);
    expect(container.querySelector('details pre')?.textContent).toBe('flowchart LR\n  A --> B\n');
    expect(draw).toHaveBeenCalledTimes(1);
  });

  it('is drawn again in other colours, in the same place', async () => {
    draw.mockImplementation((_source, scheme: string) => Promise.resolve({ ...drawing, svg: scheme }));
    vi.spyOn(HTMLImageElement.prototype, 'decode').mockResolvedValue();
    const scheme = signal<'light' | 'dark'>('light');
    const { container, markdown } = open(block, scheme);
    markdown.finish();
    await vi.waitFor(() => expect(container.querySelector('img')?.src).toContain(',light'));
    scheme.value = 'dark';
    await vi.waitFor(() => expect(container.querySelector('img')?.src).toContain(',dark'));
    expect(container.querySelectorAll('img')).toHaveLength(1);
    expect(container.querySelectorAll('details')).toHaveLength(1);
  });

  it.each([
    ['of a mistake', () => draw.mockRejectedValue(new DiagramError('No such arrow')), 'Diagram: No such arrow'],
    ['of a frame that failed', () => draw.mockRejectedValue(new Error('x')), en.failure.part],
    ['the page takes no such images', () => {
      draw.mockResolvedValue(drawing);
      vi.spyOn(HTMLImageElement.prototype, 'decode').mockRejectedValue(new Error('policy'));
    }, en.failure.part],
  ])('stays code with a note because %s', async (_why, arrange, note) => {
    arrange();
    const { container, markdown } = open(block);
    markdown.finish();
    await vi.waitFor(() => expect(container.querySelector('.ck-diagram-problem')?.textContent).toBe(note));
    expect(container.querySelector('.ck-code > pre')).toBeTruthy();
    expect(container.querySelector('img')).toBeNull();
  });

  it('that was drawn before in this tab has the room for its picture at once', async () => {
    draw.mockResolvedValue({ ...drawing, width: 300, height: 150 });
    vi.spyOn(HTMLImageElement.prototype, 'decode').mockResolvedValue();
    const first = open(block);
    first.markdown.finish();
    await vi.waitFor(() => expect(first.container.querySelector('img')).toBeTruthy());
    draw.mockReturnValue(new Promise(() => undefined));
    const second = open(block);
    second.markdown.finish();
    await vi.waitFor(() => expect(second.container.querySelector('.ck-diagram-room')).toBeTruthy());
    const room = second.container.querySelector<HTMLElement>('.ck-diagram-room');
    expect([room?.style.inlineSize, room?.style.aspectRatio]).toEqual(['300px', '300 / 150']);
    expect(second.container.querySelector('details pre')).toBeTruthy();
    expect(Object.values(JSON.parse(sessionStorage.getItem('chatkit.diagrams') ?? '{}') as object)).toEqual([{ width: 300, height: 150 }]);
  });

  it('gives up the room that was kept when there is no picture', async () => {
    draw.mockResolvedValueOnce(drawing);
    vi.spyOn(HTMLImageElement.prototype, 'decode').mockResolvedValue();
    const first = open(block);
    first.markdown.finish();
    await vi.waitFor(() => expect(first.container.querySelector('img')).toBeTruthy());
    draw.mockRejectedValue(new Error('x'));
    const second = open(block);
    second.markdown.finish();
    await vi.waitFor(() => expect(second.container.querySelector('.ck-diagram-problem')?.textContent).toBe(en.failure.part));
    expect(second.container.querySelector('.ck-code > pre')).toBeTruthy();
    expect(second.container.querySelector('.ck-diagram-view, .ck-diagram-source')).toBeNull();
  });

  it('that is too large is not drawn', async () => {
    const { container, markdown } = open(`\`\`\`mermaid\n${'A --> B\n'.repeat(3000)}\`\`\`\n`);
    markdown.finish();
    await vi.waitFor(() => expect(container.querySelector('.ck-diagram-problem')?.textContent).toBe('Diagram is larger than 20 kB.'));
    expect(draw).not.toHaveBeenCalled();
  });
});
