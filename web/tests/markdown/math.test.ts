import { describe, expect, it, vi } from 'vitest';
import { random, render, stream } from './support';

const formulas = (text: string): [string, boolean][] =>
  Array.from(render(text).querySelectorAll('.ck-math'), (node) => [(node.querySelector('annotation') ?? node).textContent, node.classList.contains('ck-math-display')]);

describe('formulas', () => {
  it.each([
    ['Euler: $e^{i\\pi}+1=0$.', [['e^{i\\pi}+1=0', false]]],
    ['$a$ and \\(b_1*c_2\\)', [['a', false], ['b_1*c_2', false]]],
    ['$$\nx = \\frac{1}{2}\n$$', [['x = \\frac{1}{2}', true]]],
    ['\\[\nx^2\n\\]', [['x^2', true]]],
    ['inline $$x$$ display', [['x', true]]],
    ['| a |\n|---|\n| $x$ |', [['x', false]]],
    ['- item\n\n  $$y$$\n', [['y', true]]],
    ['**bold $z$**', [['z', false]]],
  ])('are found in %j', (text, expected) => expect(formulas(text)).toEqual(expected));

  it.each(['costs $5 and $10', '$ 5$', 'a $20, b $30', '`$x$`', '```\n$x$\n```', '\\$x\\$', 'only $x', '\\(', '\\[1\\', '$$\n\nx\n\n', '$()$'])('are not found in %j', (text) => {
    expect(formulas(text)).toEqual([]);
  });

  it('become MathML once complete, with their source as annotation', async () => {
    const container = render('$\\sqrt{x}$ and $\\broken{$');
    await vi.waitFor(() => expect(container.querySelector('math msqrt')).toBeTruthy());
    expect(container.querySelector('annotation')?.textContent).toBe('\\sqrt{x}');
  });

  it('that are no TeX keep their source', async () => {
    const container = render('$\\frac{1$');
    await vi.waitFor(() => expect(container.querySelector('.ck-math-source')?.textContent).toBe('\\frac{1'));
  });

  it('link, load and style nothing', async () => {
    const container = render('$\\href{javascript:alert(1)}{x}$ $\\includegraphics{https://evil.example/a.png}$ $\\style{position:fixed}{y}$ $\\class{w-busy}{z}$ $ok$');
    await vi.waitFor(() => expect(container.querySelector('math')).toBeTruthy());
    expect(container.querySelector('a, img, mglyph, [href], [src], .w-busy')).toBeNull();
    expect(Array.from(container.querySelectorAll<HTMLElement>('*'), (node) => node.getAttribute('style') ?? '').join()).not.toContain('position');
  });

  it('arrive in any pieces', () => {
    const text = 'Let $a_1*b$ be.\n\n$$\n\\sum_{i=0}^n i\n$$\n\nThen \\(x\\) and\n\\[\ny\n\\]\nend.';
    for (let seed = 1; seed < 30; seed += 1) expect(stream(text, random(seed)).querySelectorAll('.ck-math')).toHaveLength(4);
  });
});
