import { afterEach, describe, expect, it } from 'vitest';
import { bench } from './support';

afterEach(() => document.body.replaceChildren());

const text = { type: 'Text', value: 'inside' };
const roots = [
  { type: 'Card', children: [text] },
  { type: 'ListView', children: [{ type: 'ListViewItem', children: [text] }] },
  { type: 'Basic', children: [text] },
  { type: 'Form', children: [text] },
  { type: 'Box', children: [text] },
  { type: 'Row', children: [text] },
  { type: 'Col', children: [text] },
  { type: 'ListViewItem', children: [text] },
  { type: 'Transition', children: text },
  { type: 'Table', children: [{ type: 'Table.Row', children: [{ type: 'Table.Cell', children: [text] }] }] },
];

describe('a root', () => {
  it.each(roots)('may be a $type', async (widget) => {
    const b = await bench(widget);
    expect(b.root.textContent).toBe('inside');
    expect(b.logs).toEqual([]);
  });

  it('that is a form sends its fields', async () => {
    const b = await bench({
      type: 'Form', onSubmitAction: { type: 'book', payload: { id: 7 } },
      children: [{ type: 'Input', name: 'guest.name', defaultValue: 'Ada', required: true }, { type: 'Button', label: 'Book', submit: true }],
    });
    await b.type('input', 'Bo');
    await b.click(b.button('Book'));
    expect(b.calls).toMatchObject([{ type: 'book', payload: { id: 7, guest: { name: 'Bo' } } }]);
  });

  it('that is a list item runs its action', async () => {
    const b = await bench({ type: 'ListViewItem', onClickAction: { type: 'open', payload: { id: 1 } }, children: [text] });
    await b.click(b.find('button'));
    expect(b.calls).toMatchObject([{ type: 'open', payload: { id: 1 } }]);
  });
});
