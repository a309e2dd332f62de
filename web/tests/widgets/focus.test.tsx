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

const focused = (): string | null => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.tagName ?? null;

async function press(b: Bench, label: string, after: unknown): Promise<void> {
  b.button(label).focus();
  await b.click(b.button(label));
  await b.show(after);
  await b.calls.at(-1)?.resolve();
}

describe.each([['in a column', list], ['among other things', flat]])('rows %s', (_, rows) => {
  it('hand the focus to the same control of the next row', async () => {
    const b = await bench(rows('a', 'b', 'c'));
    await press(b, 'Delete b', rows('a', 'c'));
    expect(focused()).toBe('Delete c');
  });

  it('hand the focus of the last one to the one before', async () => {
    const b = await bench(rows('a', 'b', 'c'));
    await press(b, 'Delete c', rows('a', 'b'));
    expect(focused()).toBe('Delete b');
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

describe('focus', () => {
  it('finds its row after the whole widget was inert', async () => {
    const inert = (...ids: string[]): unknown => JSON.parse(JSON.stringify(list(...ids)).replaceAll('"type":"delete"', '"type":"delete","loadingBehavior":"container"'));
    const b = await bench(inert('a', 'b', 'c'));
    b.button('Delete b').focus();
    await b.click(b.button('Delete b'));
    b.button('Delete b').blur(); // as browsers do with what becomes inert
    await b.show(inert('a', 'c'));
    await b.calls[0]?.resolve();
    expect(focused()).toBe('Delete c');
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
