/** Keyboard focus over updates. */
import { afterEach, describe, expect, it } from 'vitest';
import { bench, type Bench } from './support';

afterEach(() => document.body.replaceChildren());

const row = (id: string): unknown => ({
  type: 'Row', key: id,
  children: [
    { type: 'Checkbox', name: `box.${id}`, label: id, onChangeAction: { type: 'tick', streaming: false } },
    { type: 'Button', iconStart: 'pencil', uniform: true, label: `Edit ${id}`, onClickAction: { type: 'edit', streaming: false } },
    { type: 'Button', iconStart: 'trash', uniform: true, label: `Delete ${id}`, onClickAction: { type: 'delete', streaming: false } },
  ],
});
const form = { type: 'Form', onSubmitAction: { type: 'add' }, children: [{ type: 'Input', name: 'title' }, { type: 'Button', label: 'Add', submit: true }] };
const list = (...ids: string[]): unknown => ({ type: 'Card', children: [{ type: 'Title', value: 'Todos' }, { type: 'Col', children: ids.map(row) }, form] });
const flat = (...ids: string[]): unknown => ({ type: 'Card', children: [...ids.map(row), { type: 'Divider' }, form] });

const focused = (): string | null => {
  const active = document.activeElement;
  return active?.getAttribute('aria-label') ?? active?.closest('label')?.textContent ?? active?.tagName ?? null;
};

async function press(b: Bench, label: string, after: unknown): Promise<void> {
  b.button(label).focus();
  await b.click(b.button(label));
  await b.show(after);
  await b.calls.at(-1)?.resolve();
}

describe.each([['in a column', list], ['among other things', flat]])('rows %s', (_, rows) => {
  it('hand the focus of a button that took its row away to what is no button in the next row', async () => {
    const b = await bench(rows('a', 'b', 'c'));
    await press(b, 'Delete b', rows('a', 'c'));
    expect(document.activeElement).toBe(b.find('input[name="box.c"]'));
  });

  it('hand the focus of the last one to the one before', async () => {
    const b = await bench(rows('a', 'b', 'c'));
    await press(b, 'Delete c', rows('a', 'b'));
    expect(document.activeElement).toBe(b.find('input[name="box.b"]'));
  });

  it('hand the focus of a tick that took its row away to the next tick', async () => {
    const b = await bench(rows('a', 'b', 'c'));
    const box = b.find<HTMLInputElement>('input[name="box.b"]');
    box.focus();
    await b.click(box);
    await b.show(rows('a', 'c'));
    await b.calls.at(-1)?.resolve();
    expect(document.activeElement).toBe(b.find('input[name="box.c"]'));
  });

  it('leave it to the first control when none is left', async () => {
    const b = await bench(rows('a'));
    await press(b, 'Delete a', rows());
    expect(focused()).toBe('Title');
  });

  it('keep it at the control that is still there, wherever that is now', async () => {
    const b = await bench(rows('a', 'b', 'c'));
    const box = b.find<HTMLInputElement>('input[name="box.b"]');
    box.focus();
    await b.click(box);
    await b.show(rows('a', 'c', 'b'));
    await b.calls[0]?.resolve();
    expect(document.activeElement).toBe(b.find('input[name="box.b"]'));
  });
});

describe('after a delete, in rows that have', () => {
  const button = (label: string, more: object = {}): unknown => ({ type: 'Button', label, onClickAction: { type: 'do', streaming: false }, ...more });
  const kinds: Record<string, (id: string) => readonly unknown[]> = {
    'nothing else': (id) => [{ type: 'Text', value: `Row ${id}` }, button(`Delete ${id}`)],
    'another button before it': (id) => [{ type: 'Text', value: `Row ${id}` }, button(`Archive ${id}`), button(`Delete ${id}`)],
    'another button after it': (id) => [{ type: 'Text', value: `Row ${id}` }, button(`Delete ${id}`), button(`Archive ${id}`, { iconStart: 'pencil' })],
  };

  it.each(Object.entries(kinds))('%s, the focus is at the next row, not at a button', async (_name, children) => {
    const card = (...ids: string[]): unknown => ({ type: 'Card', children: [...ids.map((id) => ({ type: 'Row', key: id, children: children(id) })), button('Clear all')] });
    const b = await bench(card('a', 'b', 'c'));
    await press(b, 'Delete b', card('a', 'c'));
    expect(document.activeElement?.textContent).toContain('Row c');
    expect(document.activeElement?.localName).toBe('div');
    await press(b, 'Delete c', card('a'));
    expect(document.activeElement?.textContent).toContain('Row a');
    await press(b, 'Delete a', card());
    expect(document.activeElement).toBe(b.find('.w-root'));
  });
});

describe('focus', () => {
  it('finds its row after the whole widget was inert', async () => {
    const inert = (...ids: string[]): unknown => JSON.parse(JSON.stringify(list(...ids)).replaceAll('"type":"delete"', '"type":"delete","loadingBehavior":"container"'));
    const b = await bench(inert('a', 'b', 'c'));
    b.button('Delete b').focus();
    await b.click(b.button('Delete b'));
    b.button('Delete b').blur(); // as browsers do with what becomes inert
    await b.show(inert('a', 'c'));
    await b.calls[0]?.resolve();
    expect(document.activeElement).toBe(b.find('input[name="box.c"]'));
  });

  it('goes on when its control was disabled', async () => {
    const two = (disabled: boolean): unknown => ({ type: 'Card', children: [{ type: 'Button', label: 'One', disabled, onClickAction: { type: 'one' } }, { type: 'Button', label: 'Two', onClickAction: { type: 'two' } }] });
    const b = await bench(two(false));
    b.button('One').focus();
    await b.show(two(true));
    expect(document.activeElement).toBe(b.button('Two'));
  });

  it('stays in a widget without any control, and at one that is busy', async () => {
    const b = await bench({ type: 'Card', children: [{ type: 'Checkbox', name: 'on', label: 'On', onChangeAction: { type: 'set', loadingBehavior: 'self' } }] });
    const box = b.find<HTMLInputElement>('input');
    box.focus();
    await b.click(box);
    expect([box.disabled, box.getAttribute('aria-disabled'), document.activeElement]).toEqual([false, 'true', box]);
    await b.click(box);
    expect([box.checked, b.calls.length]).toEqual([true, 1]);
    await b.show({ type: 'Card', children: [{ type: 'Text', value: 'Done' }] });
    expect(document.activeElement).toBe(b.find('.w-root'));
  });

  it('is not taken from somewhere else', async () => {
    const b = await bench(list('a', 'b'));
    const elsewhere = document.createElement('input');
    document.body.append(elsewhere);
    elsewhere.focus();
    await b.show(list('a'));
    expect(document.activeElement).toBe(elsewhere);
  });
});
