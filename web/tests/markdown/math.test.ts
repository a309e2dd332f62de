import { describe, expect, it, vi } from 'vitest';
import { StreamingMarkdown } from '../../src/markdown';
import { parse, parseStructure } from '../../src/markdown/parser';
import { options, random, render, stream } from './support';

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
    ['the $n$th of $k$-means, $x_i$s', [['n', false], ['k', false], ['x_i', false]]],
    ['其中$x$是变量', [['x', false]]],
    ['2$\\pi$ and $f$(x), $|x|$, $f\'$.', [['\\pi', false], ['f', false], ['|x|', false], ["f'", false]]],
    ['$[0,1)$ and $x \\text{ such that it is so}$', [['[0,1)', false], ['x \\text{ such that it is so}', false]]],
    ['$$\na = b\n\nc = d\n$$', [['a = b\nc = d', true]]],
    ['$$a = b\n\n\nc = d$$', [['a = b\nc = d', true]]],
    ['\\[\na\n \nb\n\\]\n\ntext', [['a\nb', true]]],
    ['1. item\n\n   $$\n   a\n\n   b\n   $$\n\n2. next', [['a\nb', true]]],
    ['> $$\n> a\n>\n> b\n> $$', [['a\nb', true]]],
    ['\\begin{align}\na &= b \\\\\nc &= d\n\\end{align}', [['\\begin{align}\na &= b \\\\\nc &= d\n\\end{align}', true]]],
    ['So:\n\\begin{equation*}\nx\n\n\\end{equation*}.\nDone.', [['\\begin{equation*}\nx\n\\end{equation*}', true]]],
    ['in a line \\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix} too', [['\\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix}', true]]],
    ['\\begin{cases}\n\\begin{cases}\nx\n\\end{cases}\n\\end{cases}', [['\\begin{cases}\n\\begin{cases}\nx\n\\end{cases}\n\\end{cases}', true]]],
    ['\\begin{gather}x\\end{gather}', [['\\begin{gather}x\\end{gather}', true]]],
  ])('are found in %j', (text, expected) => expect(formulas(text)).toEqual(expected));

  it.each(['costs $5 and $10', '$ 5$', 'a $20, b $30', '`$x$`', '```\n$x$\n```', '\\$x\\$', 'only $x', '\\(', '\\[1\\', '$$\n\nx\n\n', '$()$',
    'Buy $AAPL/$MSFT', '$AAPL-$MSFT', '($AAPL)/($MSFT)', '$HOME/bin:$PATH', '${HOME}/${USER}', '$(pwd):$(date)', '$foo->bar($baz)', '$x$y$z', '$USER$HOME',
    'US$5/US$6', 'A$AP and B$AP', '100$/200$', '5$-10$', '5$ bis 10$', '$5m/$6m', 'I paid $5 for it and he paid 6$.', '$20 (or $30)',
    'the $AAPL and the MSFT tickers$', 'cheap $, medium $$, dear $$$', '($$) or ($$$)', '$$ or $$', '$$ is fair.\n\n$$$ is dear.', '$$\n\nx\n\ny',
    '\\begin{itemize}\n\\item x\n\\end{itemize}', '\\begin{align}\nx', '`\\begin{align}x\\end{align}`', '    \\begin{align}x\\end{align}'])('are not found in %j', (text) => {
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

  it('that have not ended are shown as their source, and nothing of them as text', () => {
    const container = document.createElement('div');
    const markdown = new StreamingMarkdown(container, options());
    for (const line of ['Then\n\n$$\n', 'a_1 = b\n', '\n', 'c_2 = *d*\n']) {
      markdown.append(line);
      markdown.flush();
      expect(container.querySelectorAll('em, math')).toHaveLength(0);
      expect(container.querySelectorAll('p')).toHaveLength(2);
    }
    expect(container.querySelector('.ck-math')?.textContent).toBe('a_1 = b\nc_2 = *d*');
    markdown.append('$$\n');
    markdown.finish();
    expect(container.querySelector('.ck-math:not(.ck-math-source)')?.textContent).toBe('a_1 = b\nc_2 = *d*');
    markdown.destroy();
  });

  it('take time that grows as the text does', () => {
    for (const piece of ['\\(', '\\[\n', '$$\n\n', '$a ', '\\$', '$', '\\begin{cases}\n', '\\begin{cases}\n\n', '\\end{cases} x\n', '\\[\n\\] x\n']) {
      const env = { references: {} };
      const start = performance.now();
      parse(`\\begin{align}\n${piece.repeat(10_000)}`, env);
      parseStructure(`$$\n${piece.repeat(10_000)}`, env);
      expect(performance.now() - start, piece).toBeLessThan(4000);
    }
  });

  it('are drawn in a font of the own origin, which comes with the first of them', async () => {
    const fonts: unknown[][] = [];
    vi.stubGlobal('FontFace', class {
      constructor(...given: unknown[]) {
        fonts.push(given);
      }
      load(): Promise<void> {
        return Promise.reject(new Error('a font that fails is not waited for'));
      }
    });
    vi.stubGlobal('document', Object.assign(document, { fonts: { add: vi.fn() } }));
    vi.resetModules();
    const { renderMarkdown } = await import('../../src/markdown');
    const container = document.createElement('div');
    renderMarkdown(container, 'no formula', options());
    expect(fonts).toEqual([]);
    renderMarkdown(container, '$x$ and $y$', options());
    await vi.waitFor(() => expect(container.querySelectorAll('math')).toHaveLength(2));
    expect(fonts).toEqual([['ChatKit Math', expect.stringMatching(/^local\("STIX Two Math"\).*url\("(?!https?:)[^"]*stix-two-math[^"]*\.woff2"\)/), { display: 'swap' }]]);
    vi.unstubAllGlobals();
  });

  it('arrive in any pieces', () => {
    const text = 'Let $a_1*b$ be.\n\n$$\n\\sum_{i=0}^n i\n$$\n\nThen \\(x\\) and\n\\[\ny\n\\]\nend.';
    for (let seed = 1; seed < 30; seed += 1) expect(stream(text, random(seed)).querySelectorAll('.ck-math')).toHaveLength(4);
  });
});
