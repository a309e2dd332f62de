import { signal } from '@preact/signals';
import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, expect, test, vi } from 'vitest';
import { Bar } from '../../src/composer/bar';
import type { Chat, Message } from '../../src/core/chat';
import { Drafts } from '../../src/core/drafts';
import { readOptions, type Options } from '../../src/core/options';
import { en } from '../../src/locales';
import { ComposerModel } from '../../src/state/composer-model';
import { ShellProvider, type Shell } from '../../src/state/context';

const tools = [
  { id: 'search', label: 'Search the archive', shortLabel: 'Search', icon: 'search', pinned: true },
  { id: 'image', label: 'Create an image', shortLabel: 'Image', icon: 'images', placeholderOverride: 'Describe it' },
  { id: 'deep', label: 'Deep research', icon: 'compass', persistent: true },
];
const models = [{ id: 'fast', label: 'Quick' }, { id: 'deep', label: 'Thorough', default: true }, { id: 'next', label: 'Next', disabled: true }];

let host: HTMLElement;

async function show(): Promise<{ model: ComposerModel; changes: (string | null)[]; sent: Message[] }> {
  const changes: (string | null)[] = [];
  const sent: Message[] = [];
  const options = signal<Options | null>(readOptions({ api: { url: '/c', domainKey: '' }, composer: { tools, models } }, {}, () => undefined));
  const chat = { send: (message: Message) => Promise.resolve(void sent.push(message)), current: { sending: null }, log: vi.fn() } as unknown as Chat;
  const model = new ComposerModel(chat, new Drafts(() => 'bar'), options, (id) => changes.push(id));
  const shell = { composer: model, options, chat, messages: signal(en), locale: signal('en') } as unknown as Shell;
  host = document.body.appendChild(document.createElement('div'));
  await act(() => render(<ShellProvider value={shell}><Bar locked={false} /></ShellProvider>, host));
  return { model, changes, sent };
}

afterEach(() => {
  render(null, host);
  host.remove();
});

const named = (name: string): HTMLElement => {
  const found = [...host.querySelectorAll<HTMLElement>('button')].find((button) => (button.getAttribute('aria-label') ?? button.textContent).startsWith(name));
  if (found === undefined) throw new Error(`no button ${name}`);
  return found;
};
const click = (name: string): Promise<void> => act(() => named(name).click());
const press = (key: string): Promise<void> => act(() => void document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })));

test('a tool of the menu is chosen, shows itself, and is told; it is cleared when its message was sent', async () => {
  const { model, changes, sent } = await show();
  await click('Tools');
  await click('Create an image');
  expect(host.querySelector('[role=menu]')).toBeNull();
  expect(named('Stop using Create an image').textContent).toContain('Image');
  expect(model.tool?.placeholderOverride).toBe('Describe it');
  model.set({ text: 'A cat' });
  await act(() => model.submit());
  expect(sent[0]).toMatchObject({ toolId: 'image', model: 'deep', content: [{ type: 'input_text', text: 'A cat' }] });
  expect(changes).toEqual(['image', null]);
});

test('a persistent tool stays; null clears it', async () => {
  const { model, changes } = await show();
  model.set({ selectedToolId: 'deep', text: 'Why?' });
  await act(() => model.submit());
  expect(model.toolId.value).toBe('deep');
  model.set({ selectedToolId: null });
  expect(changes).toEqual(['deep', null]);
});

test('a pinned tool is a button that is pressed or not', async () => {
  const { changes } = await show();
  await click('Search the archive');
  expect(named('Search the archive').getAttribute('aria-pressed')).toBe('true');
  await click('Search the archive');
  expect(named('Search the archive').getAttribute('aria-pressed')).toBe('false');
  expect(changes).toEqual(['search', null]);
});

test('models: the default is chosen, a disabled one cannot be', async () => {
  const { model } = await show();
  await click('Model: Thorough');
  await click('Next');
  expect([model.model?.id, host.querySelector('[role=menu]') !== null]).toEqual(['deep', true]);
  await click('Quick');
  expect(named('Model: Quick')).toBeDefined();
  model.set({ selectedModelId: 'next' });
  expect(model.model?.id).toBe('deep');
});

test('the menu by keyboard: arrows go round, letters jump, Escape gives the focus back', async () => {
  await show();
  named('Tools').focus();
  await press('ArrowDown');
  const at = (): string => document.activeElement?.textContent ?? '';
  expect(at()).toBe('Create an image');
  await press('ArrowUp');
  expect(at()).toBe('Deep research');
  await press('c');
  expect(at()).toBe('Create an image');
  await press('End');
  await press('Escape');
  expect([host.querySelector('[role=menu]'), document.activeElement]).toEqual([null, named('Tools')]);
});
