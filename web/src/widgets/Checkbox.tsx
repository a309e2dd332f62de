import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { Icon } from '../icons';
import { asAction } from './actions';
import { Spinner } from './Button';
import { refuse, useField } from './field';
import { FieldError } from './FieldError';
import { useLabelling } from './labels';
import { useAction, useScope } from './scope';
import type { WidgetNode } from './types';
import { problemOf } from './validity';
import * as v from '../ui/values';

export function Checkbox({ node }: { node: WidgetNode }): JSX.Element {
  const name = v.text(node['name']);
  const label = v.text(node['label']);
  const ref = useRef<HTMLInputElement>(null);
  const { host } = useScope();
  const { fire, busy } = useAction();
  const action = asAction(node['onChangeAction']);
  const given = node['defaultChecked'] === true;
  const field = useField({ node, name, given }, {
    read: () => ref.current?.checked,
    focus: () => ref.current?.focus(),
    validate: () => (ref.current?.disabled ? '' : problemOf(ref.current, host.messages.widgets)),
    show: (value) => {
      if (ref.current) ref.current.checked = value === true;
    },
  });
  const labelling = useLabelling(name, label);
  const change = (checked: boolean): void => {
    const restore = field.changed(checked);
    if (action) void fire(action, 'change', [name, checked], restore);
  };
  return (
    <div class="w-field">
      <label class={node['lineThrough'] === true ? 'w-choice w-choice-through' : 'w-choice'}>
        <span class="w-choice-box">
          <input {...(label ? {} : labelling)} ref={ref} id={field.id} class="w-check" type="checkbox" name={name} defaultChecked={given}
            required={node['required'] === true} disabled={node['disabled'] === true} aria-disabled={busy || undefined} aria-invalid={field.error ? true : undefined}
            aria-describedby={field.errorId} onClick={busy ? refuse : undefined} onChange={(event) => change(event.currentTarget.checked)} />
          <Icon name="check" />
        </span>
        {label && <span class="w-choice-label" dir="auto">{label}</span>}
        {busy && <Spinner />}
      </label>
      <FieldError field={field} />
    </div>
  );
}
