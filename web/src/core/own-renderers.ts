/**
 * What the page draws itself: components of widgets, items of a thread, calls of tools on the server. Registered for all
 * elements or for one, before or after what they draw is on show.
 */
import type { ThreadItem, ToolCallItem } from './protocol.generated';

/** An action as a widget has it. */
export interface OwnAction {
  type: string;
  payload?: Record<string, unknown>;
  handler?: 'server' | 'client';
  loadingBehavior?: 'auto' | 'none' | 'self' | 'container';
  streaming?: boolean;
}

/** What a renderer may ask of the chat. */
export interface OwnHost {
  /** Runs an action; false when it was refused or failed, which the chat has shown. */
  runAction(action: OwnAction): Promise<boolean>;
  readonly locale: string;
  readonly colorScheme: 'light' | 'dark';
  /** Calls back whenever one of the two has changed; the result ends that, as the end of what was drawn does. */
  subscribe(listener: () => void): () => void;
  /** Aborted when what was drawn goes, or is made anew. */
  readonly signal: AbortSignal;
}

/** In a widget, actions have the values of the form around. */
export interface CustomWidgetHost extends OwnHost {
  /**
   * Draws components inside of `into`, and keeps them up to date: the component's own `children`, or others. They belong to the
   * form around. The result takes them away.
   */
  renderChildren(into: HTMLElement, children?: unknown): () => void;
  /** Makes a field of the form around, or changes the one of that name. */
  field(name: string, options: OwnFieldOptions): OwnField;
}

export type OwnFieldValue = string | number | boolean | null;

export interface OwnFieldOptions {
  /** What the server says; null by default. As soon as it says something else, that counts. */
  value?: OwnFieldValue;
  /** Puts a value into the control: at first, when the form was sent, and when what was chosen is not to be. */
  show(value: OwnFieldValue): void;
  /** Takes the focus, when the field is the first one that is not as it should be. */
  focus?(): void;
  /** What is wrong with the value, in words; empty when nothing is. */
  validate?(): string;
  /** Shows what is wrong; clears it when it is empty. */
  report?(message: string): void;
}

export interface OwnField {
  /** For the control's `id`: a `Label` with this `fieldName` names it, and forms find their first field by it. */
  readonly id: string;
  readonly value: OwnFieldValue;
  /** The user has chosen. */
  set(value: OwnFieldValue): void;
}

/** What a field may be. */
export interface FieldSchema {
  readonly type?: 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object';
  readonly enum?: readonly (string | number | boolean | null)[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: FieldSchema;
  readonly properties?: FieldSchemas;
  /** Without it, nothing is drawn. */
  readonly required?: boolean;
  /** In place of a value that is missing or is not as it should be. */
  readonly default?: unknown;
}
export type FieldSchemas = Readonly<Record<string, FieldSchema>>;

interface Types {
  string: string;
  number: number;
  integer: number;
  boolean: boolean;
}

type ValueOf<S> = S extends { enum: readonly (infer Each)[] } ? Each
  : S extends { type: keyof Types } ? Types[S['type']]
  : S extends { type: 'array'; items: infer Each } ? readonly ValueOf<Each>[]
  : S extends { properties: infer Inner } ? FieldsOf<Inner>
  : unknown;

/** The fields that a schema lets through. */
export type FieldsOf<S> = { readonly [Name in keyof S]: S[Name] extends { required: true } | { default: unknown } ? ValueOf<S[Name]> : ValueOf<S[Name]> | undefined };

/** The component's fields as they came from the server: data, not to be trusted. */
export type CustomWidgetProps = Readonly<Record<string, unknown>>;

/** An element that lives on: `update` gets what is new, `destroy` is called when it goes. */
export interface CustomWidget<Props = CustomWidgetProps> {
  element: HTMLElement;
  update?(props: Props): void;
  destroy?(): void;
}

/** Makes an element. A bare one is made anew when what it shows is another. */
export type OwnRender<Props, Host> = (props: Props, host: Host) => HTMLElement | CustomWidget<Props> | null;

export type CustomWidgetRenderer = (props: CustomWidgetProps, host: CustomWidgetHost) => HTMLElement | CustomWidget;
/** With `fields`, the renderer gets these and no others, as they should be. */
export interface CustomWidgetDefinition<S extends FieldSchemas = FieldSchemas> {
  readonly fields?: S;
  render(props: FieldsOf<S>, host: CustomWidgetHost): HTMLElement | CustomWidget<FieldsOf<S>>;
}

/** Null leaves the item to the chat. */
export type ItemRenderer<Item = ThreadItem> = OwnRender<Item, OwnHost>;
export type ToolCallRenderer = ItemRenderer<ToolCallItem>;

/** As they are kept: what they take is known where they are called. */
export interface OwnRenderer {
  readonly fields?: FieldSchemas;
  readonly render: OwnRender<never, never>;
}

type Kind = 'Widget' | 'Item' | 'ToolCall';

export class OwnRenderers {
  readonly #known = new Map<string, OwnRenderer>();
  readonly #listeners = new Set<() => void>();

  /** `all` are those of all elements, which come after one's own. */
  constructor(private readonly all?: OwnRenderers) {}

  register(kind: Kind, name: string, given: unknown): void {
    const renderer = typeof given === 'function' ? { render: given } : given;
    if (typeof name !== 'string' || name === '') throw new Error(`register${kind} takes a name first: a string that is not empty.`);
    if (typeof (renderer as Partial<OwnRenderer> | null)?.render !== 'function') throw new Error(`register${kind}("${name}", …) takes a function that makes an element.`);
    this.#known.set(kind + name, renderer as OwnRenderer);
    for (const listener of this.#listeners) listener();
  }

  find(kind: Kind, name: string): OwnRenderer | undefined {
    return this.#known.get(kind + name) ?? this.all?.find(kind, name);
  }

  /** Calls back after each registration; the result ends that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    const ended = this.all?.onChange(listener);
    return () => {
      this.#listeners.delete(listener);
      ended?.();
    };
  }
}

export const forAllElements = new OwnRenderers();
