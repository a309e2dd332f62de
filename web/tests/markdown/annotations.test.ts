/** Where marks stand that point into signs: their place is behind what they would break. */
import { describe, expect, it } from 'vitest';
import { StreamingMarkdown } from '../../src/markdown';
import { options } from './support';

/** The text with a mark where `‸` stands in `source`, and the addresses of its links. */
function marked(source: string): { text: string; links: string[] } {
  const container = document.createElement('div');
  const markdown = new StreamingMarkdown(container, options());
  markdown.annotate([{ index: source.indexOf('‸'), key: 'a', render: () => document.createTextNode('‸') }]);
  markdown.set(source.replace('‸', ''));
  markdown.finish();
  const links = [...container.querySelectorAll('a')].map((link) => link.getAttribute('href') ?? '');
  return { text: container.textContent.trim(), links };
}

describe('a mark', () => {
  it.each([
    ['in the address of a link', 'A [link](https://x.example/pa‸th) end', 'A link‸ end', 'https://x.example/path'],
    ['in the text of a link', 'A [li‸nk](https://x.example/a_(b)) end', 'A link‸ end', 'https://x.example/a_(b)'],
    ['in an address', 'See https://x.example/pa‸th.', 'See https://x.example/path‸.', 'https://x.example/path'],
    ['in an address in brackets', 'See <https://x.example/pa‸th>.', 'See https://x.example/path‸.', 'https://x.example/path'],
    ['in a deep link', '[Do](chatkit-link://go?‸x=1)', 'Do‸', 'chatkit-link://go?x=1'],
    ['in a link definition', 'A [t][r] b\n\n[r]: https://x.example/‸r', 'A t b', 'https://x.example/r'],
  ])('%s leaves the address alone', (_, source, text, link) => {
    expect(marked(source)).toEqual({ text, links: [link] });
  });

  it.each([
    ['a character of two units', 'Hi \ud83d‸\ude00 there', 'Hi 😀‸ there'],
    ['a character of many', 'Hi 👨\u200d‸👩\u200d👧 there', 'Hi 👨\u200d👩\u200d👧‸ there'],
    ['a character with an accent', 'cafe‸\u0301 x', 'cafe\u0301‸ x'],
    ['an entity', 'A &am‸p; B', 'A &‸ B'],
    ['an escape', 'A \\‸*star\\* b', 'A *‸star* b'],
    ['two signs', 'A ~‸~x~~ b', 'A ‸x b'],
    ['code', 'Use `co‸de here` now', 'Use code here‸ now'],
    ['the sign of a heading', 'Text\n\n#‸ Head', 'Text‸Head'],
    ['the number of a list item', '1. one\n2‸. two', 'one‸two'],
    ['the box of a task', '- [ ] one\n- [‸x] two', 'one‸two'],
  ])('in %s does not take it apart', (_, source, text) => {
    expect(marked(source).text.replaceAll('\n', '')).toBe(text);
  });

  it('between words stays where it is', () => {
    expect(marked('A **bold‸** word').text).toBe('A bold‸ word');
    expect(marked('It costs $5‸ and $6').text).toBe('It costs $5‸ and $6');
    expect(marked('See [1]‸ and (2)').text).toBe('See [1]‸ and (2)');
  });
});
