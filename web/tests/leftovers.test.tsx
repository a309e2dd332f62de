/** What was made is destroyed: nothing of a component that went is left, and one that is shown anew holds no more than before. */
import './support/leftovers';
import type * as Signals from '@preact/signals';
import { signal } from '@preact/signals';
import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createIcon } from '../src/icons';
import { en } from '../src/locales';
import { StreamingMarkdown } from '../src/markdown';
import { Markdown } from '../src/shell/markdown';
import { ShellProvider, type Shell } from '../src/state/context';
import inventory from './conformance/inventory.json';
import { bench } from './widgets/support';

/** Effects that have not been ended. */
const effects = vi.hoisted(() => ({ running: 0 }));
vi.mock('@preact/signals', async (original) => {
  const signals = await original<typeof Signals>();
  const effect: typeof signals.effect = (callback, options) => {
    const stop = signals.effect(callback, options);
    let running = 1;
    effects.running += 1;
    const ended = (): void => {
      effects.running -= running;
      running = 0;
      stop();
    };
    return Object.assign(ended, { [Symbol.dispose]: ended });
  };
  return { ...signals, effect };
});

type Json = Record<string, unknown>;
interface Fixture {
  states: { id: string; widget?: Json; preview?: Json; items?: Json[] }[];
}

const fixtures = import.meta.glob<Fixture>('../gallery/fixtures/*.json', { eager: true, import: 'default' });
const widgets = Object.entries(fixtures).flatMap(([path, { states }]) => states.flatMap(({ id, widget, preview, items = [] }) =>
  [widget, preview, ...items.map((item) => item['widget'])].filter((each) => each != null).map((each, at): [string, Json] => [`${/\d+-(\w+)/.exec(path)?.[1] ?? ''}.${id} ${at}`, each as Json])));

const held = (): string[] => [...globalThis.leftovers.held(), ...Array.from({ length: effects.running }, () => 'effect')];

/** Everything that a node with a text shows is another than before. */
function changed(node: unknown, at: number): unknown {
  if (Array.isArray(node)) return node.map((each) => changed(each, at));
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, key === 'value' && typeof value === 'string' ? `${value} ${at}` : changed(value, at)]));
}

function typesIn(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(typesIn);
  if (typeof node !== 'object' || node === null) return [];
  const { type } = node as Json;
  return [...(typeof type === 'string' ? [type] : []), ...Object.values(node).flatMap(typesIn)];
}

afterEach(() => document.body.replaceChildren());

test('the gallery has widgets of every type', () => {
  const types = new Set(widgets.flatMap(([, widget]) => typesIn(widget)));
  const promised = Object.keys(inventory).filter((id) => id.startsWith('component:')).map((id) => id.slice('component:'.length));
  expect(promised.filter((type) => !types.has(type))).toEqual([]);
});

describe('a widget', () => {
  test.each(widgets)('that goes leaves nothing, and holds no more when it changes: %s', async (_name, widget) => {
    // Icons, locales and lazy parts arrive with the first one that needs them.
    const first = await bench(widget);
    for (const opener of first.root.querySelectorAll<HTMLElement>('[aria-haspopup]')) await first.click(opener);
    await act(() => new Promise((resolve) => setTimeout(resolve, 20)));
    await act(() => render(null, first.root));
    const before = held();
    const b = await bench(widget);
    const shown = held();
    for (let at = 0; at < 4; at += 1) await b.show(changed(widget, at));
    await b.show(widget);
    expect(held()).toEqual(shown);
    for (const opener of b.root.querySelectorAll<HTMLElement>('[aria-haspopup]')) await b.click(opener);
    await act(() => render(null, b.root));
    await vi.waitFor(() => expect(held()).toEqual(before));
  });
});

describe('Markdown', () => {
  const messages = signal(en);
  const deepLink = vi.fn();
  const shell = { messages, allowImage: () => true, deepLink } as unknown as Shell;
  const shownAs = (root: HTMLElement, text: string): Promise<void> =>
    act(() => render(<ShellProvider value={shell}><Markdown text={text} /></ShellProvider>, root));

  test('that is replaced eight times tells of a deep link once, and leaves nothing', async () => {
    const root = document.createElement('div');
    document.body.append(root);
    const before = held();
    for (let at = 0; at < 8; at += 1) await shownAs(root, `[Order ${at}](chatkit-link://order?id=${at})`);
    await act(() => root.querySelector<HTMLElement>('a')?.click());
    expect(deepLink).toHaveBeenCalledExactlyOnceWith('order', { id: '7' });
    await act(() => void (messages.value = { ...en }));
    await act(() => root.querySelector<HTMLElement>('a')?.click());
    expect(deepLink).toHaveBeenCalledTimes(2);
    await act(() => render(null, root));
    expect(held()).toEqual(before);
  });

  test.each(['# Title\n\n```python\nprint(1)\n```', '```mermaid\ngraph TD; A-->B\n```', '&CounterClockwiseContourIntegral; &amp;', '$x^2$', 'A[^1]\n\n[^1]: B'])('that streams leaves nothing: %j', async (text) => {
    const before = held();
    for (let round = 0; round < 3; round += 1) {
      const root = document.createElement('div');
      document.body.append(root);
      const markdown = new StreamingMarkdown(root, { allowImage: () => true, messages: en, diagrams: signal('light') });
      for (const letter of text) markdown.append(letter);
      markdown.finish();
      await new Promise((resolve) => setTimeout(resolve, 30));
      markdown.destroy();
      root.remove();
    }
    await vi.waitFor(() => expect(held()).toEqual(before));
  });
});

test('an icon that comes late is drawn, and then waits for nothing', async () => {
  const before = held();
  const icons = ['lucide:anchor', 'copy', 'lucide:no-such-icon', 'no-such-icon', 'suitcase'].map((name) => createIcon(name));
  await vi.waitFor(() => expect(icons[0]?.childElementCount).toBe(1));
  await vi.waitFor(() => expect(held()).toEqual(before));
});
