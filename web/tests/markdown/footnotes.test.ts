import { describe, expect, it } from 'vitest';
import { random, render, stream } from './support';

const text = 'Water boils[^1] and freezes[^ice].\n\nMore.\n\n[^1]: At 100 °C, *at sea level*.\n[^ice]: At 0 °C.\n\n    A second paragraph.\n\nThe end.';

describe('footnotes', () => {
  it('are named in the text and stand where they are written', () => {
    const container = render(text);
    expect(Array.from(container.querySelectorAll('.ck-footnote-ref'), (ref) => [ref.textContent, ref.getAttribute('aria-label')])).toEqual([['1', 'Footnote 1'], ['ice', 'Footnote ice']]);
    const notes = [...container.querySelectorAll('.ck-footnote')];
    expect(notes.map((note) => note.querySelectorAll('p').length)).toEqual([1, 2]);
    expect(notes[0]?.querySelector('em')?.textContent).toBe('at sea level');
    expect(container.lastElementChild?.textContent).toBe('The end.');
  });

  it('are the same however they arrive', () => {
    const whole = render(text).textContent;
    for (let seed = 1; seed < 40; seed += 1) {
      const container = stream(text, random(seed));
      expect(container.textContent).toBe(whole);
      expect(container.querySelectorAll('.ck-footnote-ref')).toHaveLength(2);
    }
  });

  it('are not seen in what only looks like one', () => {
    expect(render('The class [^a-z] and `[^1]`.').querySelector('.ck-footnote-ref')).toBeNull();
    expect(render('- [^x]: not here').querySelector('.ck-footnote')).toBeNull();
  });

  it('get focus when their number is clicked', () => {
    const container = render(text);
    document.body.append(container);
    container.querySelector<HTMLElement>('.ck-footnote-ref')?.click();
    expect(document.activeElement).toBe(container.querySelector('.ck-footnote'));
    container.remove();
  });
});
