/** What is wrong with the value of a control, in the words of the interface: the browser would speak its own language. */
import type { Messages } from '../locales';
import { matchesPattern } from './pattern';

type Words = Messages['widgets'];
type Control = Pick<HTMLInputElement, 'type' | 'validity'>;

const missing: Readonly<Partial<Record<string, keyof Words>>> = { checkbox: 'tickNeeded', radio: 'choiceNeeded' };
const mistyped: Readonly<Partial<Record<string, keyof Words>>> = { email: 'notEmail', url: 'notAddress', number: 'notNumber' };

/** Empty when nothing is. `text` is matched with `pattern`, which no control checks itself. */
export function problemOf(control: Control | undefined | null, words: Words, text = '', pattern?: string): string {
  if (control == null) return '';
  const { type, validity } = control;
  if (validity.valid && (pattern === undefined || pattern === '' || matchesPattern(pattern, text))) return '';
  const key = validity.valueMissing ? missing[type] ?? 'needed' : validity.typeMismatch || validity.badInput ? mistyped[type] : undefined;
  return words[key ?? 'invalid'] as string;
}
