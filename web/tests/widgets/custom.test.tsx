import { describe, expect, it, vi } from 'vitest';
import { registerCustomWidget, type CustomWidgetHost, type CustomWidgetProps } from '../../src/core/custom-widgets';
import { bench } from './support';

const card = (...children: unknown[]): unknown => ({ type: 'Card', asForm: true, children });
const text = (value: unknown): HTMLElement => Object.assign(document.createElement('b'), { textContent: String(value) });

describe("a component of the page's own", () => {
  it('is the element its renderer makes, made anew when its fields change, and only then', async () => {
    const renderer = vi.fn((props: CustomWidgetProps) => text(props.city));
    registerCustomWidget('Map', renderer);
    const b = await bench(card({ type: 'Map', city: 'Oslo' }));
    expect(b.find('.w-custom b').textContent).toBe('Oslo');
    await b.show(card({ type: 'Text', value: 'new above' }, { type: 'Map', city: 'Oslo' }));
    const before = renderer.mock.calls.length;
    await b.show(card({ type: 'Text', value: 'other' }, { type: 'Map', city: 'Oslo' }));
    expect(renderer.mock.calls).toHaveLength(before);
    await b.show(card({ type: 'Text', value: 'other' }, { type: 'Map', city: 'Bergen' }));
    expect(b.find('.w-custom b').textContent).toBe('Bergen');
  });

  it('with an update keeps its element while the widget streams, and is destroyed once', async () => {
    const element = text('');
    const destroy = vi.fn();
    registerCustomWidget('Live', () => ({ element, update: (props) => void (element.textContent = String(props.at)), destroy }));
    const b = await bench(card({ type: 'Live', at: 0 }));
    await b.show(card({ type: 'Live', at: 1 }));
    await b.show(card({ type: 'Live', at: 2 }));
    expect(b.find('.w-custom').firstChild).toBe(element);
    expect(element.textContent).toBe('2');
    expect(destroy).not.toHaveBeenCalled();
    await b.show(card());
    expect(destroy).toHaveBeenCalledTimes(1);
  });

  it('appears when its type is registered later', async () => {
    const b = await bench(card({ type: 'Late', v: 1 }));
    expect(b.root.querySelector('.w-custom')).toBeNull();
    registerCustomWidget('Late', (props) => text(props.v));
    await vi.waitFor(() => expect(b.find('.w-custom').textContent).toBe('1'));
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
    expect(b.find('.w-custom').childElementCount).toBe(0);
    await b.show(card({ type: 'Shaky', v: 3 }));
    expect(b.find('.w-custom').textContent).toBe('3');
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
});
