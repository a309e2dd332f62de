import { signal as signalOf } from '@preact/signals';
import { act } from 'preact/test-utils';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { forAllElements, OwnRenderers, type OwnField, type CustomWidgetHost, type CustomWidgetProps, type CustomWidgetRenderer } from '../../src/core/own-renderers';
import { shows } from '../support/shows';
import { bench } from './support';

const registerCustomWidget = (type: string, renderer: CustomWidgetRenderer): void => forAllElements.register('Widget', type, renderer);
const own = '[part~=custom-widget]';
const card = (...children: unknown[]): unknown => ({ type: 'Card', asForm: true, children });
const text = (value: unknown): HTMLElement => Object.assign(document.createElement('b'), { textContent: String(value) });

describe("a component of the page's own", () => {
  it('is the element its renderer makes, made anew when its fields change, and only then', async () => {
    const renderer = vi.fn((props: CustomWidgetProps) => text(props.city));
    registerCustomWidget('Map', renderer);
    const b = await bench(card({ type: 'Map', city: 'Oslo' }));
    expect(b.find('[part~=custom-widget] b').textContent).toBe('Oslo');
    await b.show(card({ type: 'Text', value: 'new above' }, { type: 'Map', city: 'Oslo' }));
    const before = renderer.mock.calls.length;
    await b.show(card({ type: 'Text', value: 'other' }, { type: 'Map', city: 'Oslo' }));
    expect(renderer.mock.calls).toHaveLength(before);
    await b.show(card({ type: 'Text', value: 'other' }, { type: 'Map', city: 'Bergen' }));
    expect(b.find('[part~=custom-widget] b').textContent).toBe('Bergen');
  });

  it('with an update keeps its element while the widget streams, and is destroyed once', async () => {
    const element = text('');
    const destroy = vi.fn();
    registerCustomWidget('Live', () => ({ element, update: (props) => void (element.textContent = String(props.at)), destroy }));
    const b = await bench(card({ type: 'Live', at: 0 }));
    await b.show(card({ type: 'Live', at: 1 }));
    await b.show(card({ type: 'Live', at: 2 }));
    expect(b.find('[part~=custom-widget]').firstChild).toBe(element);
    expect(element.textContent).toBe('2');
    expect(destroy).not.toHaveBeenCalled();
    await b.show(card());
    expect(destroy).toHaveBeenCalledTimes(1);
  });

  it('appears when its type is registered later', async () => {
    const b = await bench(card({ type: 'Late', v: 1 }));
    expect(b.root.querySelector('[part~=custom-widget]')).toBeNull();
    registerCustomWidget('Late', (props) => text(props.v));
    await vi.waitFor(() => expect(b.find('[part~=custom-widget]').textContent).toBe('1'));
  });

  it('that throws is nothing to see; the rest of the widget stays', async () => {
    registerCustomWidget('Broken', () => {
      throw new Error('out of order');
    });
    registerCustomWidget('Odd', () => 'text' as unknown as HTMLElement);
    const b = await bench(card({ type: 'Broken' }, { type: 'Odd' }, { type: 'Text', value: 'still here' }));
    expect(b.root.textContent).toContain('still here');
    expect(b.errors.map(({ message }) => message)).toEqual(['out of order', 'The renderer of the widget component "Odd" made no HTML element.']);
  });

  it('that throws in an update is gone, and comes back with the next', async () => {
    registerCustomWidget('Shaky', (props) => ({
      element: text(props.v),
      update(next) {
        if (next.v === 2) throw new Error('no two');
      },
    }));
    const b = await bench(card({ type: 'Shaky', v: 1 }));
    await b.show(card({ type: 'Shaky', v: 2 }));
    expect(b.find('[part~=custom-widget]').childElementCount).toBe(0);
    await b.show(card({ type: 'Shaky', v: 3 }));
    expect(b.find('[part~=custom-widget]').textContent).toBe('3');
  });

  it('runs actions with the values of the form around', async () => {
    let host: CustomWidgetHost | undefined;
    registerCustomWidget('Picker', (_props, given) => {
      host = given;
      return text('pick');
    });
    const b = await bench(card({ type: 'Input', name: 'who', defaultValue: 'Ada' }, { type: 'Picker' }));
    const outcome = host?.runAction({ type: 'picked', payload: { at: 3 } });
    expect(b.calls[0]).toMatchObject({ type: 'picked', payload: { at: 3, who: 'Ada' } });
    await b.calls[0]?.reject();
    expect(await outcome).toBe(false);
    expect([host?.locale, host?.colorScheme]).toEqual(['en', 'light']);
  });

  it('cannot stand for a built-in one, and has to be told properly', async () => {
    registerCustomWidget('Text', () => text('mine'));
    const b = await bench(card({ type: 'Text', value: 'theirs' }));
    expect(b.root.textContent).toBe('theirs');
    expect(() => registerCustomWidget('', () => text(''))).toThrow('not empty');
    expect(() => registerCustomWidget('X', null as never)).toThrow('takes a function');
  });

  it('of one element comes before that of all, and is nothing to the others', async () => {
    registerCustomWidget('Where', () => text('all'));
    const renderers = new OwnRenderers(forAllElements);
    const [one, other] = [await bench(card({ type: 'Where' }), { renderers }), await bench(card({ type: 'Where' }))];
    expect([one.find(own).textContent, other.find(own).textContent]).toEqual(['all', 'all']);
    renderers.register('Widget', 'Where', () => text('one'));
    await vi.waitFor(() => expect(one.find(own).textContent).toBe('one'));
    expect(other.find(own).textContent).toBe('all');
    forAllElements.register('Widget', 'Where', () => text('all, anew'));
    await vi.waitFor(() => expect(other.find(own).textContent).toBe('all, anew'));
    expect(one.find(own).textContent).toBe('one');
  });

  it('is told of another language and other colours as long as it is there', shows('own:registerWidget.host'), async () => {
    const heard: string[] = [];
    let signal: AbortSignal | undefined;
    registerCustomWidget('Listens', (_props, host) => {
      ({ signal } = host);
      host.subscribe(() => heard.push(`${host.locale} ${host.colorScheme}`));
      host.subscribe(() => heard.push('never'))();
      return text('');
    });
    const colorScheme = signalOf<'light' | 'dark'>('light');
    const b = await bench(card({ type: 'Listens' }), { colorScheme });
    await act(() => void (colorScheme.value = 'dark'));
    await b.show(card({ type: 'Listens' }), { colorScheme, locale: 'ar' });
    expect(heard).toEqual(['en dark', 'ar dark']);
    expect(signal?.aborted).toBe(false);
    await b.show(card());
    expect(signal?.aborted).toBe(true);
    await act(() => void (colorScheme.value = 'light'));
    expect(heard).toHaveLength(2);
  });

  it('ends its signal when it is made anew, and when it throws', async () => {
    const signals: AbortSignal[] = [];
    registerCustomWidget('Anew', (props, host) => {
      signals.push(host.signal);
      if (props.v === 3) throw new Error('no three');
      return text(props.v);
    });
    const b = await bench(card({ type: 'Anew', v: 1 }));
    await b.show(card({ type: 'Anew', v: 2 }));
    await b.show(card({ type: 'Anew', v: 3 }));
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, true]);
  });
});

