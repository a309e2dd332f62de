import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { asAction } from './actions';
import { Spinner } from './Button';
import { useField } from './field';
import { FieldError } from './FieldError';
import { useLabelling } from './labels';
import { optionsOf } from './options';
import { useAction } from './scope';
import type { WidgetNode } from './types';
import * as v from './values';

export function RadioGroup({ node }: { node: WidgetNode }): JSX.Element {
  const name = v.text(node['name']);
  const options = optionsOf(node['options']);
  const ref = useRef<HTMLDivElement>(null);
  const { fire, busy } = useAction();
  const action = asAction(node['onChangeAction']);
  const radios = (): HTMLInputElement[] => [...(ref.current?.querySelectorAll('input') ?? [])];
  const field = useField(name, {
    read: () => radios().find((radio) => radio.checked)?.value ?? null,
    focus: () => (radios().find((radio) => radio.checked) ?? radios().find((radio) => !radio.disabled))?.focus(),
    validate: () => (node['disabled'] === true ? '' : (radios()[0]?.validationMessage ?? '')),
  });
  useLayoutEffect(() => {
    const entered = field.scope.entries.get(name);
    for (const radio of radios()) if (entered !== undefined) radio.checked = radio.value === entered;
  }, [name]);
  const labelling = useLabelling(name, v.text(node['ariaLabel']));
  const given = v.text(node['defaultValue']);
  const change = (value: string): void => {
    field.changed(value);
    if (action) void fire(action, 'change', [name, value]);
  };
  return (
    <div class="w-field">
      <div {...labelling} ref={ref} role="radiogroup" id={field.id} class={node['direction'] === 'row' ? 'w-radios w-row' : 'w-radios w-col'}
        aria-describedby={field.errorId} aria-required={node['required'] === true || undefined} aria-invalid={field.error ? true : undefined}>
        {options.map((option) => (
          <label class="w-choice" key={option.value}>
            <span class="w-choice-box">
              <input class="w-radio" type="radio" name={field.id} value={option.value} defaultChecked={option.value === given} required={node['required'] === true}
                disabled={node['disabled'] === true || option.disabled || busy} onChange={() => change(option.value)} />
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
