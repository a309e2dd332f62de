import type { HeaderIcon, Widgets } from '@openai/chatkit';
import { render } from 'preact';
import shards from 'virtual:lucide-shards';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { lucideShapes, SHARD_COUNT, shapeOf, shardOf as shardAtBuild } from '../../scripts/lucide';
import { createIcon, Icon } from '../../src/icons';
import { BUILTIN } from '../../src/icons/builtin.generated';
import { MORE } from '../../src/icons/more.generated';
import { shardOf } from '../../src/icons/shards';
import { shows } from '../support/shows';

/** Compiles only while it has exactly the names of the types; `clock` is the Python package's own addition. */
const WIDGET: Record<Widgets.WidgetIcon, true> & { clock: true } = {
  agent: true, analytics: true, atom: true, batch: true, bolt: true, 'book-open': true, 'book-closed': true, 'book-clock': true, bug: true, calendar: true, chart: true, check: true, 'check-circle': true,
  'check-circle-filled': true, 'chevron-left': true, 'chevron-right': true, 'circle-question': true, clock: true, compass: true, confetti: true, cube: true, desktop: true, document: true, dot: true,
  'dots-horizontal': true, 'dots-vertical': true, 'empty-circle': true, 'external-link': true, globe: true, keys: true, lab: true, images: true, info: true, lifesaver: true, lightbulb: true, mail: true,
  'map-pin': true, maps: true, mobile: true, name: true, notebook: true, 'notebook-pencil': true, 'page-blank': true, phone: true, play: true, plus: true, profile: true, 'profile-card': true, reload: true,
  star: true, 'star-filled': true, search: true, sparkle: true, 'sparkle-double': true, 'square-code': true, 'square-image': true, 'square-text': true, suitcase: true, 'settings-slider': true, user: true,
  wreath: true, write: true, 'write-alt': true, 'write-alt2': true,
};
const HEADER: Record<HeaderIcon, true> = {
  'sidebar-left': true, 'sidebar-right': true, 'sidebar-open-left': true, 'sidebar-open-right': true, 'sidebar-open-left-alt': true, 'sidebar-open-right-alt': true, 'sidebar-floating-left': true,
  'sidebar-floating-right': true, 'sidebar-floating-open-left': true, 'sidebar-floating-open-right': true, 'sidebar-collapse-left': true, 'sidebar-collapse-right': true, 'collapse-left': true,
  'collapse-right': true, 'open-left': true, 'open-right': true, 'double-chevron-left': true, 'double-chevron-right': true, home: true, 'home-alt': true, 'back-small': true, 'back-large': true,
  'expand-large': true, 'collapse-large': true, 'expand-small': true, 'collapse-small': true, star: true, 'star-filled': true, bug: true, 'chat-temporary': true, 'settings-cog': true, grid: true,
  'dots-horizontal': true, 'dots-vertical': true, 'dots-horizontal-circle': true, 'dots-vertical-circle': true, menu: true, 'menu-inverted': true, hamburger: true, history: true, 'book-open': true,
  compose: true, share: true, 'light-mode': true, 'dark-mode': true, close: true,
};

const root = document.createElement('div');
afterEach(() => render(null, root));

describe('built-in icons', () => {
  it.each(Object.keys(BUILTIN))('%s has a shape at once', (name) => {
    render(<Icon name={name} />, root);
    expect(root.querySelectorAll('path').length).toBeGreaterThan(0);
    expect(createIcon(name).querySelectorAll('path').length).toBeGreaterThan(0);
  });

  it.each(Object.keys(WIDGET))('%s has a shape in widgets', shows('type:WidgetIcon', 'type:ChatKitIcon'), async (name) => {
    render(<Icon name={name} />, root);
    const node = createIcon(name);
    await vi.waitFor(() => expect([root, node].map((each) => each.querySelectorAll('path').length)).not.toContain(0));
  });

  it.each(Object.keys(HEADER))('%s has a shape in the header', shows('type:HeaderIcon'), async (name) => {
    render(<Icon name={name} />, root);
    await vi.waitFor(() => expect(root.querySelectorAll('path').length).toBeGreaterThan(0));
  });

  it('are paths whose every command is complete', () => {
    for (const [name, shape] of Object.entries({ ...BUILTIN, ...MORE })) {
      for (const d of typeof shape === 'string' ? [shape] : shape) expect(d, name).toMatch(/^(?:M[-\d.]|$)/);
      expect(JSON.stringify(shape), name).not.toMatch(/NaN|undefined/);
    }
  });

  it('are decoration without a label and images with one', () => {
    render(<><Icon name="bug" /><Icon name="bug" label="A bug" size={20} /></>, root);
    const [plain, named] = [...root.querySelectorAll('svg')];
    expect([plain?.getAttribute('aria-hidden'), plain?.getAttribute('role')]).toEqual(['true', null]);
    expect([named?.getAttribute('aria-label'), named?.getAttribute('role'), named?.getAttribute('width')]).toEqual(['A bug', 'img', '20']);
  });

  it.each(['vendor:acme', 'unknown', 'constructor', '', '__proto__'])('%j shows nothing', async (name) => {
    render(<Icon name={name} />, root);
    expect(root.querySelector('path')).toBeNull();
    await vi.waitFor(() => expect(root.querySelector('svg')).toBeNull());
  });
});

describe('Lucide icons', () => {
  it('are fetched when first shown, older names too', async () => {
    render(<><Icon name="lucide:rocket" /><Icon name="lucide:alert-circle" /></>, root);
    await vi.waitFor(() => expect([...root.querySelectorAll('svg')].map((svg) => svg.querySelector('path')?.getAttribute('d')?.charAt(0))).toEqual(['M', 'M']));
  });

  it('that do not exist show nothing', async () => {
    render(<Icon name="lucide:no-such-icon" />, root);
    await vi.waitFor(() => expect(root.querySelector('svg')).toBeNull());
  });

  it('are each in the shard their name leads to', async () => {
    const loaded = await Promise.all(shards.map((load) => load()));
    const all = [...lucideShapes().keys()];
    expect(loaded).toHaveLength(SHARD_COUNT);
    expect(all.length).toBeGreaterThan(1500);
    for (const name of all) {
      expect(shardOf(name, SHARD_COUNT)).toBe(shardAtBuild(name));
      expect(loaded[shardOf(name, SHARD_COUNT)]?.default, name).toHaveProperty([name]);
    }
  });
});

describe('conversion to paths', () => {
  it('keeps lines after a relative first move relative', () => {
    expect(shapeOf('x', [['path', { d: 'm14 12 4 4 4-4' }], ['path', { d: 'm9 18 6-6-6-6' }], ['path', { d: 'M1 1h2' }]])).toBe('M14 12l4 4 4-4M9 18l6-6-6-6M1 1h2');
  });

  it('draws circles, rectangles and lines', () => {
    expect(shapeOf('x', [['circle', { cx: 12, cy: 12, r: 2 }]])).toBe('M10 12a2 2 0 1 0 4 0a2 2 0 1 0 -4 0z');
    expect(shapeOf('x', [['rect', { x: 1, y: 2, width: 3, height: 4 }], ['line', { x1: 1, x2: 2, y1: 3, y2: 4 }]])).toBe('M1 2h3v4h-3zM1 3L2 4');
    expect(shapeOf('x', [['circle', { cx: 1, cy: 1, r: 1, fill: 'currentColor' }]])).toHaveLength(2);
  });

  it('refuses what it cannot draw', () => {
    expect(() => shapeOf('x', [['text', {}]])).toThrow('unexpected <text>');
  });
});
