/** Hooks of form controls. */
import type { RefObject } from 'preact';
import { useContext, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { FormContext, identityOf, type Entered, type Validated } from './form';
import { readPattern } from './pattern';
import { fieldId, useScope, type WidgetScope } from './scope';
import type { WidgetNode } from './types';
import { problemOf } from './validity';
import * as v from '../ui/values';

export interface FieldBinding {
  id: string;
  /** see `Entries` */
  slot: object;
  scope: WidgetScope;
  /** id of the message below the field, when there is one */
  errorId: string | undefined;
  /** the message, empty when all is well */
  error: string;
  /** To be called with the value as soon as a person changed it. The result takes that back, unless it was changed again. */
  changed(value: Entered): () => void;
}

/** One named value of a widget. */
export interface FieldSpec {
  node: WidgetNode;
  name: string;
  /** the server's own value */
  given: Entered;
}

export interface FieldSource {
  read(): unknown;
  focus(): void;
  validate?(): string;
  /** puts a value into the control: the server's, or what was entered before the control was made anew */
  show(value: Entered): void;
}

/**
 * Registers a control with the nearest form and remembers what was entered, until the server changes its own value or the
 * form was sent. `source` may be a new object in each render; the latest is used.
 */
export function useField({ node, name, given }: FieldSpec, source: FieldSource): FieldBinding {
  const scope = useScope();
  const { entries } = scope;
  const form = useContext(FormContext);
  const latest = useRef(source);
  latest.current = source;
  const slot = latest;
  const id = fieldId(scope, form, name);
  const [error, report] = useState('');
  const validate = (): string => latest.current.validate?.() ?? '';
  useLayoutEffect(() => {
    if (!form || name === '') return;
    return form.register({ name, id, slot, report, validate, read: () => latest.current.read(), focus: () => latest.current.focus() });
  }, [form, name, id]);

  const field = identityOf(node);
  // A message disappears when its reason does, and is not replaced by another one while typing.
  const recheck = (): void => {
    if (error && !validate()) report('');
  };
  const shown = useRef<Entered>(given);
  const show = (value: Entered): void => {
    shown.current = value;
    latest.current.show(value);
  };
  useLayoutEffect(() => {
    const entry = entries.held(slot, name, field, given);
    show(entry ? entry.value : given);
    recheck();
    const ignore = entries.watch(slot, () => show(given));
    return () => {
      ignore();
      entries.leave(slot, name);
    };
  }, [entries, name, field, given]);
  const changed = (value: Entered): (() => void) => {
    const before = { entry: entries.get(slot), value: shown.current };
    const entry = { value, given, field };
    if (name !== '') entries.set(slot, entry);
    shown.current = value;
    recheck();
    return () => {
      // Something newer stands there, the user's or the server's.
      if (shown.current !== value || (name !== '' && !entries.back(entry, before.entry))) return;
      show(before.value);
      recheck();
    };
  };
  return { id, slot, scope, error, errorId: error ? `${id}-error` : undefined, changed };
}

export interface TextSource<Control> {
  read?(control: Control): unknown;
  /** what the text must match: no control checks it itself, as browsers do not read patterns alike */
  pattern?: string;
  /** the control shows another text, which nobody typed */
  shown?(control: Control): void;
}

/** A field in a native text control, which keeps its text itself. `settings` say what happens on its arrival. */
export function useTextField<Control extends Validated>(spec: FieldSpec, settings: Readonly<Record<string, unknown>>, source: TextSource<Control>): { ref: RefObject<Control | null>; field: FieldBinding } {
  const ref = useRef<Control>(null);
  const { host } = useScope();
  const field = useField(spec, {
    read: () => (ref.current && source.read ? source.read(ref.current) : ref.current?.value),
    focus: () => ref.current?.focus(),
    validate: () => {
      const control = ref.current;
      if (!control || control.disabled) return '';
      return problemOf(control, host.messages.widgets, control.value, source.pattern);
    },
    show: (value) => {
      const control = ref.current;
      if (!control || typeof value !== 'string' || control.value === value) return;
      control.value = value;
      source.shown?.(control);
    },
  });
  const { pattern } = source;
  useLayoutEffect(() => {
    if (pattern && readPattern(pattern) === null) host.log('widget.pattern.unreadable', { name: spec.name, pattern });
  }, [pattern]);
  const { slot, scope: { entries } } = field;
  useLayoutEffect(() => {
    if (entries.get(slot)) return;
    if (settings['autoFocus'] === true) ref.current?.focus({ preventScroll: true });
    if (settings['autoSelect'] === true) ref.current?.select();
  }, [spec.name]);
  return { ref, field };
}

/** For clicks at a control whose action is running. It is not `disabled`, which would take its focus away. */
export function refuse(event: Event): void {
  event.preventDefault();
}

const SIZES = new Set(['3xs', '2xs', 'xs', 'sm', 'md', 'lg', 'xl', '2xl', '3xl'] as const);
const GUTTERS = new Set(['2xs', 'xs', 'sm', 'md', 'lg', 'xl'] as const);
const VARIANTS = new Set(['soft', 'outline', 'solid', 'ghost'] as const);

/** Size, gutter and variant of a control as class names. */
export function controlClasses(node: WidgetNode, base: string): string {
  const names = [base, 'w-control', `w-size-${v.oneOf(node['size'], SIZES) ?? 'lg'}`, `w-field-${v.oneOf(node['variant'], VARIANTS) ?? 'outline'}`];
  const gutter = v.oneOf(node['gutterSize'], GUTTERS);
  if (gutter) names.push(`w-gutter-${gutter}`);
  if (node['pill'] === true) names.push('w-pill');
  return names.join(' ');
}

/** What keeps password managers out of fields that are not theirs. */
export function autofillAttributes(allow: boolean): Record<string, string> {
  return allow ? {} : { autocomplete: 'off', 'data-1p-ignore': 'true', 'data-lpignore': 'true', 'data-bwignore': 'true', 'data-form-type': 'other' };
}
