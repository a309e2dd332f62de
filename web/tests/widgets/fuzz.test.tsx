import { afterEach, expect, it } from 'vitest';
import { random } from '../markdown/support';
import { bench } from './support';

afterEach(() => document.body.replaceChildren());

const TYPES = [
  'Badge', 'Basic', 'Box', 'Button', 'Caption', 'Card', 'Checkbox', 'Col', 'DatePicker', 'Divider', 'Form', 'Icon', 'Image', 'Input', 'Label', 'ListView', 'ListViewItem', 'Markdown', 'RadioGroup', 'Row',
  'Select', 'Spacer', 'Table', 'Table.Cell', 'Table.Row', 'Text', 'Textarea', 'Title', 'Transition', 'Unknown', '__proto__', 'constructor',
];
const FIELDS = [
  'key', 'id', 'value', 'label', 'name', 'fieldName', 'options', 'defaultValue', 'defaultChecked', 'size', 'color', 'variant', 'gap', 'padding', 'margin', 'border', 'background', 'radius', 'width', 'height', 'flex', 'aspectRatio',
  'align', 'justify', 'wrap', 'direction', 'status', 'confirm', 'cancel', 'asForm', 'collapsed', 'limit', 'theme', 'editable', 'maxLines', 'minLines', 'truncate', 'streaming', 'src', 'alt', 'fit', 'onClickAction', 'onChangeAction',
  'onSubmitAction', 'pattern', 'inputType', 'required', 'rows', 'maxRows', 'autoResize', 'min', 'max', 'clearable', 'searchable', 'submit', 'iconStart', 'colSpan', 'header', 'disabled',
];
const VALUES: unknown[] = [
  null, true, false, 0, -1, 1.5, 1e9, NaN, '', 'text', 'x'.repeat(300), 'javascript:alert(1)', 'url(x)', '<b>', '2026-11-24', '**', '[', '(', '\u0000', [], [null], [{}], [{ value: 'a', label: 5 }, { value: 'a' }, 'b'], {}, { light: 'red' },
  { name: 'n' }, { size: 1 }, { x: 1, top: 'bad' }, { type: 'act' }, { type: 5 }, { text: 'status', icon: 7, favicon: {} }, { label: 'OK', action: { type: 'ok', payload: [1] } }, { __proto__: { type: 'x' } },
];

it('whatever the server sends, every component renders or stays away, and none fails', async () => {
  const next = random(11);
  const pick = <T,>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T;
  const node = (depth: number): Record<string, unknown> => {
    const made: Record<string, unknown> = { type: pick(TYPES) };
    for (let count = Math.floor(next() * 12); count > 0; count -= 1) made[pick(FIELDS)] = pick(VALUES);
    if (depth > 0 && next() < 0.8) made['children'] = next() < 0.15 ? pick(VALUES) : Array.from({ length: Math.floor(next() * 4) }, () => (next() < 0.1 ? pick(VALUES) : node(depth - 1)));
    return made;
  };
  const b = await bench({ type: 'Card', children: [] });
  for (let round = 0; round < 400; round += 1) {
    const widget = { ...node(4), type: pick(['Card', 'ListView', 'Basic']) };
    await b.show(widget);
    expect(b.logs.filter(([name]) => name !== 'widget.unknown_component'), JSON.stringify(widget)).toEqual([]);
    expect(b.root.querySelector('script, iframe, object, embed, style, link')).toBeNull();
  }
});
