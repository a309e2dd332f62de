/** Fields of a form: their values, their validity, and what people typed, which outlives the nodes. */
import { createContext } from 'preact';
import type { FieldValues } from './actions';

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

/**
 * What a person entered, by field name, for the lifetime of a widget. Updates of the widget may replace nodes; a field
 * that comes back under the same name finds its value here.
 */
export class Entries {
  private readonly values = new Map<string, unknown>();

  set(name: string, value: unknown): void {
    this.values.set(name, value);
  }

  get(name: string): unknown {
    return this.values.get(name);
  }

  has(name: string): boolean {
    return this.values.has(name);
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
