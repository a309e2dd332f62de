/** What people entered: how long it holds against what the server says. */
import { afterEach, describe, expect, it } from 'vitest';
import { bench, type Bench } from './support';

afterEach(() => document.body.replaceChildren());

const options = [{ value: 'a', label: 'A' }, { value: 'b', label: 'B' }, { value: 'c', label: 'C' }];
const card = (...children: unknown[]): unknown => ({ type: 'Card', children });
const formCard = (...children: unknown[]): unknown => ({ type: 'Card', asForm: true, children });

interface Kind {
  name: string;
  /** the field with a value of the server, `0` or `1` */
  field: (given: 0 | 1) => Record<string, unknown>;
  /** a person makes an entry that the server never says */
  enter: (b: Bench) => Promise<void>;
  read: (b: Bench) => unknown;
  /** what is shown for the server's values, and for the entry */
  given: readonly [unknown, unknown];
  entered: unknown;
}

const valueOf = (selector: string) => (b: Bench): unknown => b.find<HTMLInputElement>(selector).value;
const textOf = (b: Bench): unknown => b.find('.w-select-value').textContent;

const kinds: Kind[] = [
  { name: 'Input', field: (given) => ({ type: 'Input', defaultValue: ['old', 'new'][given] }), enter: (b) => b.type('input', 'mine'), read: valueOf('input'), given: ['old', 'new'], entered: 'mine' },
  { name: 'number Input', field: (given) => ({ type: 'Input', inputType: 'number', defaultValue: ['1', '2'][given] }), enter: (b) => b.type('input', '7'), read: valueOf('input'), given: ['1', '2'], entered: '7' },
  { name: 'Textarea', field: (given) => ({ type: 'Textarea', defaultValue: ['old', 'new'][given] }), enter: (b) => b.type('textarea', 'mine'), read: valueOf('textarea'), given: ['old', 'new'], entered: 'mine' },
  { name: 'Text', field: (given) => ({ type: 'Text', value: ['old', 'new'][given], editable: { name: 'f' } }), enter: (b) => b.type('textarea', 'mine'), read: valueOf('textarea'), given: ['old', 'new'], entered: 'mine' },
  {
    name: 'RadioGroup', field: (given) => ({ type: 'RadioGroup', options, defaultValue: ['a', 'b'][given] }), enter: (b) => b.click(b.find('input[value=c]')),
    read: (b) => Array.from(b.root.querySelectorAll('input')).filter((radio) => radio.checked).map((radio) => radio.value).join(), given: ['a', 'b'], entered: 'c',
  },
  {
    name: 'Select', field: (given) => ({ type: 'Select', options, defaultValue: ['a', 'b'][given] }),
    enter: async (b) => {
      await b.click(b.find('[role=combobox]'));
      await b.click(b.find('[role=option]:last-child'));
    },
    read: textOf, given: ['A', 'B'], entered: 'C',
  },
  {
    name: 'DatePicker', field: (given) => ({ type: 'DatePicker', clearable: true, placeholder: 'When', defaultValue: ['2026-11-24', '2026-11-25'][given] }),
    enter: (b) => b.click(b.button('Clear')), read: textOf, given: ['Nov 24, 2026', 'Nov 25, 2026'], entered: 'When',
  },
];

describe.each(kinds)('an entry in a $name', ({ field, enter, read, given, entered }) => {
  const show = (value: 0 | 1, more: Record<string, unknown> = {}): unknown => formCard({ name: 'f', ...field(value), ...more });

  it('holds while the server says what it said', async () => {
    const b = await bench(show(0));
    expect(read(b)).toBe(given[0]);
    await enter(b);
    expect(read(b)).toBe(entered);
    await b.show(formCard({ type: 'Text', value: 'more' }, { name: 'f', ...field(0) }));
    expect(read(b)).toBe(entered);
    await b.show(formCard({ type: 'Box', children: [{ name: 'f', ...field(0) }] }));
    expect(read(b)).toBe(entered);
  });

  it('yields when the server says something else, for good', async () => {
    const b = await bench(show(0));
    await enter(b);
    await b.show(show(1));
    expect(read(b)).toBe(given[1]);
    await b.show(show(0));
    expect(read(b)).toBe(given[0]);
  });

  it('yields also when the node is a new one', async () => {
    const b = await bench(show(0));
    await enter(b);
    await b.show(formCard({ type: 'Box', children: [{ name: 'f', ...field(1) }] }));
    expect(read(b)).toBe(given[1]);
    await b.show(show(0));
    expect(read(b)).toBe(given[0]);
  });

  it('belongs to the field with its key', async () => {
    const b = await bench(show(0, { key: 'first' }));
    await enter(b);
    await b.show(show(0, { key: 'second' }));
    expect(read(b)).toBe(given[0]);
  });
});

