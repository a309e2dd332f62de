import { describe, expect, test, vi } from 'vitest';
import type { StructuredInput, ThreadItem, UserMessageContent } from '../src/core/protocol.generated';
import { format, plural } from '../src/locales';
import { Announcer, lastSentenceEnd, spoken } from '../src/state/announcer';
import { ageLabel, groupByAge } from '../src/shell/ages';
import { mayLoadImage, pictureRule } from '../src/state/images';
import { answerTo, choose, noAnswer, start, submission, typeOwn, withAnswer } from '../src/shell/question-model';
import { rowsOf } from '../src/state/rows';
import { beginningOf } from '../src/shell/items/long';
import { enterHint, sends } from '../src/ui/keys';
import { themeCss } from '../src/shell/theme';

describe('Enter', () => {
  const key = (over: Partial<Parameters<typeof sends>[0]> = {}): Parameters<typeof sends>[0] => ({
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- as in composer.tsx
    key: 'Enter', shiftKey: false, altKey: false, ctrlKey: false, metaKey: false, isComposing: false, keyCode: 13, ...over,
  });

  test.each([
    ['sends', key(), true],
    ['with Control or Command sends too', key({ ctrlKey: true }), true],
    ['with Shift breaks the line', key({ shiftKey: true }), false],
    ['with Alt breaks the line', key({ altKey: true }), false],
    ['while an input method composes chooses', key({ isComposing: true }), false],
    ['that ends a composition in Safari does not send', key({ keyCode: 229 }), false],
    ['is not any other key', key({ key: 'a', keyCode: 65 }), false],
  ])('%s', (_name, event, expected) => {
    expect(sends(event)).toBe(expected);
  });

  test.each([['alone begins a line', key(), false], ['with Command sends', key({ metaKey: true }), true], ['with Control sends', key({ ctrlKey: true }), true]])('on a touch screen %s', (_name, event, expected) => {
    vi.stubGlobal('matchMedia', (query: string) => ({ matches: query === '(pointer: coarse)' }));
    expect([sends(event), enterHint()]).toEqual([expected, 'enter']);
    vi.unstubAllGlobals();
  });
});

describe('a long message of the user\'s', () => {
  const text = (value: string): UserMessageContent[] => [{ type: 'input_text', text: value }];
  const tag: UserMessageContent = { type: 'input_tag', id: 'e', text: 'Ada', data: {} };

  test.each([
    ['short', text('Hello'), null],
    ['a little over what is shown', text('x'.repeat(1900)), null],
    ['long', text('x'.repeat(100_000)), `${'x'.repeat(1200)}…`],
    ['of many lines', text('line\n'.repeat(5000)), `${'line\n'.repeat(15).trimEnd()}…`],
    ['of a few lines', text('line\n'.repeat(20)), null],
    ['that is cut in a pair of halves', text(`${'x'.repeat(1199)}${'😀'.repeat(2000)}`), `${'x'.repeat(1199)}…`],
    ['with a tag before the cut', [tag, ...text('y'.repeat(5000))], `Ada${'y'.repeat(1197)}…`],
    ['with a tag behind the cut', [...text('y'.repeat(5000)), tag], `${'y'.repeat(1200)}…`],
  ])('%s', (_name, content, expected) => {
    expect(beginningOf(content)?.map((part) => part.text).join('') ?? null).toBe(expected);
  });
});

describe('rows', () => {
  const item = (id: string, type: ThreadItem['type'], more: object = {}): ThreadItem => ({ id, thread_id: 't', created_at: '', type, content: [], ...more }) as unknown as ThreadItem;
  const items = [item('u1', 'user_message'), item('w1', 'workflow'), item('a1', 'assistant_message'), item('e1', 'end_of_turn'), item('u2', 'user_message'), item('a2', 'assistant_message')];

  test('a turn ends before the next question and at the end', () => {
    expect(rowsOf(items, false, []).map(({ id, turn, asked }) => [id, turn, asked])).toEqual([
      ['u1', null, 'u1'], ['w1', null, 'u1'], ['a1', ['w1', 'a1'], 'u1'], ['u2', null, 'u2'], ['a2', ['a2'], 'u2'],
    ]);
  });

  test('while an answer streams, its turn goes on', () => {
    expect(rowsOf(items, true, []).at(-1)?.turn).toBeNull();
  });

  test('a turn that waits for the user goes on', () => {
    const asking = [item('u1', 'user_message'), item('s1', 'structured_input', { status: 'pending', inputs: [] })];
    expect(rowsOf(asking, false, []).at(-1)?.turn).toBeNull();
  });

  test('what did not change is the same row, the same list', () => {
    const before = rowsOf(items, false, []);
    expect(rowsOf([...items], false, before)).toBe(before);
    const after = rowsOf([...items, item('u3', 'user_message')], false, before);
    expect(after.slice(0, 5).every((row, at) => row === before[at])).toBe(true);
  });

  test('hidden items are no rows', () => {
    expect(rowsOf([item('h', 'hidden_context_item'), item('s', 'sdk_hidden_context'), item('e', 'end_of_turn')], false, [])).toEqual([]);
  });
});

