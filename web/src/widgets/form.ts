/** Fields of a form: their values, their validity, and what people typed, which outlives the nodes. */
import { createContext } from 'preact';
import type { FieldValues } from './actions';
import type { WidgetNode } from './types';

/** An input, text area or anything else with the browser's validity interface. */
export type Validated = HTMLInputElement | HTMLTextAreaElement;

export interface Field {
  readonly name: string;
  /** the value as it goes into payloads; undefined when there is none to send */
  read(): unknown;
  /** what receives focus */
  focus(): void;
  /** the message to show, empty when the value is fine */
  validate(): string;
  /** shows or clears a message */
  report(message: string): void;
}

/** The fields of one form, in the order of the page. */
export class FormState {
  private readonly fields = new Map<string, Field>();

  /** Adds a field; the result takes it away again. A second field of the same name replaces the first. */
  register(field: Field): () => void {
    this.fields.set(field.name, field);
    return () => {
      if (this.fields.get(field.name) === field) this.fields.delete(field.name);
    };
  }

  names(): string[] {
    return [...this.fields.keys()];
  }

  values(): FieldValues {
    const values = new Map<string, unknown>();
    for (const [name, field] of this.fields) {
      const value = field.read();
      if (value !== undefined) values.set(name, value);
    }
    return values;
  }

  /** Shows the browser's messages at all fields and moves focus to the first one that has any. */
  validate(): boolean {
    let first: Field | undefined;
    for (const field of this.fields.values()) {
      const message = field.validate();
      field.report(message);
      if (message && !first) first = field;
    }
    first?.focus();
    return first === undefined;
  }
}

/** The nearest form; null outside of any. */
export const FormContext = createContext<FormState | null>(null);

/** A value as a control shows it: text, a tick, a choice or none. */
export type Entered = string | boolean | null;

/** What a person entered, and under which circumstances. */
export interface Entry {
  readonly value: Entered;
  /** the server's own value at that time */
  readonly given: Entered;
  /** the field it was entered into, see `identityOf` */
  readonly field: string;
}

/** What makes two components of one name the same field: their type and the key that the server gave. */
export function identityOf(node: WidgetNode): string {
  return `${node.type} ${node.key ?? ''}`;
}

/**
 * What a person entered, by field name, for the lifetime of a widget. Updates of the widget may replace nodes; a field
 * that comes back finds its value here. An entry holds as long as the server's own value is what it was when it was
 * made: a server that says something else has the last word.
 */
export class Entries {
  private readonly entries = new Map<string, Entry>();
  private readonly watchers = new Map<string, Set<() => void>>();

  set(name: string, entry: Entry): void {
    this.entries.set(name, entry);
  }

  get(name: string): Entry | undefined {
    return this.entries.get(name);
  }

  /** The entry that holds for a field; one that was made in another field or for another value of the server is dropped. */
  held(name: string, field: string, given: Entered): Entry | undefined {
    const entry = this.entries.get(name);
    if (entry?.field === field && entry.given === given) return entry;
    this.entries.delete(name);
    return undefined;
  }

  /** Drops exactly this entry, not a newer one, and tells the controls that show it. */
  forget(name: string, entry: Entry): void {
    if (this.entries.get(name) !== entry) return;
    this.entries.delete(name);
    this.watchers.get(name)?.forEach((forgotten) => forgotten());
  }

  /** Puts an earlier entry, or none, in place of exactly this one; false when another stands there. */
  back(name: string, entry: Entry, before: Entry | undefined): boolean {
    if (this.entries.get(name) !== entry) return false;
    if (before) this.entries.set(name, before);
    else this.entries.delete(name);
    return true;
  }

  /** Calls back when the entry of a name is forgotten; the result ends that. */
  watch(name: string, forgotten: () => void): () => void {
    const watchers = this.watchers.get(name) ?? new Set();
    this.watchers.set(name, watchers.add(forgotten));
    return () => void watchers.delete(forgotten);
  }
}

/** The browser's own words for a value that does not match `pattern`, which text areas do not check themselves. */
export function patternMessage(pattern: string, value: string, fallback: string): string {
  let expression: RegExp;
  try {
    expression = new RegExp(`^(?:${pattern})$`, 'v');
  } catch {
    return ''; // like the browser: a pattern that is no regular expression checks nothing
  }
  if (value === '' || expression.test(value)) return '';
  const probe = document.createElement('input');
  probe.pattern = pattern;
  probe.value = value;
  return probe.validationMessage || fallback;
}
