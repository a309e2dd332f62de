/** Fields of a form: their values, their validity, and what people typed, which outlives the nodes. */
import { createContext } from 'preact';
import type { FieldValues } from './actions';
import type { WidgetNode } from './types';
import { isRecord } from '../core/validate';

/** An input, text area or anything else with the browser's validity interface. */
export type Validated = HTMLInputElement | HTMLTextAreaElement;

export interface Field {
  readonly name: string;
  /** the id of its element */
  readonly id: string;
  /** what its entry is kept under, see `Entries` */
  readonly slot: object;
  /** the value as it goes into payloads; undefined when there is none to send */
  read(): unknown;
  /** what receives focus */
  focus(): void;
  /** the message to show, empty when the value is fine */
  validate(): string;
  /** shows or clears a message */
  report(message: string): void;
}

/** The fields of one form. */
export class FormState {
  private readonly fields = new Map<string, Field>();
  /** the element around them, as long as it is on the page */
  readonly element: { current: HTMLFormElement | null } = { current: null };

  /** `prefix` tells the ids of its fields from those of the widget's other forms. */
  constructor(readonly prefix = '') {}

  /** Adds a field; the result takes it away again. A second field of the same name replaces the first. */
  register(field: Field): () => void {
    this.fields.set(field.name, field);
    return () => {
      if (this.fields.get(field.name) === field) this.fields.delete(field.name);
    };
  }

  slots(): object[] {
    return [...this.fields.values()].map(({ slot }) => slot);
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
    const wrong = [...this.fields.values()].filter((field) => {
      const message = field.validate();
      field.report(message);
      return message !== '';
    });
    this.firstOf(wrong)?.focus();
    return wrong.length === 0;
  }

  /** The one that comes first on the page: they registered as they came, also in between. */
  private firstOf(fields: readonly Field[]): Field | undefined {
    const order = [...(this.element.current?.querySelectorAll('[id]') ?? [])].map(({ id }) => id);
    return [...fields].sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id))[0];
  }
}

/** How many forms of the widget come before `node`; 0 also for one that is not in it. */
export function formPlace(widget: unknown, node: WidgetNode): number {
  let before = 0;
  const reaches = (value: unknown): boolean => {
    if (value === node) return true;
    if (Array.isArray(value)) return value.some(reaches);
    if (!isRecord(value)) return false;
    if (value['type'] === 'Form' || value['asForm'] === true) before += 1;
    return reaches(value['children']);
  };
  return reaches(widget) ? before : 0;
}

/** The nearest form; null outside of any. */
export const FormContext = createContext<FormState | null>(null);

/** A value as a control shows it: text, a tick, a choice or none; a number where the page draws the control. */
export type Entered = string | number | boolean | null;

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
 * What a person entered, for the lifetime of a widget. An entry belongs to the field it was made in, its `slot`, as long
 * as that is there: others of the same name, in the rows of a list, have their own. Updates of the widget may replace
 * nodes; a field that comes in the place of one that is gone finds its entry by its name. An entry holds as long as the
 * server's own value is what it was when it was made: a server that says something else has the last word.
 */
export class Entries {
  private readonly entries = new Map<object, Entry>();
  /** of fields that are gone, by name, in the order in which they went */
  private readonly left = new Map<string, Entry[]>();
  private readonly watchers = new Map<object, () => void>();

  set(slot: object, entry: Entry): void {
    this.entries.set(slot, entry);
  }

  get(slot: object): Entry | undefined {
    return this.entries.get(slot);
  }

  /** The entry that holds for a field; one that was made in another field or for another value of the server is dropped. */
  held(slot: object, name: string, field: string, given: Entered): Entry | undefined {
    const holds = (entry: Entry): boolean => entry.field === field && entry.given === given;
    const left = this.left.get(name) ?? [];
    const entry = this.entries.get(slot) ?? left.find(holds);
    if (entry && holds(entry)) {
      this.left.set(name, left.filter((other) => other !== entry));
      this.entries.set(slot, entry);
      return entry;
    }
    this.entries.delete(slot);
    this.left.delete(name);
    return undefined;
  }

  /** The field is gone; its entry is for the next one of its name. */
  leave(slot: object, name: string): void {
    const entry = this.entries.get(slot);
    if (entry) this.left.set(name, [...(this.left.get(name) ?? []), entry]);
    this.entries.delete(slot);
  }

  /** Drops exactly this entry, not a newer one, and tells the control that shows it. */
  forget(entry: Entry): void {
    for (const [name, left] of this.left) this.left.set(name, left.filter((other) => other !== entry));
    const slot = this.slotOf(entry);
    if (!slot) return;
    this.entries.delete(slot);
    this.watchers.get(slot)?.();
  }

  /** Puts an earlier entry, or none, in place of exactly this one; false when another stands there. */
  back(entry: Entry, before: Entry | undefined): boolean {
    const slot = this.slotOf(entry);
    if (!slot) return false;
    if (before) this.entries.set(slot, before);
    else this.entries.delete(slot);
    return true;
  }

  /** Calls back when the entry of a field is forgotten; the result ends that. */
  watch(slot: object, forgotten: () => void): () => void {
    this.watchers.set(slot, forgotten);
    return () => void this.watchers.delete(slot);
  }

  private slotOf(entry: Entry): object | undefined {
    return [...this.entries].find(([, other]) => other === entry)?.[0];
  }
}
