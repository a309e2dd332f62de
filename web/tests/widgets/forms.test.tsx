import { act } from 'preact/test-utils';
import { afterEach, describe, expect, it } from 'vitest';
import { en } from '../../src/locales';
import { bench } from './support';
import { shows } from '../support/shows';

afterEach(() => document.body.replaceChildren());

const save = { type: 'save', payload: { id: 1 } };
const form = (...children: unknown[]): unknown => ({ type: 'Card', children: [{ type: 'Form', onSubmitAction: save, children: [...children, { type: 'Button', label: 'Save', submit: true }] }] });

describe('form values', () => {
  it('join the payload of a submit, each as its own type', shows('field:Form.onSubmitAction', 'field:Button.submit'), async () => {
    const b = await bench(form(
      { type: 'Input', name: 'todo.title', defaultValue: 'Milk' },
      { type: 'Input', name: 'todo.count', inputType: 'number', defaultValue: '3' },
      { type: 'Input', name: 'todo.none', inputType: 'number' },
      { type: 'Textarea', name: 'note' },
      { type: 'Checkbox', name: 'urgent', label: 'Urgent', defaultChecked: true },
      { type: 'RadioGroup', name: 'list', defaultValue: 'b', options: [{ value: 'a', label: 'A' }, { value: 'b', label: 'B' }] },
      { type: 'Select', name: 'who', options: [{ value: 'x', label: 'X' }] },
      { type: 'DatePicker', name: 'due', defaultValue: '2026-11-24T10:00:00Z' },
      { type: 'Text', value: 'Editable', editable: { name: 'text' } },
    ));
    await b.type('textarea[name=note]', 'Two litres');
    await b.click(b.button('Save'));
    expect(b.calls).toMatchObject([{
      type: 'save',
      payload: { id: 1, todo: { title: 'Milk', count: 3, none: null }, note: 'Two litres', urgent: true, list: 'b', who: null, due: '2026-11-24', text: 'Editable' },
    }]);
  });

  it('join every action fired inside the form, not only submit', shows('field:Card.asForm', 'field:Card.cancel'), async () => {
    const b = await bench({
      type: 'Card', asForm: true, confirm: { label: 'OK', action: { type: 'ok' } }, cancel: { label: 'No', action: { type: 'no' } },
      children: [{ type: 'Input', name: 'a', defaultValue: '1' }, { type: 'Button', label: 'Check', onClickAction: { type: 'check', loadingBehavior: 'none' } }, { type: 'Checkbox', name: 'c', label: 'C', onChangeAction: { type: 'changed' } }],
    });
    await b.click(b.button('Check'));
    await b.click(b.find('input[type=checkbox]'));
    await b.click(b.button('No'));
    expect(b.calls.map((call) => [call.type, call.payload])).toEqual([['check', { a: '1', c: false }], ['changed', { a: '1', c: true }], ['no', { a: '1', c: true }]]);
  });

  it('do not overwrite the payload: a collision is reported', async () => {
    const b = await bench(form({ type: 'Input', name: 'id', defaultValue: '99' }));
    await b.click(b.button('Save'));
    expect(b.calls[0]?.payload).toEqual({ id: 1 });
    expect(b.errors).toMatchObject([{ code: 'widget_field_collision', names: ['id'] }]);
  });

  it('of a control outside of any form go with its own action', async () => {
    const b = await bench({ type: 'Card', children: [{ type: 'Checkbox', name: 'on', label: 'On', onChangeAction: { type: 'toggle', payload: { lamp: 2 } } }, { type: 'Button', label: 'Other', onClickAction: { type: 'other' } }] });
    await b.click(b.find('input'));
    await b.click(b.button('Other'));
    expect(b.calls.map((call) => call.payload)).toEqual([{ lamp: 2, on: true }, undefined]);
  });

  it('survive updates of the widget, also when their node is replaced', async () => {
    const input = { type: 'Input', name: 'q', defaultValue: 'old' };
    const b = await bench({ type: 'Card', asForm: true, children: [input] });
    await b.type('input', 'typed by hand');
    b.find('input').focus();
    await b.show({ type: 'Card', asForm: true, children: [{ type: 'Text', value: 'new above' }, input] });
    expect(b.find<HTMLInputElement>('input').value).toBe('typed by hand');
    await b.show({ type: 'Card', asForm: true, children: [{ type: 'Box', children: [input] }] });
    expect(b.find<HTMLInputElement>('input').value).toBe('typed by hand');
    expect(document.activeElement).toBe(b.find('input'));
  });

  it('follow the server as long as nobody changed them', async () => {
    const b = await bench({ type: 'Card', asForm: true, children: [{ type: 'Input', name: 'q', defaultValue: 'old' }] });
    await b.show({ type: 'Card', asForm: true, children: [{ type: 'Input', name: 'q', defaultValue: 'new' }] });
    expect(b.find<HTMLInputElement>('input').value).toBe('new');
  });
});

