import { signal } from '@preact/signals';
import { render } from 'preact';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Chat } from '../src/core/chat';
import type { Phase } from '../src/core/conversation-types';
import { readOptions } from '../src/core/options';
import type { ClientToolCallItem, WidgetItem } from '../src/core/protocol.generated';
import { fetchChunk, missingChunk } from '../src/lazy-import';
import { en } from '../src/locales';
import { Announcer } from '../src/state/announcer';
import { ShellProvider, type Shell } from '../src/state/context';
import { ClientToolRow, nameOf, WidgetRow } from '../src/shell/items/others';
import { Lazy } from '../src/state/lazy';
import { MissingParts } from '../src/shell/status';
import { Store } from '../src/state/store';
import { useWidgetHost } from '../src/state/widget-host';
import { widgetRenderers } from '../src/state/widgets-lazy';
import { added, assistantItem, delta, done, FakeServer, live, thread, userItem } from './support/server';

// The widgets' chunk never comes: fetched for real, it would be there before a test that misses it.
vi.mock('../src/state/widgets-lazy', async () => {
  const { Lazy } = await import('../src/state/lazy');
  return { widgetRenderers: new Lazy(() => new Promise(() => undefined), true) };
});

/** As much of a shell as the parts under test ask for. */
function shellWith(more: Partial<Shell> = {}): Shell {
  return { messages: signal(en), locale: signal('en'), colorScheme: signal('light'), ...more } as unknown as Shell;
}

function shown(shell: Shell, part: preact.ComponentChild): HTMLElement {
  const root = document.createElement('div');
  render(<ShellProvider value={shell}>{part}</ShellProvider>, root);
  return root;
}

test('a deep link in a widget reaches the page', () => {
  const deepLink = vi.fn();
  let host: ReturnType<typeof useWidgetHost> | undefined;
  const Probe = (): null => {
    host = useWidgetHost('wid');
    return null;
  };
  shown(shellWith({ deepLink }), <Probe />);
  host?.onDeepLink?.('order', { id: '7' });
  expect(deepLink).toHaveBeenCalledExactlyOnceWith('order', { id: '7' });
});

test.each<[status: 'pending' | 'completed', text: string, working: number, output?: unknown, phase?: Phase]>([
  ['pending', 'Running “Set theme”', 1],
  ['pending', '“Set theme” did not finish', 0, undefined, 'idle'],
  ['completed', 'Ran “Set theme”', 0],
  ['completed', 'Ran “Set theme”', 0, { error: null, theme: 'dark' }],
  ['completed', '“Set theme” did not finish', 0, { error: 'No such theme.' }],
])('a client tool call that is %s says so: %s', (status, text, working, output, phase = 'tool') => {
  const item: ClientToolCallItem = { id: 'tc', thread_id: 't', created_at: '', type: 'client_tool_call', status, call_id: 'c', name: 'set_theme', arguments: {}, output };
  const root = shown(shellWith({ store: { phase: signal(phase) } as unknown as Store }), <ClientToolRow item={item} />);
  expect(root.textContent).toBe(text);
  expect(root.querySelectorAll('.shimmer, .spinner')).toHaveLength(2 * working);
});

test.each([
  ['get_selected_stations', 'Get selected stations'], ['getSelectedStations', 'Get selected stations'], ['get-selected-stations', 'Get selected stations'], ['weather.get', 'Weather get'],
  ['mcp__github__list_issues', 'Mcp github list issues'], ['callAPI', 'Call API'], ['HTTPRequest', 'HTTP request'], ['open_URL', 'Open URL'], ['search', 'Search'], ['Find_Files', 'Find files'],
  ['wetter_abfragen', 'Wetter abfragen'], ['öffne_seite', 'Öffne seite'], ['查询天气', '查询天气'], ['احصل_على_الطقس', 'احصل على الطقس'], ['step2Do', 'Step2 do'], ['___', '___'], ['', ''],
])('the tool %s is called %s', (tool, name) => {
  expect(nameOf(tool)).toBe(name);
});

