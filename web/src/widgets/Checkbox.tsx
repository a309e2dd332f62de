import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from '../icons';
import { asAction } from './actions';
import { Spinner } from './Button';
import { useField } from './field';
import { FieldError } from './FieldError';
import { useLabelling } from './labels';
import { useAction } from './scope';
import type { WidgetNode } from './types';
import * as v from './values';

export function Checkbox({ node }: { node: WidgetNode }): JSX.Element {
  const name = v.text(node['name']);
  const label = v.text(node['label']);
  const ref = useRef<HTMLInputElement>(null);
  const { fire, busy } = useAction();
  const action = asAction(node['onChangeAction']);
  const field = useField(name, {
    read: () => ref.current?.checked,
    focus: () => ref.current?.focus(),
    validate: () => (ref.current?.disabled ? '' : (ref.current?.validationMessage ?? '')),
  });
  useLayoutEffect(() => {
    const entered = field.scope.entries.get(name);
    if (ref.current && typeof entered === 'boolean') ref.current.checked = entered;
  }, [name]);
  const labelling = useLabelling(name, label);
  const change = (checked: boolean): void => {
    field.changed(checked);
    if (action) void fire(action, 'change', [name, checked]);
  };
  return (
    <div class="w-field">
      <label class="w-choice">
        <span class="w-choice-box">
          <input {...(label ? {} : labelling)} ref={ref} id={field.id} class="w-check" type="checkbox" name={name} defaultChecked={node['defaultChecked'] === true}
            required={node['required'] === true} disabled={node['disabled'] === true || busy} aria-invalid={field.error ? true : undefined}
            aria-describedby={field.errorId} onChange={(event) => change(event.currentTarget.checked)} />
          <Icon name="check" />
        </span>
        {label && <span class="w-choice-label" dir="auto">{label}</span>}
        {busy && <Spinner />}
      </label>
      <FieldError field={field} />
    </div>
  );
}