describe('fields of a component', () => {
  const fields = {
    city: { type: 'string', required: true },
    zoom: { type: 'integer', minimum: 1, maximum: 9, default: 3 },
    kind: { enum: ['map', 'satellite'] },
    marks: { type: 'array', items: { type: 'object', properties: { x: { type: 'number', required: true }, label: { type: 'string' } } } },
    wide: { type: 'boolean' },
  } as const;

  it.each<[given: Record<string, unknown>, drawn: unknown, told: string[]]>([
    [{ city: 'Oslo' }, { city: 'Oslo', zoom: 3 }, []],
    [{ city: 'Oslo', zoom: 5, kind: 'map', wide: true, other: 1 }, { city: 'Oslo', zoom: 5, kind: 'map', wide: true }, []],
    [{ city: 'Oslo', zoom: 12, kind: 'street', wide: 'yes' }, { city: 'Oslo', zoom: 3 }, ['zoom', 'kind', 'wide']],
    [{ city: 'Oslo', zoom: null, marks: [{ x: 1, label: 'a' }, { label: 'b' }, 'c', { x: 2, label: 7 }] }, { city: 'Oslo', zoom: 3, marks: [{ x: 1, label: 'a' }, { x: 2 }] }, ['marks[1].x', 'marks[1]', 'marks[2]', 'marks[3].label']],
    [{ city: 7 }, null, ['city']],
    [{}, null, ['city']],
    [{ city: 'Oslo', constructor: 'x', marks: {} }, { city: 'Oslo', zoom: 3 }, ['marks']],
  ])('are as its schema has them: %j', shows('own:registerWidget.fields'), async (given, drawn, told) => {
    let props: unknown = null;
    forAllElements.register('Widget', 'Typed', { fields, render: (each: unknown) => (props = each, text('')) });
    const b = await bench(card({ type: 'Typed', ...given }));
    expect(props).toEqual(drawn);
    expect(b.logs.filter(([name]) => name === 'widget.field_invalid').map(([, data]) => data?.['field'])).toEqual(told);
  });
});

