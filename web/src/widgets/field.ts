/** Hooks of form controls. */
import { useContext, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { FormContext, type Validated } from './form';
import { fieldId, useScope, type WidgetScope } from './scope';
import type { WidgetNode } from './types';
import * as v from './values';

export interface FieldBinding {
  id: string;
  scope: WidgetScope;
  /** id of the message below the field, when there is one */
  errorId: string | undefined;
  /** the message, empty when all is well */
  error: string;
  /** to be called with the value as soon as a person changed it */
  changed(value: unknown): void;
}

export interface FieldSource {
  read(): unknown;
  focus(): void;
  validate?(): string;
}

/**
 * Registers a control with the nearest form and remembers what was entered. `source` may be a new object in each render;
 * the latest is used.
 */
export function useField(name: string, source: FieldSource): FieldBinding {
  const scope = useScope();
  const form = useContext(FormContext);
  const latest = useRef(source);
  latest.current = source;
  const [error, report] = useState('');
  useLayoutEffect(() => {
    if (!form || name === '') return;
    return form.register({
      name,
      report,
      read: () => latest.current.read(),
      focus: () => latest.current.focus(),
      validate: () => latest.current.validate?.() ?? '',
    });
  }, [form, name]);
  const id = fieldId(scope, name);
  const changed = (value: unknown): void => {
    scope.entries.set(name, value);
    // A message disappears when its reason does, and is not replaced by another one while typing.
    if (error) report(latest.current.validate?.() ? error : '');
  };
  return { id, scope, error, errorId: error ? `${id}-error` : undefined, changed };
}

/** Behaviour of native text controls: restored value, focus and selection on arrival. */
export function useTextControl(name: string, settings: WidgetNode | Record<string, unknown>): { readonly current: Validated | null } {
  const ref = useRef<Validated>(null);
  const { entries } = useScope();
  useLayoutEffect(() => {
    const control = ref.current;
    if (!control) return;
    const entered = entries.get(name);
    if (typeof entered === 'string' && control.value !== entered) control.value = entered;
    if (settings['autoFocus'] === true && !entries.has(name)) control.focus({ preventScroll: true });
    if (settings['autoSelect'] === true && !entries.has(name)) control.select();
  }, [name]);
  return ref;
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
