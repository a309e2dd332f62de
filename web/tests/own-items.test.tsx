/** Items of a thread that the page draws. */
import { signal, type Signal } from '@preact/signals';
import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { OwnRenderers, type ItemRenderer, type OwnHost } from '../src/core/own-renderers';
import type { ThreadItem, ToolCallItem } from '../src/core/protocol.generated';
import { en } from '../src/locales';
import { detailTypes } from '../src/shell/details-lazy';
import { OwnOr } from '../src/shell/items/own';
import { ShellProvider, type Shell } from '../src/state/context';
import { shows } from './support/shows';

const BuiltIn = ({ item }: { item: ThreadItem }): preact.JSX.Element => <p>chat: {item.type}</p>;
const tool = (name: string, more: Partial<ToolCallItem> = {}): ThreadItem => ({ id: 'it', thread_id: 't', created_at: '', type: 'tool_call', call_id: 'c', name, ...more });
const text = (value: string): HTMLElement => Object.assign(document.createElement('b'), { textContent: value });

const roots: HTMLElement[] = [];
afterEach(async () => {
  for (const root of roots.splice(0)) await act(() => render(null, root));
});

async function shown(first: ThreadItem, renderers = new OwnRenderers()): Promise<{ root: HTMLElement; renderers: OwnRenderers; show: (item: ThreadItem) => Promise<void>; errors: string[]; actions: unknown[]; current: { busy: boolean }; locale: Signal<string> }> {
  const root = document.createElement('div');
  roots.push(root);
  const errors: string[] = [];
  const actions: unknown[] = [];
  const current = { busy: false, action: (...given: unknown[]) => Promise.resolve(actions.push(given)) };
  const locale = signal('en');
  const shell = {
    renderers, messages: signal(en), locale, colorScheme: signal('light'), store: { phase: signal('idle') },
    chat: { current, error: (error: Error) => errors.push(error.message) },
  } as unknown as Shell;
  const show = (item: ThreadItem): Promise<void> => act(() => render(<ShellProvider value={shell}><OwnOr item={item} BuiltIn={BuiltIn} /></ShellProvider>, root));
  await show(first);
  return { root, renderers, show, errors, actions, current, locale };
}

describe('an item', () => {
  test.each([...detailTypes])('of type %s is drawn by the page from when it says so', shows('own:registerItem'), async (type) => {
    const { root, renderers } = await shown({ id: 'it', thread_id: 't', created_at: '', type, name: 'x' } as unknown as ThreadItem);
    expect(root.textContent).toBe(`chat: ${type}`);
    await act(() => renderers.register('Item', type, (item: ThreadItem) => text(`page: ${item.id}`)));
    expect(root.textContent).toBe('page: it');
    expect(root.querySelector(`[part~=custom-item-${type}]`)).not.toBeNull();
  });

  test('that the page leaves to the chat looks as ever, also when it changes its mind', async () => {
    const renderers = new OwnRenderers();
    const renderer: ItemRenderer = (item) => (item.type === 'tool_call' && item.status === 'completed' ? text('page') : null);
    renderers.register('Item', 'tool_call', renderer);
    const { root, show } = await shown(tool('x', { status: 'in_progress' }), renderers);
    expect(root.textContent).toBe('chat: tool_call');
    await show(tool('x', { status: 'completed' }));
    expect(root.textContent).toBe('page');
    await show(tool('x', { status: 'failed' }));
    expect(root.textContent).toBe('chat: tool_call');
  });

  test('whose renderer throws is told, and nothing of it is left', async () => {
    const renderers = new OwnRenderers();
    let signalOf: AbortSignal | undefined;
    renderers.register('Item', 'task', (_item: ThreadItem, host: OwnHost) => {
      signalOf = host.signal;
      throw new Error('out of order');
    });
    const { root, errors } = await shown({ id: 'it', thread_id: 't', created_at: '', type: 'task' } as unknown as ThreadItem, renderers);
    expect(errors).toEqual(['out of order']);
    expect(root.textContent).toBe('');
    expect(signalOf?.aborted).toBe(true);
  });
});

describe("a call of one of the server's tools", () => {
  test('is drawn by name, before what is registered for all calls, and updated as it runs', shows('own:registerToolCall'), async () => {
    const renderers = new OwnRenderers();
    const element = text('');
    const update = vi.fn((call: ToolCallItem) => void (element.textContent = `${call.status}: ${JSON.stringify(call.output)}`));
    const destroy = vi.fn();
    renderers.register('Item', 'tool_call', () => text('any'));
    renderers.register('ToolCall', 'get_weather', () => ({ element, update, destroy }));
    const { root, show } = await shown(tool('other'), renderers);
    expect(root.textContent).toBe('any');
    await show(tool('get_weather', { status: 'in_progress' }));
    await show(tool('get_weather', { status: 'completed', output: 21 }));
    expect(root.textContent).toBe('completed: 21');
    expect(root.querySelector('[part~=custom-tool-get_weather]')).not.toBeNull();
    await act(() => render(null, root));
    expect(destroy).toHaveBeenCalledTimes(1);
  });

  test('runs actions of its item, and hears of language and colours', async () => {
    let host: OwnHost | undefined;
    const renderers = new OwnRenderers();
    renderers.register('ToolCall', 'book', (_call: ToolCallItem, given: OwnHost) => {
      host = given;
      given.subscribe(() => heard.push(`${given.locale} ${given.colorScheme}`));
      return text('');
    });
    const heard: string[] = [];
    const { actions, current, locale } = await shown(tool('book'), renderers);
    expect(await host?.runAction({ type: 'book.again', payload: { at: 1 } })).toBe(true);
    expect(actions).toEqual([[{ type: 'book.again', payload: { at: 1 } }, 'it']]);
    current.busy = true;
    expect(await host?.runAction({ type: 'book.again' })).toBe(false);
    await act(() => void (locale.value = 'ar'));
    expect(heard).toEqual(['ar light']);
  });
});
