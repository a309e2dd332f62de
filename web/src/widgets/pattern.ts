/**
 * `pattern` of fields. Servers write it, most of them in Python, and tested it with Python or an older browser: what newer
 * ones reject (their flag `v` reserves signs in character classes) is read as those did. None keeps the page (regular.ts).
 */
import { isWhole } from './regular';

/** What Python writes otherwise, outside of character classes. */
const PYTHON = /\[(?:\\.|[^\]\\])*\]|\(\?P<|\(\?P=(\w+)\)|\(\?#[^)]*\)|\\(.)/gs;
const ANCHORS: Readonly<Record<string, string>> = { A: '^', Z: '$' };
/** Python's flags for a whole expression. `a`, `L` and `u` say what `\w` and its kin mean, which is fixed here. */
const FLAGS = /^\(\?([aiLmsu]+)\)/;

function fromPython(pattern: string): { text: string; flags: string } {
  const given = FLAGS.exec(pattern)?.[1] ?? '';
  const text = pattern.replace(FLAGS, '').replace(PYTHON, (found: string, name: string | undefined, escaped: string | undefined) => {
    if (escaped !== undefined) return ANCHORS[escaped] ?? found;
    if (name !== undefined) return `\\k<${name}>`;
    if (found.startsWith('[')) return found;
    return found === '(?P<' ? '(?<' : '';
  });
  return { text, flags: ['i', 'm', 's'].filter((flag) => given.includes(flag)).join('') };
}

function compiled(text: string, flags: string): RegExp | null {
  try {
    return new RegExp(`^(?:${text})$`, flags);
  } catch {
    return null;
  }
}

/** The expression that a whole value must match; null when the text is one in no reading. */
export function readPattern(pattern: string): RegExp | null {
  const { text, flags } = fromPython(pattern);
  return compiled(pattern, 'v') ?? compiled(pattern, 'u') ?? compiled(text, `${flags}v`) ?? compiled(text, `${flags}u`) ?? compiled(text, flags);
}

/** Length of values that the browser reads in no time, whatever the expression. */
const SHORT = 16;

function matches(expression: RegExp, value: string): boolean {
  const { source, flags } = expression;
  if (value.length <= SHORT) return expression.test(value);
  // What cannot be told in time is left to the server.
  return isWhole(source.slice('^(?:'.length, -')$'.length), flags, value) ?? true;
}

/** Whether a value is as its pattern wants it. An empty one always is, and so is any where the pattern is none: as in browsers. */
export function matchesPattern(pattern: string, value: string): boolean {
  const expression = value === '' ? null : readPattern(pattern);
  return expression === null || matches(expression, value);
}