describe('ages', () => {
  const labels = { today: 'Today', yesterday: 'Yesterday' };
  const now = new Date(2026, 2, 26, 0, 30); // a Thursday

  test.each([
    [new Date(2026, 2, 26, 0, 1), 'Today'],
    [new Date(2026, 2, 27, 9, 0), 'Today'],
    [new Date(2026, 2, 25, 23, 59), 'Yesterday'],
    [new Date(2026, 2, 24, 12, 0), 'this week'],
    [new Date(2026, 2, 22, 12, 0), 'this week'],
    [new Date(2026, 2, 21, 12, 0), 'last week'],
    [new Date(2026, 2, 15, 12, 0), 'last week'],
    [new Date(2026, 2, 14, 12, 0), 'March'],
    [new Date(2026, 1, 28, 12, 0), 'February'],
    [new Date(2025, 11, 31, 12, 0), 'December 2025'],
  ])('%s is %s', (date, label) => {
    expect(ageLabel(date, now, 'en', labels)).toBe(label);
  });

  test('a week begins where the language has it begin', () => {
    expect(ageLabel(new Date(2026, 2, 22, 12, 0), now, 'de', labels)).toBe('letzte Woche');
  });

  test('months are digits where the browser does not know the language', () => {
    vi.spyOn(Intl.RelativeTimeFormat, 'supportedLocalesOf').mockReturnValueOnce([]);
    expect(ageLabel(new Date(2026, 1, 3, 12, 0), now, 'is', labels)).toBe('2026-02');
  });

  test('groups keep the order', () => {
    const dates = [new Date(2026, 2, 26, 0, 20), new Date(2026, 2, 26, 0, 10), new Date(2026, 2, 25)].map((date) => date.toISOString());
    expect(groupByAge(dates, (date) => date, now, 'en', labels).map(({ label, entries }) => [label, entries.length])).toEqual([['Today', 2], ['Yesterday', 1]]);
  });
});

describe('images', () => {
  test.each([
    ['data:image/png;base64,AA', true],
    ['data:image/svg+xml,<svg/>', false],
    ['data:text/html,x', false],
    ['/local.png', true],
    ['https://page.example/a.png', true],
    ['blob:https://page.example/1', true],
    ['https://cdn.example/a.png', true],
    ['https://sub.cdn.example/a.png', false],
    ['https://a.images.example/a.png', true],
    ['https://images.example/a.png', false],
    ['https://evilimages.example/a.png', false],
    ['https://elsewhere.example/a.png', false],
    ['javascript:alert(1)', false],
    ['http://[', false],
  ])('%s: %s', (url, allowed) => {
    expect(mayLoadImage(url, ['CDN.example', '*.images.example'], 'https://page.example/chat')).toBe(allowed);
  });
});

describe('images without a list of hosts, or with all', () => {
  test.each([
    ['https://elsewhere.example/a.png', null, true],
    ['http://elsewhere.example/a.png', null, false],
    ['http://elsewhere.example/a.png', ['*'], true],
    ['https://elsewhere.example/a.png', [], false],
    ['/a.png', [], true],
    ['javascript:alert(1)', ['*'], false],
    ['ftp://elsewhere.example/a.png', ['*'], false],
    ['data:image/svg+xml,<svg/>', null, false],
  ])('%s of %j: %s', (url, domains, allowed) => expect(mayLoadImage(url, domains, 'https://page.example/chat')).toBe(allowed));

  test.each([
    ['https://elsewhere.example/a.png', null, 'later'],
    ['http://elsewhere.example/a.png', null, 'link'],
    ['https://elsewhere.example/a.png', ['*'], 'load'],
    ['https://elsewhere.example/a.png', ['other.example'], 'link'],
    ['https://elsewhere.example/a.png', [], 'link'],
    ['/api/logout', null, 'later'],
    ['/api/logout', ['*'], 'later'],
    ['https://page.example/a.png', null, 'later'],
    ['//page.example/a.png', null, 'later'],
    ['https://user:pass@page.example/a.png', null, 'later'],
    ['https://page.example:8443/a.png', null, 'later'],
    ['blob:https://page.example/1', null, 'load'],
    ['data:image/png;base64,AA', [], 'load'],
    ['data:image/svg+xml,<svg/>', ['*'], 'link'],
    ['javascript:alert(1)', ['*'], 'link'],
  ])('in the text of the model %s of %j: %s', (url, domains, rule) => {
    expect(pictureRule(url, domains, 'https://page.example/chat')).toBe(rule);
  });
});

