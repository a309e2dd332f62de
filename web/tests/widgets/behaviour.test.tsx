import { afterEach, describe, expect, it, vi } from 'vitest';
import { en } from '../../src/locales';
import { registerWidget } from '../../src/widgets';
import { visibleRows } from '../../src/widgets/ListView';
import { matching, nextEnabled } from '../../src/widgets/Select';
import { bench } from './support';
import { shows } from '../support/shows';

afterEach(() => document.body.replaceChildren());

const card = (more: Record<string, unknown>, ...children: unknown[]): unknown => ({ type: 'Card', children, ...more });

describe('actions', () => {
  it('make their button busy until they are done, and run once however often it is clicked', async () => {
    const b = await bench(card({}, { type: 'Button', label: 'Go', onClickAction: { type: 'go' } }));
    await b.click(b.button('Go'));
    await b.click(b.button('Go'));
    expect(b.calls).toHaveLength(1);
    expect(b.button('Go').getAttribute('aria-busy')).toBe('true');
    await b.calls[0]?.resolve();
    expect(b.button('Go').getAttribute('aria-busy')).toBeNull();
  });

  it('make the whole widget inert when they ask for it, and leave it as it was after a failure', async () => {
    const b = await bench(card({ confirm: { label: 'Yes', action: { type: 'yes' } } }, { type: 'Text', value: 'Sure?' }));
    await b.click(b.button('Yes'));
    expect(b.find('.w-root').inert).toBe(true);
    await b.calls[0]?.reject();
    expect(b.find('.w-root').inert).toBe(false);
    expect(b.button('Yes').getAttribute('aria-disabled')).toBeNull();
  });

  it('are refused while a response streams, unless they do not stream themselves', shows('own:action.streaming', 'own:action.handler'), async () => {
    const b = await bench(card({}, { type: 'Button', label: 'Slow', onClickAction: { type: 'slow' } }, { type: 'Button', label: 'Quick', onClickAction: { type: 'quick', streaming: false } }, { type: 'Button', label: 'Local', onClickAction: { type: 'local', handler: 'client' } }));
    b.responding.value = true;
    await b.show(card({}, { type: 'Button', label: 'Slow', onClickAction: { type: 'slow' } }, { type: 'Button', label: 'Quick', onClickAction: { type: 'quick', streaming: false } }, { type: 'Button', label: 'Local', onClickAction: { type: 'local', handler: 'client' } }));
    expect(b.button('Slow').getAttribute('aria-disabled')).toBe('true');
    for (const label of ['Slow', 'Quick', 'Local']) await b.click(b.button(label));
    expect(b.calls.map((call) => call.type)).toEqual(['quick', 'local']);
  });

  it('of a changed value wait for the response to end, the last one counts', async () => {
    const b = await bench(card({}, { type: 'Checkbox', name: 'on', label: 'On', onChangeAction: { type: 'set' } }));
    b.responding.value = true;
    await b.click(b.find('input'));
    await b.click(b.find('input'));
    await b.click(b.find('input'));
    expect(b.calls).toEqual([]);
    b.responding.value = false;
    await Promise.resolve();
    expect(b.calls.map((call) => call.payload)).toEqual([{ on: true }]);
  });
});

describe('Card', () => {
  const confirmable = card({ collapsed: true, status: { text: 'Mail' }, confirm: { label: 'Send', action: { type: 'send' } }, cancel: { label: 'Drop', action: { type: 'drop' } } }, { type: 'Text', value: 'Body' });

  it('shows what was chosen and folds', shows('field:Card.confirm', 'field:Card.collapsed', 'field:Card.status.text'), async () => {
    const b = await bench(confirmable);
    await b.click(b.button('Send'));
    await b.calls[0]?.resolve();
    expect(b.root.textContent).toBe('MailSend');
    expect(b.root.querySelector('button')).toBeNull();
    expect(document.activeElement).toBe(b.find('[role=status]'));
  });

  it('asks again when the server sends other content', async () => {
    const b = await bench(confirmable);
    await b.click(b.button('Drop'));
    await b.calls[0]?.resolve();
    await b.show(card({ confirm: { label: 'Send', action: { type: 'send' } } }, { type: 'Text', value: 'Another body' }));
    expect(b.button('Send')).toBeTruthy();
    expect(b.root.textContent).toContain('Another body');
  });

  it('keeps its buttons when the action changed it meanwhile', async () => {
    const b = await bench(confirmable);
    await b.click(b.button('Send'));
    await b.show(card({ status: { text: 'Mail' }, confirm: { label: 'Send', action: { type: 'send' } } }, { type: 'Text', value: 'Address missing' }));
    await b.calls[0]?.resolve();
    expect(b.root.textContent).toContain('Address missing');
    expect(b.button('Send')).toBeTruthy();
  });
});

