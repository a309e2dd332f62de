/** Fields of forms whose controls the page draws. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { OwnField as Field, OwnFieldOptions, OwnFieldValue } from '../core/own-renderers';
import { useField, type FieldBinding } from './field';
import type { WidgetNode } from './types';

interface Spec {
  readonly name: string;
  options: OwnFieldOptions;
  value: OwnFieldValue;
  /** Null until it is known to its form, or when it is no more. */
  binding: FieldBinding | null;
  /** What was chosen before that. */
  early: boolean;
  readonly id: string;
}

/** The fields of one component. */
export class OwnFields {
  readonly #fields = new Map<string, Spec>();

  constructor(private readonly changed: () => void, private readonly idOf: (name: string) => string) {}

  all(): Spec[] {
    return [...this.#fields.values()];
  }

  add(name: string, options: OwnFieldOptions, signal: AbortSignal): Field {
    const known = this.#fields.get(name);
    const spec = known ?? { name, options, value: options.value ?? null, binding: null, early: false, id: this.idOf(name) };
    spec.options = options;
    if (known === undefined && !signal.aborted) {
      this.#fields.set(name, spec);
      signal.addEventListener('abort', () => {
        this.#fields.delete(name);
        this.changed();
      }, { once: true });
    }
    this.changed();
    return {
      id: spec.id,
      get value() {
        return spec.value;
      },
      set(value) {
        spec.value = value;
        if (spec.binding === null) spec.early = true;
        else spec.binding.changed(value);
      },
    };
  }
}

/** Makes one known to its form. There is nothing to see of it: its control is the page's. */
export function OwnField({ spec, options, node }: { spec: Spec; options: OwnFieldOptions; node: WidgetNode }): null {
  const binding = useField({ node, name: spec.name, given: options.value ?? null }, {
    read: () => spec.value,
    focus: () => options.focus?.(),
    validate: () => options.validate?.() ?? '',
    show: (value) => {
      // Chosen before anybody knew of the field: that is not to be taken back.
      if (spec.early) return;
      spec.value = value;
      options.show(value);
    },
  });
  const latest = useRef(binding);
  latest.current = binding;
  useLayoutEffect(() => {
    spec.binding = { ...binding, changed: (value) => latest.current.changed(value) };
    if (spec.early) {
      spec.early = false;
      binding.changed(spec.value);
    }
    return () => {
      spec.binding = null;
    };
  }, []);
  useLayoutEffect(() => options.report?.(binding.error), [binding.error]);
  return null;
}