describe('validity', () => {
  it.each<[name: string, node: object, typed: string | null, words: keyof typeof en.widgets]>([
    ['a text', { type: 'Input' }, null, 'needed'],
    ['a long text', { type: 'Textarea' }, null, 'needed'],
    ['a box', { type: 'Checkbox', label: 'I agree' }, null, 'tickNeeded'],
    ['a choice', { type: 'RadioGroup', options: [{ label: 'A', value: 'a' }] }, null, 'choiceNeeded'],
    ['a mail address', { type: 'Input', inputType: 'email' }, 'ada', 'notEmail'],
    ['a web address', { type: 'Input', inputType: 'url' }, 'ada', 'notAddress'],
    ['a pattern', { type: 'Input', pattern: '[0-9]+' }, 'ada', 'invalid'],
  ])('of %s is told in the words of the interface, whatever the browser speaks', async (_name, node, typed, words) => {
    const b = await bench(form({ name: 'one', required: true, ...node }));
    if (typed !== null) await b.type('[name=one]', typed);
    await b.click(b.button('Save'));
    expect(b.calls).toEqual([]);
    expect(b.find('.w-error').textContent).toBe(en.widgets[words]);
  });

  it('moves focus to what is first on the page, also when it came later', async () => {
    const field = (name: string): unknown => ({ type: 'Input', name, required: true });
    const b = await bench(form(field('second')));
    await b.show(form(field('first'), field('second')));
    await b.click(b.button('Save'));
    expect(document.activeElement).toBe(b.find('input[name=first]'));
  });

  it('blocks submit, says why at the field, and moves focus there', async () => {
    const b = await bench(form({ type: 'Label', value: 'Mail', fieldName: 'mail' }, { type: 'Input', name: 'mail', required: true }, { type: 'Input', name: 'second', required: true }));
    await b.click(b.button('Save'));
    expect(b.calls).toEqual([]);
    const input = b.find<HTMLInputElement>('input[name=mail]');
    expect(document.activeElement).toBe(input);
    expect(input.getAttribute('aria-invalid')).toBe('true');
    const message = document.getElementById(input.getAttribute('aria-describedby') ?? '');
    expect(message?.textContent).toBe(en.widgets.needed);

    await b.type('input[name=mail]', 'x');
    expect(input.getAttribute('aria-invalid')).toBeNull();
    await b.type('input[name=second]', 'y');
    await b.click(b.button('Save'));
    expect(b.calls).toHaveLength(1);
  });

  it('checks patterns of text areas too', shows('field:Textarea.pattern'), async () => {
    const b = await bench(form({ type: 'Textarea', name: 'code', pattern: '[A-Z]{3}', defaultValue: 'abc' }));
    await b.click(b.button('Save'));
    expect(b.calls).toEqual([]);
    await b.type('textarea', 'ABC');
    await b.click(b.button('Save'));
    expect(b.calls).toHaveLength(1);
  });

  it('is asked of a required checkbox and radio group', shows('field:Checkbox.required'), async () => {
    const b = await bench(form({ type: 'Checkbox', name: 'terms', label: 'Agree', required: true }));
    await b.click(b.button('Save'));
    expect(b.calls).toEqual([]);
    await b.click(b.find('input'));
    await b.click(b.button('Save'));
    expect(b.calls).toHaveLength(1);
  });
});

describe('keyboard', () => {
  it('submits with Enter from a single-line field, not while composing', async () => {
    const b = await bench(form({ type: 'Input', name: 'a' }, { type: 'Input', name: 'b' }));
    const input = b.find('input[name=a]');
    const composing = new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true, cancelable: true });
    input.dispatchEvent(composing);
    expect(b.calls).toEqual([]);
    const event = await b.key(input, 'Enter');
    expect(event.defaultPrevented).toBe(true);
    expect(b.calls).toHaveLength(1);
  });

  it.each([
    ['Input', { type: 'Input', name: 'a' }, 'input[name=a]'],
    ['text that is edited', { type: 'Text', value: 'x', editable: { name: 'a' } }, 'textarea'],
    ['an open Select', { type: 'Select', name: 'a', options: [{ value: 'x', label: 'X' }, { value: 'y', label: 'Y' }] }, '[role=combobox]'],
  ])('leaves the Enter that ends a composition to the input method: %s', async (name, node, selector) => {
    const b = await bench(form(node));
    const field = b.find(selector);
    if (name.includes('Select')) await b.key(field, 'ArrowDown');
    for (const state of [{ isComposing: true, keyCode: 13 }, { isComposing: false, keyCode: 229 }]) {
      const event = new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, isComposing: state.isComposing });
      Object.defineProperty(event, 'keyCode', { value: state.keyCode });
      await act(() => void field.dispatchEvent(event));
      expect([event.defaultPrevented, b.calls]).toEqual([false, []]);
    }
    if (name.includes('Select')) expect(field.getAttribute('aria-expanded')).toBe('true');
    await b.key(field, 'Enter');
    if (name.includes('Select')) expect(field.textContent).toBe('X');
    else expect(b.calls).toHaveLength(1);
  });

  it('breaks the line with Enter in a text area', async () => {
    const b = await bench(form({ type: 'Textarea', name: 'a' }));
    const event = await b.key(b.find('textarea'), 'Enter');
    expect(event.defaultPrevented).toBe(false);
    expect(b.calls).toEqual([]);
  });
});

describe('names', () => {
  it('come from the Label, else from placeholder or field name', shows('component:Label', 'field:Label.fieldName'), async () => {
    const b = await bench(form({ type: 'Input', name: 'first' }, { type: 'Label', value: 'First name', fieldName: 'first' }, { type: 'Input', name: 'todo.dueDate' }, { type: 'Input', name: 'x', placeholder: 'Your city' }));
    const label = b.find<HTMLLabelElement>('label');
    expect(b.find('input[name=first]').getAttribute('aria-labelledby')).toBe(label.id);
    expect(label.htmlFor).toBe(b.find('input[name=first]').id);
    expect(b.find('input[name="todo.dueDate"]').getAttribute('aria-label')).toBe('Due date');
    expect(b.find('input[name=x]').getAttribute('aria-label')).toBe('Your city');
  });
});
