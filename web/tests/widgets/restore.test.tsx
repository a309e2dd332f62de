import { describe, expect, it } from 'vitest';
import { bench } from './support';

const onChangeAction = { type: 'changed' };
const card = (...children: unknown[]): unknown => ({ type: 'Card', children });

describe('a field whose own action fails', () => {
  it('is a tick again what it was', async () => {
    const b = await bench(card({ type: 'Checkbox', name: 'on', label: 'On', onChangeAction }));
    const box = b.find<HTMLInputElement>('input');
    await b.click(box);
    expect(box.checked).toBe(true);
    await b.calls[0]?.reject();
    expect(box.checked).toBe(false);
    await b.click(box);
    await b.calls[1]?.resolve();
    expect(box.checked).toBe(true);
    await b.click(box);
    await b.calls[2]?.reject();
    expect(box.checked).toBe(true);
  });

  it('has the choice of before, in its payload too', async () => {
    const options = [{ value: 'a', label: 'A' }, { value: 'b', label: 'B' }];
    const b = await bench(card({ type: 'RadioGroup', name: 'r', options, defaultValue: 'a', onChangeAction }, { type: 'Button', label: 'Go', onClickAction: { type: 'go' } }));
    await b.click(b.find('input[value=b]'));
    await b.calls[0]?.reject();
    expect(b.find<HTMLInputElement>('input[value=a]').checked).toBe(true);
    expect(b.find<HTMLInputElement>('input[value=b]').checked).toBe(false);
  });

  it('is a select with its old label', async () => {
    const options = [{ value: 'a', label: 'First' }, { value: 'b', label: 'Second' }];
    const b = await bench(card({ type: 'Select', name: 's', options, defaultValue: 'a', onChangeAction }));
    await b.click(b.find('[role=combobox]'));
    await b.click(b.find('[role=option]:last-child'));
    expect(b.find('[role=combobox]').textContent).toContain('Second');
    await b.calls[0]?.reject();
    expect(b.find('[role=combobox]').textContent).toContain('First');
  });

  it('keeps what was changed since', async () => {
    const b = await bench(card({ type: 'Checkbox', name: 'on', label: 'On', onChangeAction }, { type: 'Checkbox', name: 'other', label: 'Other' }));
    const [box, other] = [b.find<HTMLInputElement>('input[name=on]'), b.find<HTMLInputElement>('input[name=other]')];
    await b.click(box);
    await b.click(box);
    await b.click(box);
    await b.click(other);
    await b.calls[0]?.reject();
    expect([box.checked, other.checked]).toEqual([true, true]);
  });

  it('leaves it to the server, when that has said something else meanwhile', async () => {
    const b = await bench(card({ type: 'Checkbox', name: 'on', label: 'On', onChangeAction }));
    await b.click(b.find('input'));
    await b.show(card({ type: 'Checkbox', name: 'on', label: 'On', defaultChecked: true, onChangeAction }));
    await b.calls[0]?.reject();
    expect(b.find<HTMLInputElement>('input').checked).toBe(true);
  });

  it('without a name is restored too', async () => {
    const b = await bench(card({ type: 'Checkbox', name: '', label: 'On', onChangeAction }));
    await b.click(b.find('input'));
    await b.calls[0]?.reject();
    expect(b.find<HTMLInputElement>('input').checked).toBe(false);
  });
});
