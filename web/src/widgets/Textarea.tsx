import type { JSX } from 'preact';
import { fitHeight, useFittingHeight } from '../ui/fit-height';
import { autofillAttributes, controlClasses, useTextField } from './field';
import { FieldError } from './FieldError';
import { useLabelling } from './labels';
import type { WidgetNode } from './types';
import * as v from '../ui/values';

export function Textarea({ node }: { node: WidgetNode }): JSX.Element {
  const name = v.text(node['name']);
  const pattern = v.text(node['pattern']);
  const grows = node['autoResize'] === true;
  const given = v.text(node['defaultValue']);
  const { ref, field } = useTextField<HTMLTextAreaElement>({ node, name, given }, node, {
    pattern,
    shown: (control) => {
      if (grows) fitHeight(control);
    },
  });
  useFittingHeight(ref, grows);
  const placeholder = v.text(node['placeholder']);
  const labelling = useLabelling(name, placeholder);
  const rows = v.count(node['rows']) ?? 3;
  const most = v.count(node['maxRows']);
  return (
    <div class="w-field">
      <textarea {...labelling} {...autofillAttributes(node['allowAutofillExtensions'] === true)} ref={ref} id={field.id}
        class={`${controlClasses(node, 'w-textarea')}${grows ? ' w-grows' : ''}`} style={{ '--w-rows': String(rows), '--w-max-rows': String(most ?? (grows ? 12 : rows)) }}
        name={name} rows={rows} defaultValue={given} placeholder={placeholder || undefined} required={node['required'] === true}
        disabled={node['disabled'] === true} dir="auto" aria-invalid={field.error ? true : undefined} aria-describedby={field.errorId}
        onInput={(event) => void field.changed(event.currentTarget.value)} />
      <FieldError field={field} />
    </div>
  );
}
