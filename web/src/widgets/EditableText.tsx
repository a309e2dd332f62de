/** `Text` that can be edited in place: a text area that looks like the text it holds. */
import type { JSX } from 'preact';
import { fitHeight, useFittingHeight } from '../ui/fit-height';
import { autofillAttributes, useTextField } from './field';
import { FieldError } from './FieldError';
import { useLabelling } from './labels';
import { textClasses, textStyles } from './text';
import type { WidgetNode } from './types';
import * as v from '../ui/values';
import { composing } from '../ui/keys';

const SIZES = new Set(['xs', 'sm', 'md', 'lg', 'xl'] as const);

interface Props {
  node: WidgetNode;
  name: string;
  settings: Record<string, unknown>;
}

export function EditableText({ node, name, settings }: Props): JSX.Element {
  const value = v.text(node['value']);
  const pattern = v.text(settings['pattern']);
  const { ref, field } = useTextField<HTMLTextAreaElement>({ node, name, given: value }, settings, { pattern, shown: fitHeight });
  const placeholder = v.text(settings['placeholder']);
  const labelling = useLabelling(name, placeholder);
  const oneLine = v.count(node['minLines']) === undefined && v.count(node['maxLines']) === undefined;
  useFittingHeight(ref);
  const autofill = autofillAttributes(settings['allowAutofillExtensions'] === true);
  const autocomplete = v.text(settings['autoComplete']);
  const { '-webkit-line-clamp': most, ...styles } = textStyles(node);
  return (
    <div class="w-field">
      <textarea {...autofill} {...(autocomplete ? { autocomplete } : {})} {...labelling} ref={ref} id={field.id} name={name} rows={v.count(node['minLines']) ?? 1}
        class={`${textClasses({ ...node, maxLines: undefined, truncate: undefined }, 'w-editable')} w-text-${v.oneOf(node['size'], SIZES) ?? 'md'}`}
        style={{ ...styles, ...(most === undefined ? {} : { '--w-max-rows': most }) }} defaultValue={value} placeholder={placeholder || undefined}
        required={settings['required'] === true} dir="auto" aria-invalid={field.error ? true : undefined} aria-describedby={field.errorId}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || composing(event) || !oneLine) return;
          event.preventDefault();
          event.currentTarget.form?.requestSubmit();
        }}
        onInput={(event) => void field.changed(event.currentTarget.value)} />
      <FieldError field={field} />
    </div>
  );
}
