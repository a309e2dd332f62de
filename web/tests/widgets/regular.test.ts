import { describe, expect, it } from 'vitest';
import { matchesPattern, readPattern } from '../../src/widgets/pattern';
import { isWhole } from '../../src/widgets/regular';
import { random } from '../markdown/support';

/** Patterns of forms, and of people who write forms. */
const PATTERNS = [
  '[a-z]+', '\\d{3}-\\d{4}', '^[\\w\\.-]+@[\\w\\.-]+\\.\\w+$', '[^@\\s]+@[^@\\s]+\\.[^@\\s]+', '(\\+\\d{1,3}[ -]?)?\\(?\\d{3}\\)?[ -]?\\d{3}[ -]?\\d{4}',
  '(?=.*[a-z])(?=.*[A-Z])(?=.*\\d).{8,}', '(?!.*admin)[a-z0-9_]{3,16}', '[A-Z]{2}\\d{2}(?: ?[A-Z0-9]{4}){2,7}', '(a|b|ab)*c?', '(?:a*)*b', '(a+)+', '(a|a)*', 'a{2,}b{0,3}', '', '|a', 'a?a?a?aaa',
  '\\bfoo\\b.*\\bbar\\b', '(?<year>\\d{4})-(?<month>\\d\\d)', '\\p{L}+(?: \\p{L}+)*', '#?([a-f0-9]{6}|[a-f0-9]{3})', '[\\s\\S]*', '.*', '(x+x+)+y', '\\u0041+\\x42*', '(https?:\\/\\/)?[\\w.-]+(\\/\\S*)?', '(^a|b$)+',
];
const TEXTS = ['a', 'aaab', 'abc', 'AB12 3456 7890', 'me@a.example', 'a@b', '555-1234', '+1 (555) 123-4567', 'Passw0rd!', 'admin1', 'foo and bar', 'foobar', '2026-01-31', 'Zoë Čapek', '#fff', '#12345', 'https://a.b/c?d', 'xxxxy', 'ABB', ' ', 'a\nb', '\u{1F600}', 'aaaa', 'c'];

describe('all ways at once', () => {
  it.each(PATTERNS)('are the ways the browser goes in %j', (pattern) => {
    const expression = readPattern(pattern);
    const next = random(5);
    const letters = Array.from('aabcxyAB019 .-@#/\n_');
    const texts = [...TEXTS, ...Array.from({ length: 300 }, () => Array.from({ length: Math.floor(next() * 9) }, () => letters[Math.floor(next() * letters.length)]).join(''))];
    for (const text of texts) expect(isWhole(pattern, expression?.flags ?? '', text), JSON.stringify(text)).toBe(expression?.test(text));
  });

  it.each(['(a)\\1', '(?<=a)b', '(?<n>a)\\k<n>', '[[a-z]--[aeiou]]', '(?i:a)'])('are not known of %j', (pattern) => {
    expect(isWhole(pattern, 'v', 'aa')).toBeNull();
  });
});

describe('a pattern that backtracks', () => {
  const long = 'a'.repeat(5000);
  it.each([
    ['(a+)+$', `${long}!`, false], ['(a|a)*', `${long}!`, false], ['(a|aa)+', `${long}!`, false], ['(.*a){25}', 'a'.repeat(24) + 'b'.repeat(500), false], ['(a?){40}a{40}', long.slice(0, 40), true],
    ['([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}(([a-z]{2,3})|([a-z]{2,3}[.]{1}[a-z]{2,3}))', `${long}!`, false], ['(\\w+\\s?)*', `${'word '.repeat(500)}!`, false],
    ['.*.*.*=.*', long, false], ['(?=(a+)+$)a*', `${long}!`, false], ['(x+x+)+y', 'x'.repeat(3000), false], ['(?:a*)*b', long, false],
  ])('%s is decided, however long the value', { timeout: 20_000 }, (pattern, value, fits) => {
    expect(matchesPattern(pattern, value)).toBe(fits);
  });

  it('is left to the server where it says more than is known', { timeout: 20_000 }, () => {
    expect(matchesPattern('(a+)+\\1b', `${long}!`)).toBe(true);
    expect(matchesPattern('(a)\\1', 'ab')).toBe(false);
  });
});