describe('children of a component', () => {
  const folder: CustomWidgetRenderer = (_props, host) => {
    const element = document.createElement('section');
    const [head, body] = [document.createElement('div'), document.createElement('div')];
    element.append(head, body);
    host.renderChildren(head, [{ type: 'Title', value: 'Head' }]);
    host.renderChildren(body);
    return { element, update: () => undefined };
  };

  it('are components like others, in the form around, and stay as they were entered', async () => {
    registerCustomWidget('Folder', folder);
    const form = (label: string): unknown => card({ type: 'Folder', label, children: [{ type: 'Text', value: label }, { type: 'Input', name: 'who' }] }, { type: 'Button', label: 'Send', submit: true, onClickAction: { type: 'sent' } });
    const b = await bench(form('one'));
    expect(b.find('section').textContent).toContain('Headone');
    await b.type('section input', 'Ada');
    const input = b.find('section input');
    await b.show(form('two'));
    expect(b.find('section').textContent).toContain('Headtwo');
    expect(b.find('section input')).toBe(input);
    await b.click(b.button('Send'));
    expect(b.calls[0]).toMatchObject({ type: 'sent', payload: { who: 'Ada' } });
  });

  it('go with it', async () => {
    const destroy = vi.fn();
    registerCustomWidget('Inner', () => ({ element: text('inner'), destroy }));
    registerCustomWidget('Folder', folder);
    const b = await bench(card({ type: 'Folder', children: { type: 'Inner' } }));
    expect(b.find('section').textContent).toBe('Headinner');
    await b.show(card());
    expect(destroy).toHaveBeenCalledTimes(1);
  });
});

describe("a field of a component of the page's own", () => {
  const shown: unknown[] = [];
  let field: OwnField;
  let message = '';
  const stars: CustomWidgetRenderer = (given, host) => {
    const make = (value: unknown): OwnField => host.field('stars', {
      value: typeof value === 'number' ? value : null,
      show: (each) => shown.push(each),
      validate: () => (field.value === null ? 'Choose' : ''),
      report: (text) => void (message = text),
      focus: () => element.focus(),
    });
    const element = document.createElement('button');
    field = make(given.value);
    element.id = field.id;
    return { element, update: ({ value }) => void make(value) };
  };
  const form = (value: number | null): unknown => ({
    type: 'Card', asForm: true, children: [{ type: 'Stars', value }], confirm: { label: 'Rate', action: { type: 'rated' } },
  });

  beforeEach(() => {
    shown.length = 0;
    message = '';
    registerCustomWidget('Stars', stars);
  });

  it('goes with its form, and holds it back while it is not as it should be', async () => {
    const b = await bench(form(null));
    await b.click(b.button('Rate'));
    expect(b.calls).toEqual([]);
    expect(message).toBe('Choose');
    expect(document.activeElement?.id).toBe(field.id);
    await act(() => field.set(4));
    expect(message).toBe('');
    await b.click(b.button('Rate'));
    expect(b.calls[0]).toMatchObject({ type: 'rated', payload: { stars: 4 } });
  });

  it('keeps what was chosen until the server says something else', async () => {
    const b = await bench(form(2));
    expect(shown.at(-1)).toBe(2);
    await act(() => field.set(5));
    await b.show(form(2));
    expect(field.value).toBe(5);
    await b.show(form(3));
    expect([field.value, shown.at(-1)]).toEqual([3, 3]);
  });

  it('is known by what was chosen while it was made', async () => {
    registerCustomWidget('Stars', (props, host) => {
      const made = stars(props, host);
      field.set(1);
      return made;
    });
    const b = await bench(form(2));
    await b.click(b.button('Rate'));
    expect(b.calls[0]).toMatchObject({ payload: { stars: 1 } });
  });

  it('is gone with it', async () => {
    const b = await bench(form(2));
    await b.show({ ...(form(2) as object), children: [] });
    await b.click(b.button('Rate'));
    expect(b.calls[0]?.payload).toBeUndefined();
  });
});
