import { describe, expect, it } from 'vitest';
import { repairBlocks, repairInline } from '../../src/markdown/repair';
import { StreamingMarkdown } from '../../src/markdown';
import { options, toHtml } from './support';

/** What is shown while `text` is all that has arrived. */
function shown(text: string): string {
  const container = document.createElement('div');
  const markdown = new StreamingMarkdown(container, options());
  markdown.append(text);
  markdown.flush();
  return toHtml(container);
}

describe('unfinished inline Markdown', () => {
  it.each([
    ['a **bold', 'a **bold**'],
    ['a **bold ', 'a **bold**'],
    ['a **bold*', 'a **bold**'],
    ['a **', 'a '],
    ['an *emph', 'an *emph*'],
    ['***both', '***both***'],
    ['**bold *and emph', '**bold *and emph***'],
    ['~~gone', '~~gone~~'],
    ['`code', '`code`'],
    ['``co`de', '``co`de``'],
    ['text `', 'text '],
    ['see [the link', 'see the link'],
    ['see [the link](', 'see the link'],
    ['see [the link](https://exam', 'see the link'],
    ['an ![image', 'an '],
    ['an ![image](https://', 'an '],
    ['5 * 3 = 15', '5 * 3 = 15'],
    ['snake_case_name', 'snake_case_name'],
    ['a*b', 'a*b'],
    ['2**n', '2**n**'],
    ['done **bold** and `code`', 'done **bold** and `code`'],
    ['[done](https://example.com) x', '[done](https://example.com) x'],
    ['escaped \\* star', 'escaped \\* star'],
    ['trailing \\', 'trailing '],
    ['array[0]', 'array[0]'],
    ['[done](https://example.com/a_(b)) x', '[done](https://example.com/a_(b)) x'],
    ['https://example.com/_a_/*b **c', 'https://example.com/_a_/*b **c**'],
    ['hello **h', 'hello **h**'],
  ])('%j is shown as %j', (text, repaired) => {
    expect(repairInline(text)).toBe(repaired);
  });
});

describe('unfinished blocks', () => {
  it('shows a table as soon as its header row comes', () => {
    for (const text of ['| a | b', '| a | b |', '| a | b |\n', '| a | b |\n|', '| a | b |\n| -', '| a | b |\n| --- | --', '| a | b |\n|---|---|', '| a | b |\n|---|---|\n']) {
      expect(shown(text), text).toBe('<table><thead><tr><th>a</th><th>b</th></tr></thead></table>');
    }
    expect(shown('| a | b |\n|---|---|\n| c')).toContain('<tr><td>c</td><td></td></tr>');
  });

  it('does not turn a paragraph into a heading because a list begins', () => {
    expect(shown('Items:\n-')).toBe('<p>Items:</p>');
    expect(shown('Items:\n- one')).toBe('<p>Items:</p><ul><li>one</li></ul>');
  });

  it('hides the first characters of a fence, and of its end', () => {
    expect(shown('Text\n\n``')).toBe('<p>Text</p>');
    expect(shown('```js\nlet a;\n``')).toBe('<pre><code class="language-js">let a;</code></pre>');
  });

  it('leaves text alone that needs nothing', () => {
    for (const text of ['plain', 'a\n\nb', '- a\n- b', '```\nx\n```\n', 'a | b']) expect(repairBlocks(text)).toBe(text);
  });
});

describe('every prefix of a document', () => {
  const text = '# Head **bold**\n\nSee [link](https://example.com/a_(b)) and ![pic](https://example.com/p.png), `code` and ~~old~~.\n\n| h1 | h2 |\n|:--|--:|\n| *a* | `b` |\n\n1. one\n2. **two**\n\n```js\nlet x = `a`;\n```\n';

  it('shows no syntax that will be gone when the rest is there', () => {
    for (let end = 1; end <= text.length; end += 1) {
      const html = shown(text.slice(0, end)).replace(/<pre>.*?<\/pre>/gs, '');
      const visible = html.replace(/<code>.*?<\/code>/gs, '').replace(/<[^>]+>/g, '');
      expect(visible, JSON.stringify(text.slice(Math.max(0, end - 30), end))).not.toMatch(/\*\*|~~|\]\(|!\[|\|[ :-]*-|`/);
    }
  });
});