describe('ListView', () => {
  const list = (more: Record<string, unknown> = {}): unknown => ({
    type: 'ListView', ...more,
    children: Array.from({ length: 8 }, (_, index) => ({ type: 'ListViewItem', key: String(index), onClickAction: { type: 'open', payload: { index } }, children: [{ type: 'Text', value: `Row ${index}` }, { type: 'Caption', value: 'more' }] })),
  });

  it('shows the rest on request and moves focus to it', shows('field:ListView.limit'), async () => {
    const b = await bench(list({ limit: 3 }));
    expect(b.root.querySelectorAll('li')).toHaveLength(3);
    await b.click(b.button('Show 5 more'));
    expect(b.root.querySelectorAll('li')).toHaveLength(8);
    expect(document.activeElement?.getAttribute('aria-label')).toBe('Row 3, more');
  });

  it('makes each row a button with the row’s text as its name', shows('field:ListViewItem.onClickAction'), async () => {
    const b = await bench(list());
    await b.click(b.button('Row 2, more'));
    expect(b.calls[0]).toMatchObject({ type: 'open', payload: { index: 2 } });
  });

  it('knows how many rows to show', () => {
    expect([visibleRows(undefined, 9), visibleRows(4, 9), visibleRows('auto', 9), visibleRows('auto', 6), visibleRows(0, 9), visibleRows(20, 9)]).toEqual([9, 4, 5, 6, 9, 9]);
  });
});

describe('Select', () => {
  const options = [{ value: 'a', label: 'Apple' }, { value: 'b', label: 'Banana', disabled: true }, { value: 'c', label: 'Cherry', description: 'Red' }];
  const select = (more: Record<string, unknown> = {}): unknown => card({}, { type: 'Label', value: 'Fruit', fieldName: 'fruit' }, { type: 'Select', name: 'fruit', options, onChangeAction: { type: 'pick' }, ...more });

  it('is a combobox that works by keyboard and skips what is disabled', shows('component:Select', 'own:Select.options[].disabled'), async () => {
    const b = await bench(select({ defaultValue: 'a' }));
    const combobox = b.find('[role=combobox]');
    await b.key(combobox, 'ArrowDown');
    expect(combobox.getAttribute('aria-expanded')).toBe('true');
    await b.key(combobox, 'ArrowDown');
    const active = document.getElementById(combobox.getAttribute('aria-activedescendant') ?? '');
    expect(active?.textContent).toBe('CherryRed');
    await b.key(combobox, 'Enter');
    expect(b.calls.map((call) => call.payload)).toEqual([{ fruit: 'c' }]);
    expect(combobox.textContent).toBe('Cherry');
    expect(combobox.getAttribute('aria-expanded')).toBe('false');
  });

  it('jumps to what is typed and closes with Escape', async () => {
    const b = await bench(select());
    const combobox = b.find('[role=combobox]');
    await b.key(combobox, 'c');
    await b.key(combobox, 'Escape');
    expect(combobox.getAttribute('aria-expanded')).toBe('false');
    expect(b.calls).toEqual([]);
  });

  it('can be cleared to null', shows('field:Select.clearable'), async () => {
    const b = await bench(select({ defaultValue: 'a', clearable: true }));
    await b.click(b.button('Clear'));
    expect(b.calls.map((call) => call.payload)).toEqual([{ fruit: null }]);
    expect(b.root.querySelector('.w-clear')).toBeNull();
  });

  it('has a search field for more than 15 options', async () => {
    const many = Array.from({ length: 16 }, (_, index) => ({ value: String(index), label: `Option ${index}` }));
    const b = await bench(card({}, { type: 'Select', name: 's', options: many }));
    await b.click(b.find('[role=combobox]'));
    await b.type('.w-search input', '1 opt');
    expect(b.root.querySelectorAll('[role=option]')).toHaveLength(7);
    await b.key(b.find('.w-search input'), 'Enter');
    expect(b.find('.w-select').textContent).toBe('Option 1');
  });

  it('searches without regard to case and accents', () => {
    const found = matching([{ value: '1', label: 'Zürich', description: 'Schweiz', disabled: false }, { value: '2', label: 'Genf', description: '', disabled: false }], 'SCHWEIZ zur');
    expect(found.map((option) => option.value)).toEqual(['1']);
    expect(nextEnabled([{ value: '', label: '', description: '', disabled: true }], -1, 1)).toBe(-1);
  });
});

describe('DatePicker', () => {
  it('chooses a day by keyboard within its limits', shows('component:DatePicker', 'field:DatePicker.max'), async () => {
    const b = await bench(card({}, { type: 'DatePicker', name: 'due', defaultValue: '2026-11-24', max: '2026-11-26', onChangeAction: { type: 'due' } }));
    await b.click(b.find('.w-select'));
    const grid = await vi.waitFor(() => b.find('[role=grid]'));
    await b.key(grid.querySelector<HTMLElement>('[tabindex="0"]') ?? grid, 'ArrowDown');
    const focused = grid.querySelector<HTMLElement>('[tabindex="0"]');
    expect(focused?.getAttribute('aria-label')).toBe('Thursday, November 26, 2026');
    if (focused) await b.click(focused);
    expect(b.calls.map((call) => call.payload)).toEqual([{ due: '2026-11-26' }]);
  });
});

