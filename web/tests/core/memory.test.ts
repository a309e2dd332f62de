import { beforeEach, describe, expect, test, vi } from 'vitest';
import { Harness } from '../support/harness';
import { added, assistantItem, done, events, json, thread, userItem } from '../support/server';

let harness: Harness;
beforeEach(() => {
  harness = new Harness();
});

const widget = (id: string, text: string, extra: Record<string, unknown> = {}): Record<string, unknown> => ({
  id, thread_id: 'thr_1', created_at: '2026-01-01T00:00:00Z', type: 'widget', widget: { type: 'Card', children: [{ type: 'Text', id: 't', value: text }] }, ...extra,
});
const root = (id: string, text: string): unknown => ({
  type: 'thread.item.updated', item_id: id, update: { type: 'widget.root.updated', widget: (widget(id, text) as { widget: unknown }).widget },
});
const component = (id: string, text: string): unknown => ({
  type: 'thread.item.updated', item_id: id, update: { type: 'widget.component.updated', component_id: 't', component: { type: 'Text', id: 't', value: text } },
});
const streamed = (id: string, delta: string): unknown => ({
  type: 'thread.item.updated', item_id: id, update: { type: 'widget.streaming_text.value_delta', component_id: 't', delta, done: true },
});

const quiet = { type: 'stream_options', stream_options: { allow_cancel: true } };

const shown = (id: string): unknown => {
  const item = harness.chat.current.state.items.find((each) => each.id === id);
  return item?.type === 'widget' ? (item.widget as unknown as { children: { value: string }[] }).children[0]?.value : item?.type;
};
const stored = (...items: unknown[]): Response => json(thread('thr_1', [userItem('msg_u', 'Hi'), ...items]));
const open = async (...items: unknown[]): Promise<void> => {
  harness.server.next(stored(...items));
  await harness.chat.open('thr_1');
};
/** An action of the widget `b`, and what the server has after it. */
const act = async (said: unknown[], then: unknown[]): Promise<void> => {
  const asked = harness.server.calls.length;
  harness.server.next(events(...said)).next(stored(...then));
  await harness.chat.current.action({ type: 'go' }, 'b');
  await vi.waitFor(() => expect(harness.server.calls).toHaveLength(asked + 2));
};

describe('what was shown later than it was stored', () => {
  test.each([
    ['a new root', root('a', 'locked'), 'locked'],
    ['a new component', component('a', 'locked'), 'locked'],
    ['text that grew', streamed('a', ' and locked'), 'open and locked'],
  ])('%s holds after an action of another widget', async (_name, update, text) => {
    await open(widget('a', 'open'), widget('b', 'other'));
    await act([update], [widget('a', 'open'), widget('b', 'other')]);
    expect(shown('a')).toBe(text);
    await act([quiet], [widget('a', 'open', { created_at: '2026-01-01T00:00:00.000000Z' }), widget('b', 'other')]);
    expect(shown('a')).toBe(text);
  });

  test('holds after a refresh, and when the thread was left meanwhile', async () => {
    await open(widget('a', 'open'), widget('b', 'other'));
    await act([root('a', 'locked')], [widget('a', 'open'), widget('b', 'other')]);
    harness.server.next(stored(widget('a', 'open'), widget('b', 'other')));
    await harness.chat.current.refresh();
    expect(shown('a')).toBe('locked');
    await harness.chat.open(null);
    await open(widget('a', 'open'), widget('b', 'other'));
    expect(shown('a')).toBe('locked');
  });

  test('ends when the server stores something else', async () => {
    await open(widget('a', 'open'), widget('b', 'other'));
    await act([root('a', 'locked')], [widget('a', 'open'), widget('b', 'other')]);
    await act([quiet], [widget('a', 'stored anew'), widget('b', 'other')]);
    await vi.waitFor(() => expect(shown('a')).toBe('stored anew'));
    await act([quiet], [widget('a', 'open'), widget('b', 'other')]);
    await vi.waitFor(() => expect(shown('a')).toBe('open'));
  });

  test('ends when the server says so in the stream', async () => {
    await open(widget('a', 'open'), widget('b', 'other'));
    await act([root('a', 'locked')], [widget('a', 'open'), widget('b', 'other')]);
    await act([{ type: 'thread.item.replaced', item: widget('a', 'open') }], [widget('a', 'open'), widget('b', 'other')]);
    expect(shown('a')).toBe('open');
  });

  test('is not what an answer looked like before it was done', async () => {
    await open(widget('b', 'other'));
    await act([added(widget('a', 'half')), root('a', 'three quarters'), done(widget('a', 'whole'))], [widget('b', 'other'), widget('a', 'whole')]);
    expect(shown('a')).toBe('whole');
    harness.server.next(stored(widget('b', 'other'), widget('a', 'changed by somebody else')));
    await harness.chat.current.refresh();
    expect(shown('a')).toBe('changed by somebody else');
  });

  test('is forgotten with its thread', async () => {
    await open(widget('a', 'open'), widget('b', 'other'));
    await act([root('a', 'locked')], [widget('a', 'open'), widget('b', 'other')]);
    harness.server.next(json({}));
    await harness.chat.delete('thr_1');
    await open(widget('a', 'open'), assistantItem('msg_a', 'x'));
    expect(shown('a')).toBe('open');
  });
});

test('what the view keeps of a thread is there again when the thread is', async () => {
  await open();
  harness.chat.current.memory.remembered('rating', () => 'good');
  await harness.chat.open(null);
  expect(harness.chat.current.memory.remembered('rating', () => 'none')).toBe('none');
  await open();
  expect(harness.chat.current.memory.remembered('rating', () => 'none')).toBe('good');
});