describe('an answer is read out from its first word', () => {
  test.each<[name: string, item: unknown]>([
    ['with the delta that makes its part', added(assistantItem('msg_a', ''))],
    ['with the item', added(assistantItem('msg_a', 'Well. '))],
  ])('%s', async (_name, item) => {
    const server = new FakeServer();
    const chat = new Chat({ emit: () => undefined, scriptUrl: 'https://host.example/element.js', baseUrl: () => document.baseURI, locale: () => 'en' });
    chat.configure(readOptions({ api: { url: '/chatkit', fetch: server.fetch } }, {}, () => undefined));
    const announcer = new Announcer();
    const region = document.createElement('div');
    announcer.attach(region);
    const store = new Store(chat, announcer);
    const stream = live();
    server.next(stream.response);
    const sent = chat.send({ content: [{ type: 'input_text', text: 'Hi' }] });
    await vi.waitFor(() => expect(server.calls).toHaveLength(1));
    const start = (item as { item: { content: unknown[] } }).item.content.length > 0 ? 'Well.' : 'The';
    for (const event of [{ type: 'thread.created', thread: thread() }, done(userItem('msg_u', 'Hi')), item, delta('msg_a', 'The fir'), delta('msg_a', 'st one. The')]) stream.send(event);
    await sent;
    await vi.waitFor(() => expect(region.lastElementChild?.textContent).toMatch(/first one\.$/));
    expect(region.textContent.startsWith(start)).toBe(true);
    expect(store.phase.peek()).toBe('responding');
    stream.end();
  });
});

describe('a chunk that cannot be fetched', () => {
  afterEach(() => {
    missingChunk.value = false;
    vi.useRealTimers();
  });

  test('is asked for once more', async () => {
    vi.useFakeTimers();
    const load = vi.fn(() => Promise.resolve('here')).mockRejectedValueOnce(new TypeError('gone'));
    const loaded = fetchChunk(load);
    await vi.runAllTimersAsync();
    expect(await loaded).toBe('here');
    expect(load).toHaveBeenCalledTimes(2);
    expect(missingChunk.value).toBe(false);
  });

  test('is told when it is gone for good', async () => {
    vi.useFakeTimers();
    const loaded = fetchChunk(() => Promise.reject(new TypeError('gone'))).catch((error: unknown) => error);
    await vi.runAllTimersAsync();
    expect(await loaded).toBeInstanceOf(TypeError);
    expect(missingChunk.value).toBe(true);
  });

  test('of a widget leaves a notice with a button in its place, and only there', async () => {
    const shell = shellWith({ chat: { error: () => undefined, log: () => undefined } as unknown as Chat });
    const item: WidgetItem = { id: 'wid', thread_id: 't', created_at: '', type: 'widget', widget: { type: 'Card', children: [] } };
    const [foot, row] = [<MissingParts key="all" />, <WidgetRow key="one" item={item} />].map((part) => shown(shell, part));
    widgetRenderers.missing.value = true;
    await vi.waitFor(() => expect(row?.querySelector('[part=reload-button]')?.textContent).toBe(en.failure.reload));
    expect(row?.querySelector('[role=status]')?.textContent).toContain(en.failure.part);
    expect(foot?.querySelector('[part=reload-button]')).toBeNull();
  });

  test('without a place of its own is told above the composer', async () => {
    const foot = shown(shellWith(), <MissingParts />);
    expect(foot.querySelector('[part=reload-button]')).toBeNull();
    missingChunk.value = true;
    await vi.waitFor(() => expect(foot.querySelector('[role=status]')?.textContent).toContain(en.failure.part));
  });

  test('is nothing to talk about before somebody needs it', async () => {
    vi.useFakeTimers();
    const early = new Lazy(() => Promise.reject(new TypeError('gone')));
    early.prepare();
    await vi.runAllTimersAsync();
    expect([early.missing.value, missingChunk.value]).toEqual([false, false]);
    const needed = early.load().catch((error: unknown) => error);
    await vi.runAllTimersAsync();
    expect(await needed).toBeInstanceOf(TypeError);
    expect([early.missing.value, missingChunk.value]).toEqual([true, true]);
  });
});
