/** What a thread costs in counts: rows in the page, renders, requests. */
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { OpenAIChatKitElement } from '../../src/element';
import { added, assistantItem, delta, done, FakeServer, json, live, thread, userItem } from '../support/server';
import { longAnswer, pieces, rendersOf, sum } from './support';

type Element = OpenAIChatKitElement;

beforeAll(async () => {
  // What happy-dom has not and the element needs from its first line on.
  HTMLElement.prototype.attachInternals = () => ({ states: new Set<string>() }) as unknown as ElementInternals;
  globalThis.Element.prototype.scrollTo = () => undefined;
  const made = await import('../../src/element');
  // Lazy parts that arrive while renders are counted would be counted with them.
  await Promise.all([import('../../src/composer/selection'), import('../../src/shell/history'), import('../../src/shell/items/details'), import('../../src/widgets')]);
  customElements.define('openai-chatkit', made.OpenAIChatKitElement);
});

afterEach(() => document.body.replaceChildren());

function items(count: number): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, at) => (at % 2 === 0 ? userItem(`u${at}`, `Question ${at}`) : assistantItem(`a${at}`, `Answer **${at}**.`)));
}

async function opened(count: number): Promise<{ element: Element; server: FakeServer }> {
  const server = new FakeServer().next(json(thread('thr_1', items(count))));
  const element = document.createElement('openai-chatkit');
  const loaded = new Promise((resolve) => element.addEventListener('chatkit.thread.load.end', resolve));
  element.setOptions({ api: { url: '/chatkit', fetch: server.fetch } as never, initialThread: 'thr_1' });
  document.body.append(element);
  await loaded;
  await vi.waitFor(() => expect(element.shadowRoot?.querySelector('.rows')).not.toBeNull());
  return { element, server };
}

const rows = (element: Element): number => element.shadowRoot?.querySelectorAll('.row').length ?? 0;

/** An answer that has begun, in a thread of so many messages of which every row is there. */
async function answering(count: number): Promise<{ element: Element; stream: ReturnType<typeof live> }> {
  const { element, server } = await opened(count);
  await vi.waitFor(() => expect(rows(element)).toBe(count));
  const stream = live();
  server.next(stream.response);
  const sent = element.sendUserMessage({ text: 'Hi' });
  for (const event of [done(userItem('msg_u', 'Hi')), added(assistantItem('msg_a', ''))]) stream.send(event);
  await sent;
  stream.send(delta('msg_a', 'It begins. '));
  await shows(element, 'It begins.');
  return { element, stream };
}

const shows = (element: Element, text: string): Promise<void> => vi.waitFor(() => expect(element.shadowRoot?.textContent).toContain(text));

test.each([1_000, 10_000])('a thread of %i messages opens with one request and its newest rows', async (count) => {
  const { element, server } = await opened(count);
  expect(rows(element)).toBeLessThan(24);
  expect(element.shadowRoot?.textContent).toContain(`Answer ${count - 1}.`);
  expect(server.calls.map(({ type }) => type)).toEqual(['threads.get_by_id']);
});

// Found on 2026-11-20: 24. One for each row would be a search of ten thousand items, ten thousand times.
test('opening a thread searches its items a few times only', async () => {
  const searches = vi.spyOn(Array.prototype, 'findLastIndex');
  const { element } = await opened(10_000);
  expect(rows(element)).toBeGreaterThan(0);
  const count = searches.mock.calls.length;
  searches.mockRestore();
  expect(count).toBeLessThan(48);
});

test('text that streams renders no component', async () => {
  const { element, stream } = await answering(60);
  const counts = await rendersOf(async () => {
    for (const piece of pieces(longAnswer(2_000), 200)) stream.send(delta('msg_a', piece));
    stream.send(delta('msg_a', 'And this is all.'));
    await shows(element, 'And this is all.');
  });
  expect(Object.fromEntries(counts)).toEqual({});
});

// Found on 2026-11-20: 21 renders in a thread of any length.
test.each([20, 60])('the end of an answer renders its row and what knows of the turn, in a thread of %i messages', async (count) => {
  const { element, stream } = await answering(count);
  const counts = await rendersOf(async () => {
    stream.end();
    await vi.waitFor(() => expect(element.shadowRoot?.querySelector('[part=stop-button]')).toBeNull());
  });
  expect(counts.get('RowView') ?? 0).toBeLessThanOrEqual(2);
  expect(sum(counts.values())).toBeLessThan(32);
});
