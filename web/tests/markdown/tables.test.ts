import { describe, expect, it } from 'vitest';
import { random, render, stream, toHtml } from './support';

const cells = (text: string, how = render): string[] => Array.from(how(text).querySelectorAll('td, th'), (cell) => Array.from(cell.childNodes, toHtml).join(''));

describe('<br> in table cells', () => {
  it.each([
    ['a<br>b', 'a<br />b'],
    ['a<br/>b<br />c<BR>d', 'a<br />b<br />c<br />d'],
    ['<br>a', '<br />a'],
    ['**a<br>b**', '<strong>a<br />b</strong>'],
    ['[a<br>b](https://x.y)', '<a href="https://x.y">a<br />b</a>'],
    ['https://a.b<br>https://c.d', '<a href="https://a.b">https://a.b</a><br /><a href="https://c.d">https://c.d</a>'],
    ['`a<br>b`', '<code>a&lt;br&gt;b</code>'],
    ['a\\<br>b', 'a&lt;br&gt;b'],
    ['a&lt;br&gt;b', 'a&lt;br&gt;b'],
    ['<b>a</b>', '&lt;b&gt;a&lt;/b&gt;'],
    ['<br onload=x>', '&lt;br onload=x&gt;'],
    ['<break>', '&lt;break&gt;'],
  ])('%j becomes %j', (source, expected) => {
    const text = `| h |\n|---|\n| ${source} |\n| z |\n`;
    expect(cells(text)).toEqual(['h', expected, 'z']);
    expect(cells(text, (whole) => stream(whole, random(5)))).toEqual(['h', expected, 'z']);
  });

  it('is a break in headings of columns, and text everywhere else', () => {
    expect(cells('| a<br>b |\n|---|\n')).toEqual(['a<br />b']);
    expect(toHtml(render('a<br>b\n\n- c<br>d\n'))).not.toContain('<br');
  });
});

describe('direction', () => {
  const direction = (text: string, selector: string): string | null => render(text).querySelector(selector)?.getAttribute('dir') ?? null;

  it.each([
    ['- مرحبا\n\n- عالم\n', 'ul', 'rtl'],
    ['- مرحبا\n- عالم\n', 'ul', 'rtl'],
    ['1. שלום\n\n   עולם\n\n2. עוד\n', 'ol', 'rtl'],
    ['- **مهم:** شيء\n\n- آخر', 'ul', 'rtl'],
    ['- `code` مرحبا\n\n- x', 'ul', 'rtl'],
    ['- 1 — مرحبا\n\n- x', 'ul', 'rtl'],
    ['- [ ] مرحبا\n\n- [x] عالم', 'ul', 'rtl'],
    ['> - مرحبا\n>\n> - عالم', 'blockquote ul', 'rtl'],
    ['- Hello\n\n- مرحبا', 'ul', 'ltr'],
    ['- مرحبا\n\n  - Hello\n\n  - there\n', 'ul ul', 'ltr'],
    ['- 1\n\n- 2', 'ul', 'auto'],
    ['| الاسم | السعر |\n|---|---|\n| قهوة | 5 |', '.ck-table', 'rtl'],
    ['| ID | الاسم | السعر |\n|---|---|---|\n| 1 | قهوة | 5 |', '.ck-table', 'rtl'],
    ['| نام | قیمت |\n|:--|--:|\n| Tea | 1 |', '.ck-table', 'rtl'],
    ['| | |\n|---|---|\n| قهوة | 5 |', '.ck-table', 'rtl'],
    ['| English | العربية |\n|---|---|\n| coffee | قهوة |', '.ck-table', 'ltr'],
    ['| 1 | 2 |\n|---|---|\n| 3 | 4 |', '.ck-table', null],
  ])('of %j', (source, selector, expected) => {
    expect(direction(source, selector)).toBe(expected);
    expect(stream(source, random(9)).querySelector(selector)?.getAttribute('dir') ?? null).toBe(expected);
  });
});
