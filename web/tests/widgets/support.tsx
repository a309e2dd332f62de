import { signal, type Signal } from '@preact/signals';
import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach } from 'vitest';
import { en } from '../../src/locales';
import { WidgetView, type ActionConfig, type WidgetHost, type WidgetRoot } from '../../src/widgets';

export interface Call {
  type: string;
  payload: Record<string, unknown> | undefined;
  resolve: () => Promise<void>;
  reject: () => Promise<void>;
}

export interface Bench {
  root: HTMLElement;
  calls: Call[];
  errors: Error[];
  logs: [string, Record<string, unknown> | undefined][];
  responding: Signal<boolean>;
  /** `more`: of the host, which is another then. */
  show: (widget: unknown, more?: Partial<WidgetHost>) => Promise<void>;
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- as querySelector has it
  find: <T extends HTMLElement = HTMLElement>(selector: string) => T;
  button: (label: string) => HTMLButtonElement;
  click: (target: HTMLElement) => Promise<void>;
  type: (selector: string, value: string) => Promise<void>;
  key: (target: HTMLElement, key: string) => Promise<KeyboardEvent>;
}

const shown = new Set<HTMLElement>();

afterEach(async () => {
  for (const root of shown) await act(() => render(null, root));
  shown.clear();
});

/** A widget on the page with a host that records what it is asked. */
export async function bench(widget: unknown, more: Partial<WidgetHost> = {}): Promise<Bench> {
  const root = document.createElement('div');
  document.body.append(root);
  shown.add(root);
  const calls: Call[] = [];
  const errors: Error[] = [];
  const logs: Bench['logs'] = [];
  const responding = signal(false);
  const host: WidgetHost = {
    runAction: (action: ActionConfig, payload) => new Promise<void>((resolve, reject) => {
      calls.push({
        type: action.type, payload,
        resolve: () => act(async () => { resolve(); await Promise.resolve(); }),
        reject: () => act(async () => { reject(new Error('refused')); await Promise.resolve(); }),
      });
    }),
    responding,
    allowImage: (url) => url.startsWith('https://here.example/'),
    colorScheme: signal('light'),
    messages: en,
    locale: 'en',
    reportError: (error) => errors.push(error),
    log: (name, data) => logs.push([name, data]),
    ...more,
  };
  const show = async (next: unknown, other?: Partial<WidgetHost>): Promise<void> => {
    await act(() => render(<WidgetView itemId="itm_1" widget={next as WidgetRoot} host={other === undefined ? host : { ...host, ...other }} />, root));
  };
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- as querySelector has it
  const find = <T extends HTMLElement>(selector: string): T => {
    const element = root.querySelector<T>(selector);
    if (!element) throw new Error(`nothing matches ${selector} in ${root.textContent}`);
    return element;
  };
  const tools: Bench = {
    root, calls, errors, logs, responding, show, find,
    button: (label) => {
      const button = [...root.querySelectorAll('button')].find((one) => one.textContent.trim() === label || one.getAttribute('aria-label') === label);
      if (!button) throw new Error(`no button ${label}`);
      return button;
    },
    click: (target) => act(() => target.click()),
    type: async (selector, value) => {
      const input = find<HTMLInputElement>(selector);
      await act(() => {
        input.value = value;
        input.dispatchEvent(new Event('input', { bubbles: true }));
      });
    },
    key: async (target, key) => {
      const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, composed: true });
      await act(() => void target.dispatchEvent(event));
      return event;
    },
  };
  await show(widget);
  return tools;
}