describe('structured input', () => {
  const inputs: StructuredInput[] = [
    { type: 'multiple_choice', id: 'one', question: '', options: [{ value: 'A' }, { value: 'B' }] },
    { type: 'multiple_choice', id: 'many', question: '', options: [{ value: 'A' }, { value: 'B' }], multiple: true },
    { type: 'freeform', id: 'text', question: '' },
  ];
  const [one, many, text] = inputs as [StructuredInput, StructuredInput, StructuredInput];

  test('one of several, several of several, own words', () => {
    let state = withAnswer(start, one, choose(choose(noAnswer, 'A', false), 'B', false));
    state = withAnswer(state, many, typeOwn(choose(choose(choose(noAnswer, 'A', true), 'B', true), 'A', true), ' more ', true));
    state = withAnswer(state, text, typeOwn(noAnswer, 'Because', false));
    expect(submission(inputs, state)).toEqual({
      status: 'answered',
      answers: { one: { values: ['B'], skipped: false }, many: { values: ['B', 'more'], skipped: false }, text: { values: ['Because'], skipped: false } },
    });
  });

  test('an own answer takes the place of the one chosen', () => {
    expect(typeOwn(choose(noAnswer, 'A', false), 'Mine', false)).toEqual({ values: [], own: 'Mine', skipped: false });
  });

  test('nothing answered is skipped as a whole', () => {
    expect(submission(inputs, start)).toMatchObject({ status: 'skipped', answers: { one: { skipped: true } } });
  });

  test('an answer that was skipped counts as skipped, whatever was chosen before', () => {
    const state = withAnswer(withAnswer(start, one, choose(noAnswer, 'A', false)), many, { ...choose(noAnswer, 'A', true), skipped: true });
    expect(submission(inputs, state)).toMatchObject({ status: 'answered', answers: { many: { values: [], skipped: true } } });
    expect(answerTo(state, text)).toBe(noAnswer);
  });
});

describe('words', () => {
  test('places are filled, unknown ones stay', () => {
    expect(format('{a} and {b}', { a: 'x' })).toBe('x and {b}');
  });

  test('plurals follow the language', () => {
    const forms = { one: '{count} zdroj', few: '{count} zdroje', other: '{count} zdrojů' };
    expect([1, 3, 5].map((count) => plural('cs', forms, count))).toEqual(['1 zdroj', '3 zdroje', '5 zdrojů']);
  });

  test.each([
    ['One. Two', 5],
    ['One.Two', 0],
    ['Is it? Yes! Maybe', 12],
    ['Line\nnext', 5],
    ['3.5 is a number', 0],
    ['完了。次', 3],
  ])('%j is said up to %i', (text, end) => {
    expect(lastSentenceEnd(text)).toBe(end);
  });
});

describe('announcer', () => {
  const listening = (): { announcer: Announcer; said: () => (string | null)[] } => {
    const region = document.createElement('div');
    const announcer = new Announcer();
    announcer.attach(region);
    return { announcer, said: () => [...region.children].map((line) => line.textContent) };
  };

  test('a text that is told as it stands and then grows is said once, from its beginning', () => {
    const { announcer, said } = listening();
    announcer.hear('a', 'The first sen');
    announcer.append('a', 'tence. And');
    announcer.hear('a', 'The first sentence. And the second');
    expect(said()).toEqual(['The first sentence.']);
    announcer.finish('Done');
    expect(said()).toEqual(['The first sentence.', 'And the second Done']);
  });

  test('texts are not run together', () => {
    const { announcer, said } = listening();
    announcer.hear('a', 'One');
    announcer.hear('b', 'Two. ');
    expect(said()).toEqual(['One', 'Two.']);
  });

  test('who comes back in the middle of an answer hears what follows', () => {
    const { announcer, said } = listening();
    announcer.hear('a', 'Half');
    announcer.reset();
    announcer.skip('a', 'Half a sentence. And');
    announcer.hear('a', 'Half a sentence. And so on.');
    announcer.finish('');
    expect(said()).toEqual(['so on.']);
  });
});

test('what is read out has no marks and no addresses', () => {
  expect(spoken('## A **bold** [link](https://x.example/a_b) and `code`\n> ![cat](c.png)')).toBe('A bold link and code cat');
});

describe('theme', () => {
  test('only values that parse get into the style sheet', () => {
    const css = themeCss({ color: { accent: { primary: 'red; } :host { display: none', level: 1 } }, typography: { fontFamily: 'X; } * { color: red', baseSize: 15 } }, false);
    expect(css).not.toContain('display');
    expect(css).not.toContain('color: red');
    expect(css).toContain('--chatkit-base: 15px;');
  });
});
