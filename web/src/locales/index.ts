import { en } from './en';

/** The same shape with any text, and the plural forms of any language: what every language provides. */
type Translated<T> = { readonly [K in keyof T]: T[K] extends string ? string : T[K] extends PluralForms ? PluralForms : Translated<T[K]> };

/** All strings of the interface in one language. */
export type Messages = Translated<typeof en>;

/** What a language brings: all of it when it is complete, which a test sees to. What it lacks is English. */
export type Translation = { readonly [K in keyof Messages]?: Partial<Messages[K]> };

/** Plural forms; `other` is always there, the rest as the language needs. */
export interface PluralForms {
  readonly zero?: string;
  readonly one?: string;
  readonly two?: string;
  readonly few?: string;
  readonly many?: string;
  readonly other: string;
}

/** Characters that turn the direction of a line round: in a value they would turn the sentence around it as well. */
const turning = /[\u202A-\u202E\u2066-\u2069]/g;

/** The text without them: for where it shares an element with another text. */
export function unturned(text: string): string {
  return text.replace(turning, '');
}

/** Puts values into `{name}` places. A place without a value stays as it is. */
export function format(template: string, values: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{(\w+)\}/g, (place, name: string) => {
    const value = values[name];
    return value === undefined ? place : unturned(String(value));
  });
}

/** The plural form for `count` in `locale`, with `{count}` put in. */
export function plural(locale: string, forms: PluralForms, count: number): string {
  const form = forms[new Intl.PluralRules(locale).select(count)] ?? forms.other;
  return format(form, { count: new Intl.NumberFormat(locale).format(count) });
}

export { en };
