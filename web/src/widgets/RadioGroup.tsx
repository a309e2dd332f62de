import type { JSX } from 'preact';
import { useId, useRef } from 'preact/hooks';
import { asAction } from './actions';
import { Spinner } from './Button';
import { refuse, useField } from './field';
import { FieldError } from './FieldError';
import { useLabelling } from './labels';
import { optionsOf } from './options';
import { useAction, useScope } from './scope';
import type { WidgetNode } from './types';
import { problemOf } from './validity';
import * as v from '../ui/values';

export function RadioGroup({ node }: { node: WidgetNode }): JSX.Element {
  const name = v.text(node['name']);
  const options = optionsOf(node['options']);
  const ref = useRef<HTMLDivElement>(null);
  const { host } = useScope();
  const { fire, busy } = useAction();
  const action = asAction(node['onChangeAction']);
  const radios = (): HTMLInputElement[] => [...(ref.current?.querySelectorAll('input') ?? [])];
  const given = v.text(node['defaultValue']);
  const field = useField({ node, name, given }, {
    read: () => radios().find((radio) => radio.checked)?.value ?? null,
    focus: () => (radios().find((radio) => radio.checked) ?? radios().find((radio) => !radio.disabled))?.focus(),
    validate: () => (node['disabled'] === true ? '' : problemOf(radios()[0], host.messages.widgets)),
    show: (value) => {
      for (const radio of radios()) radio.checked = radio.value === value;
    },
  });
  // The browser takes radios of one name together, also when they are of different groups.
  const group = useId();
  const labelling = useLabelling(name, v.text(node['ariaLabel']));
  const change = (value: string): void => {
    const restore = field.changed(value);
    if (action) void fire(action, 'change', [name, value], restore);
  };
  return (
    <div class="w-field">
      <div {...labelling} ref={ref} role="radiogroup" id={field.id} class={node['direction'] === 'row' ? 'w-radios w-row' : 'w-radios w-col'}
        aria-describedby={field.errorId} aria-required={node['required'] === true || undefined} aria-invalid={field.error ? true : undefined}>
        {options.map((option) => (
          <label class="w-choice" key={option.value}>
            <span class="w-choice-box">
              <input class="w-radio" type="radio" name={group} value={option.value} defaultChecked={option.value === given} required={node['required'] === true}
                disabled={node['disabled'] === true || option.disabled} aria-disabled={busy || undefined} onClick={busy ? refuse : undefined} onChange={() => change(option.value)} />
            </span>
            <span class="w-choice-label" dir="auto">{option.label}</span>
          </label>
        ))}
        {busy && <Spinner />}
      </div>
      <FieldError field={field} />
    </div>
  );
}
