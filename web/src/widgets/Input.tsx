import type { JSX } from 'preact';
import { autofillAttributes, controlClasses, useTextField } from './field';
import { FieldError } from './FieldError';
import { useLabelling } from './labels';
import type { WidgetNode } from './types';
import * as v from '../ui/values';

const TYPES = new Set(['number', 'email', 'text', 'password', 'tel', 'url'] as const);

function readNumber(control: HTMLInputElement): number | null {
  return control.value === '' || Number.isNaN(control.valueAsNumber) ? null : control.valueAsNumber;
}

export function Input({ node }: { node: WidgetNode }): JSX.Element {
  const name = v.text(node['name']);
  const type = v.oneOf(node['inputType'], TYPES) ?? 'text';
  const given = v.text(node['defaultValue']);
  const { ref, field } = useTextField<HTMLInputElement>({ node, name, given }, node, {
    // A number is not text, to browsers neither.
    pattern: type === 'number' ? '' : v.text(node['pattern']),
    read: (control) => (type === 'number' ? readNumber(control) : control.value),
  });
  const placeholder = v.text(node['placeholder']);
  // The attribute types know an input only by a literal type.
  const kind = { type } as { type: 'text' };
  const labelling = useLabelling(name, placeholder);
  return (
    <div class="w-field">
      <input {...labelling} {...autofillAttributes(node['allowAutofillExtensions'] === true)} ref={ref} id={field.id} class={controlClasses(node, 'w-input')}
        {...kind} name={name} defaultValue={given} placeholder={placeholder || undefined} required={node['required'] === true}
        step={type === 'number' ? 'any' : undefined} disabled={node['disabled'] === true}
        dir={type === 'text' ? 'auto' : undefined} aria-invalid={field.error ? true : undefined} aria-describedby={field.errorId}
        onInput={(event) => field.changed(event.currentTarget.value)} />
      <FieldError field={field} />
    </div>
  );
}