describe('a Checkbox', () => {
  const box = (ticked: boolean): unknown => card({ type: 'Checkbox', name: 'done', label: 'Milk', defaultChecked: ticked, onChangeAction: { type: 'set', streaming: false } });
  const ticked = (b: Bench): boolean => b.find<HTMLInputElement>('input').checked;

  it('follows the server after it was ticked', async () => {
    const b = await bench(box(false));
    await b.click(b.find('input'));
    await b.show(box(true));
    await b.calls[0]?.resolve();
    expect(ticked(b)).toBe(true);
    await b.show(box(false));
    expect(ticked(b)).toBe(false);
    await b.show(box(true));
    expect(ticked(b)).toBe(true);
  });

  it('stays ticked while the server has not answered yet', async () => {
    const b = await bench(card({ type: 'Text', value: '1' }, { type: 'Checkbox', name: 'done', label: 'Milk' }));
    await b.click(b.find('input'));
    await b.show(card({ type: 'Text', value: '2' }, { type: 'Checkbox', name: 'done', label: 'Milk' }));
    expect(ticked(b)).toBe(true);
  });
});

describe('caret and focus', () => {
  it('stay where they are while something else streams', async () => {
    const input = { type: 'Input', name: 'f', defaultValue: '' };
    const b = await bench(card({ type: 'Text', value: 'a' }, input));
    await b.type('input', 'written');
    const control = b.find<HTMLInputElement>('input');
    control.focus();
    control.setSelectionRange(2, 4);
    await b.show(card({ type: 'Text', value: 'a b' }, input));
    expect(b.find('input')).toBe(control);
    expect([document.activeElement, control.value, control.selectionStart, control.selectionEnd]).toEqual([control, 'written', 2, 4]);
  });
});

describe('a form that was sent', () => {
  const add = { type: 'add' };
  const form = (todos: number, more: Record<string, unknown> = {}): unknown => card(
    { type: 'Text', value: `${todos} todos` },
    { type: 'Form', onSubmitAction: add, children: [{ type: 'Input', name: 'title', ...more }, { type: 'Checkbox', name: 'urgent', label: 'Urgent' }, { type: 'Button', label: 'Add', submit: true }] },
  );
  const title = (b: Bench): HTMLInputElement => b.find('input[name=title]');
  const fill = async (b: Bench): Promise<void> => {
    await b.type('input[name=title]', 'Milk');
    await b.click(b.find('input[name=urgent]'));
    title(b).focus();
  };

  it('is empty once the server has taken it', async () => {
    const b = await bench(form(1));
    await fill(b);
    await b.key(title(b), 'Enter');
    await b.show(form(2));
    expect(title(b).value).toBe('Milk');
    await b.calls[0]?.resolve();
    expect([title(b).value, b.find<HTMLInputElement>('input[name=urgent]').checked]).toEqual(['', false]);
    expect(document.activeElement).toBe(title(b));
    await b.show(card({ type: 'Box', children: [form(3)] }));
    expect(title(b).value).toBe('');
  });

  it('keeps what is in it when the action fails', async () => {
    const b = await bench(form(1));
    await fill(b);
    await b.key(title(b), 'Enter');
    await b.show(form(2));
    await b.calls[0]?.reject();
    expect([title(b).value, b.find<HTMLInputElement>('input[name=urgent]').checked]).toEqual(['Milk', true]);
  });

  it('keeps what is in it when the server left the widget as it was', async () => {
    const b = await bench(form(1));
    await fill(b);
    await b.key(title(b), 'Enter');
    await b.calls[0]?.resolve();
    expect(title(b).value).toBe('Milk');
    await b.show(form(2));
    expect(title(b).value).toBe('Milk');
  });

  it('keeps what was written since', async () => {
    const b = await bench(form(1));
    await fill(b);
    await b.key(title(b), 'Enter');
    await b.type('input[name=title]', 'Bread');
    await b.show(form(2));
    await b.calls[0]?.resolve();
    expect([title(b).value, b.find<HTMLInputElement>('input[name=urgent]').checked]).toEqual(['Bread', false]);
  });

  it('leaves other forms alone', async () => {
    const other = { type: 'Form', onSubmitAction: add, children: [{ type: 'Input', name: 'note' }] };
    const both = (todos: number): unknown => card(form(todos), other);
    const b = await bench(both(1));
    await b.type('input[name=note]', 'draft');
    await fill(b);
    await b.key(title(b), 'Enter');
    await b.show(both(2));
    await b.calls[0]?.resolve();
    expect([title(b).value, b.find<HTMLInputElement>('input[name=note]').value]).toEqual(['', 'draft']);
  });

  it('has the focus in the field that was written in, also when its button was pressed', async () => {
    const b = await bench(form(1));
    await fill(b);
    b.button('Add').dispatchEvent(new Event('pointerdown', { bubbles: true }));
    b.button('Add').focus();
    await b.click(b.button('Add'));
    await b.show(form(2));
    await b.calls[0]?.resolve();
    expect(document.activeElement).toBe(title(b));
  });
});

