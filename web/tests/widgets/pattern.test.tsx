/** `pattern` of fields, as Python, older and newer browsers write it. */
import { describe, expect, it } from 'vitest';
import { matchesPattern } from '../../src/widgets/pattern';
import { shows } from '../support/shows';
import { bench } from './support';

const form = (...children: object[]): object => ({ type: 'Card', asForm: true, confirm: { label: 'Save', action: { type: 'save' } }, children });

interface Row {
  readonly pattern: string;
  readonly takes: readonly string[];
  readonly refuses: readonly string[];
}

const rows: readonly Row[] = [
  // valid everywhere
  { pattern: '[A-Z]{3}', takes: ['ABC', ''], refuses: ['abc', 'ABCD', 'xABC'] },
  { pattern: 'yes|no', takes: ['yes', 'no'], refuses: ['yes no', 'nope'] },
  { pattern: String.raw`^\d{4}-\d{2}$`, takes: ['2024-05'], refuses: ['2024-5'] },
  { pattern: String.raw`\p{L}+`, takes: ['Zoë', '東京'], refuses: ['a1'] },
  // only with the flag v
  { pattern: String.raw`[\p{L}--[a-z]]+`, takes: ['ABC', 'É'], refuses: ['abc'] },
  // not with the flag v: signs in classes
  { pattern: String.raw`^[\w\.-]+@[\w\.-]+\.\w+$`, takes: ['ada@example.org', 'a.b-c@d-e.org'], refuses: ['ada', 'ada@', '@example.org'] },
  { pattern: String.raw`[a-z(]+`, takes: ['a(b'], refuses: ['a)b'] },
  { pattern: String.raw`[+-]?\d+([.,]\d+)?`, takes: ['+1,5', '-2'], refuses: ['1,'] },
  { pattern: '[a-z|/]+', takes: ['a/b|c'], refuses: ['a b'] },
  { pattern: '[0-9{}]+', takes: ['{1}'], refuses: ['(1)'] },
  { pattern: '[^&&]+', takes: ['ab'], refuses: ['a&b'] },
  // not with the flag u either: escapes that are none
  { pattern: String.raw`\w+\@\w+`, takes: ['a@b'], refuses: ['ab'] },
  { pattern: String.raw`[\w\-\'\ ]+`, takes: ["O'Neil - x"], refuses: ['a_b!'] },
  { pattern: String.raw`\#\d+`, takes: ['#12'], refuses: ['12'] },
  { pattern: 'a{,3}b', takes: ['a{,3}b'], refuses: ['c'] },
  // Python's own
  { pattern: String.raw`\A\d+\Z`, takes: ['12'], refuses: ['A12Z', 'x'] },
  { pattern: String.raw`(?P<year>\d{4})/(?P=year)`, takes: ['2024/2024'], refuses: ['2024/2025'] },
  { pattern: String.raw`(?P<sign>[+-])(?P=sign)?\d`, takes: ['++1', '-1'], refuses: ['+-1'] },
  { pattern: '(?i)[a-f]+', takes: ['AbC'], refuses: ['xyz'] },
  { pattern: '(?is)a.b', takes: ['A\nB'], refuses: ['AB'] },
  { pattern: String.raw`\d{3}(?#the area)-\d{4}`, takes: ['555-1234'], refuses: ['555 1234'] },
  { pattern: String.raw`\A[\w.-]+(?P<at>@)[\w.-]+\Z`, takes: ['a.b@c-d'], refuses: ['a.b'] },
  { pattern: String.raw`[\A(?P<]+\Z`, takes: ['(P?<'], refuses: ['b'] },
  // no expression in any reading: it checks nothing
  { pattern: '(', takes: ['anything'], refuses: [] },
  { pattern: '[z-a]', takes: ['anything'], refuses: [] },
];

describe.each(rows)('$pattern', ({ pattern, takes, refuses }) => {
  if (takes.length > 0) it.each(takes)('takes %j', (value) => expect(matchesPattern(pattern, value)).toBe(true));
  if (refuses.length > 0) it.each(refuses)('refuses %j', (value) => expect(matchesPattern(pattern, value)).toBe(false));
});

const email = String.raw`^[\w\.-]+@[\w\.-]+\.\w+$`;
const kinds = [
  ['Input', { type: 'Input', name: 'mail', pattern: email, defaultValue: 'ada' }],
  ['Input of a type', { type: 'Input', name: 'mail', inputType: 'email', pattern: email, defaultValue: 'ada@home' }],
  ['Textarea', { type: 'Textarea', name: 'mail', pattern: email, defaultValue: 'ada' }],
  ['Text that is edited', { type: 'Text', value: 'ada', editable: { name: 'mail', pattern: email } }],
] as const;

describe.each(kinds)('%s', (_, node) => {
  it('is not sent with what its pattern refuses, and is with what it takes', shows('field:Input.pattern', 'field:Textarea.pattern'), async () => {
    const b = await bench(form(node));
    await b.click(b.button('Save'));
    expect(b.calls).toEqual([]);
    expect(b.find('[name=mail]').getAttribute('aria-invalid')).toBe('true');
    await b.type('[name=mail]', 'ada@example.org');
    await b.click(b.button('Save'));
    expect(b.calls).toHaveLength(1);
  });
});

it('a pattern that is none is logged, with its field', async () => {
  const b = await bench(form({ type: 'Input', name: 'mail', pattern: '(', defaultValue: 'ada' }));
  expect(b.logs).toEqual([['widget.pattern.unreadable', { name: 'mail', pattern: '(' }]]);
});