describe('unknown things', () => {
  it('of a component are not shown, and logged once by type', async () => {
    const b = await bench(card({}, { type: 'Hologram', value: 'x' }, { type: 'Text', value: 'seen' }, null, 'text', 5));
    await b.show(card({}, { type: 'Hologram', value: 'y' }, { type: 'Text', value: 'seen' }));
    expect(b.root.textContent).toBe('seen');
    expect(b.logs).toEqual([['widget.unknown_component', { type: 'Hologram' }]]);
  });

  it('of a field fall back to the default', async () => {
    const b = await bench(card({ size: 'gigantic' }, { type: 'Badge', label: 'x', color: 'plaid', variant: 7 }, { type: 'Box', padding: 'url(x)', background: 'javascript:x', children: [] }));
    expect(b.find('.w-badge').className).toBe('w-badge w-badge-sm w-soft w-hue-secondary');
    expect(b.find('.w-card').className).toContain('w-card-md');
    expect(b.find('.w-box').getAttribute('style') ?? '').toBe('');
  });

  it('that make a renderer throw take only their own component away', async () => {
    registerWidget('Broken', () => {
      throw new Error('boom');
    });
    const b = await bench(card({}, { type: 'Broken' }, { type: 'Text', value: 'still here' }));
    expect(b.root.textContent).toBe('still here');
    expect(b.logs).toEqual([['widget.render_failed', { type: 'Broken', message: 'Error: boom' }]]);
  });

  it('can be made known', async () => {
    registerWidget('Gauge', ({ node }) => <meter value={Number(node['value'])} />);
    const b = await bench(card({}, { type: 'Gauge', value: 0.5 }));
    expect(b.find<HTMLMeterElement>('meter').value).toBe(0.5);
  });
});

describe('content', () => {
  it('grows in place when text streams', shows('field:Text.streaming', 'field:Markdown.streaming'), async () => {
    const b = await bench(card({}, { type: 'Text', key: 't', value: 'Hel', streaming: true }, { type: 'Markdown', key: 'm', value: '**a', streaming: true }));
    const node = b.find('.w-text').firstChild;
    await b.show(card({}, { type: 'Text', key: 't', value: 'Hello', streaming: false }, { type: 'Markdown', key: 'm', value: '**all**\n', streaming: false }));
    expect(b.find('.w-text').firstChild).toBe(node);
    expect(b.find('.w-text').textContent).toBe('Hello');
    expect(b.find('.w-markdown strong').textContent).toBe('all');
  });

  it('loads images only from where they are allowed', async () => {
    const b = await bench(card({}, { type: 'Image', src: 'https://here.example/a.png', alt: 'A' }, { type: 'Image', src: 'https://tracker.example/b.png', alt: 'B' }));
    expect([...b.root.querySelectorAll('img')].map((image) => image.src)).toEqual(['https://here.example/a.png']);
    expect(b.find('[role=img]').getAttribute('aria-label')).toBe('B');
  });

  it('shows the icon of a uniform button and names it by its label', async () => {
    const bin = { type: 'Button', iconStart: 'lucide:trash-2', uniform: true, label: 'Delete milk', onClickAction: { type: 'delete' } };
    const b = await bench(card({}, bin, { type: 'Button', iconEnd: 'plus', label: 'Add' }, { type: 'Button', uniform: true, label: '7' }));
    const [bin_, add, seven] = b.root.querySelectorAll('button');
    expect([bin_?.textContent, bin_?.getAttribute('aria-label'), bin_?.title]).toEqual(['', 'Delete milk', 'Delete milk']);
    expect([add?.textContent, add?.getAttribute('aria-label'), add?.title]).toEqual(['Add', null, '']);
    expect([seven?.textContent, seven?.getAttribute('aria-label')]).toEqual(['7', null]);
    b.responding.value = true;
    await b.show(card({}, bin));
    expect([b.button('Delete milk').title, b.button('Delete milk').getAttribute('aria-label')]).toEqual([en.widgets.waiting, 'Delete milk']);
  });

  it.each<[level: unknown, told: string]>([[1, '1'], [2, '2'], [3, '3'], [4, '4'], [5, '5'], [6, '6'], [0, '4'], [7, '4'], [2.5, '4'], ['2', '4'], [null, '4']])(
    'a title of level %j is a heading of level %s', shows('field:Title.level'), async (level, told) => {
      const b = await bench(card({}, { type: 'Title', value: 'Plan', level }), { headingLevel: 4 });
      expect(b.find('[role=heading]').getAttribute('aria-level')).toBe(told);
    },
  );

  it('has headings for titles and words for icon buttons', async () => {
    const b = await bench(card({}, { type: 'Title', value: 'Plan' }, { type: 'Button', iconStart: 'lucide:trash-2' }), { headingLevel: 4 });
    expect(b.find('[role=heading]').getAttribute('aria-level')).toBe('4');
    expect(b.find('button').getAttribute('aria-label')).toBe('Trash');
  });
});