describe('fields of one name in several places', () => {
  const row = (name: string): unknown => ({
    type: 'Form', onSubmitAction: { type: `send ${name}` },
    children: [
      { type: 'Label', value: `Mail of ${name}`, fieldName: 'mail' }, { type: 'Input', name: 'mail' }, { type: 'Checkbox', name: 'done', label: name },
      { type: 'Button', submit: true, label: `Send ${name}` },
    ],
  });
  const mails = (b: Bench): HTMLInputElement[] => [...b.root.querySelectorAll<HTMLInputElement>('input[name=mail]')];

  it('each have their own entry, also those that come later', async () => {
    const b = await bench(card(row('one')));
    await b.type('input[name=mail]', 'one@example.org');
    await b.click(b.find('input[name=done]'));
    await b.show(card(row('one'), row('two')));
    expect(mails(b).map((mail) => mail.value)).toEqual(['one@example.org', '']);
    expect([...b.root.querySelectorAll<HTMLInputElement>('input[name=done]')].map((box) => box.checked)).toEqual([true, false]);
  });

  it('keep them when another form is sent', async () => {
    const b = await bench(card(row('one'), row('two')));
    await b.type('input[name=mail]', 'one@example.org');
    await b.click(b.button('Send two'));
    await b.show(card({ type: 'Text', value: 'Sent.' }, row('one'), row('two')));
    await b.calls[0]?.resolve();
    expect(mails(b).map((mail) => mail.value)).toEqual(['one@example.org', '']);
  });

  it('are found again in their order when all nodes are new', async () => {
    const b = await bench(card(row('one'), row('two')));
    await b.type('input[name=mail]', 'one@example.org');
    const second = mails(b)[1];
    if (second) second.value = 'two@example.org';
    second?.dispatchEvent(new Event('input', { bubbles: true }));
    await b.show({ type: 'Basic', children: [{ type: 'Box', children: [row('one'), row('two')] }] });
    expect(mails(b).map((mail) => mail.value)).toEqual(['one@example.org', 'two@example.org']);
  });

  it('are named by the label in their own form', async () => {
    const b = await bench(card(row('one'), row('two')));
    const names = mails(b).map((mail) => document.getElementById(mail.getAttribute('aria-labelledby') ?? '')?.textContent);
    expect(names).toEqual(['Mail of one', 'Mail of two']);
    expect([...b.root.querySelectorAll('label')].filter((label) => label.htmlFor).map((label) => label.control)).toEqual(mails(b));
  });

  it('are separate choices as radios', async () => {
    const b = await bench(card({ type: 'RadioGroup', name: 'size', options }, { type: 'RadioGroup', name: 'size', options }));
    const radios = [...b.root.querySelectorAll('input')];
    for (const at of [1, 3]) await b.click(radios[at] ?? b.root);
    expect(radios.map((radio) => radio.checked)).toEqual([false, true, false, true, false, false]);
  });
});
