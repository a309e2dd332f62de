/** A `<form>` with our own validation messages; used by `Form` and by `Card` with `asForm`. */
import { createContext, type ComponentChildren, type JSX, type RefObject } from 'preact';
import { useContext, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { boxStyles } from './box';
import { asAction, type Trigger } from './actions';
import { activeIn } from './focus';
import { FormContext, formPlace, FormState } from './form';
import { Children } from './registry';
import { useAction, useRefused, useScope } from './scope';
import type { ActionConfig, WidgetNode } from './types';
import type { Styles } from '../ui/values';
import { composing } from '../ui/keys';

/** What a submit button needs to know of its form. */
export interface SubmitState {
  busy: boolean;
  refused: boolean;
  /** the form does something on submit; else a submit button runs its own action */
  acts: boolean;
}

export const SubmitContext = createContext<SubmitState | null>(null);

interface FrameProps {
  node: WidgetNode;
  class: string;
  style?: Styles | undefined;
  action: ActionConfig | null;
  trigger: Trigger;
  /** told whether the action went through */
  onDone?: ((succeeded: boolean) => void) | undefined;
  scheme?: 'light' | 'dark' | undefined;
  children: ComponentChildren;
}

export function FormFrame(props: FrameProps): JSX.Element {
  const place = formPlace(useScope().shown(), props.node);
  const form = useMemo(() => new FormState(place === 0 ? '' : `${place}-`), [place]);
  return <FormContext.Provider value={form}><FormElement {...props} /></FormContext.Provider>;
}

/** Enter submits from every single-line field, also where the browser wants a submit button for it. */
function submitOnEnter(event: KeyboardEvent): void {
  const target = event.composedPath()[0];
  if (event.key !== 'Enter' || composing(event) || event.defaultPrevented) return;
  const singleLine = target instanceof HTMLInputElement && target.dataset['noSubmit'] === undefined;
  const sends = target instanceof HTMLTextAreaElement && (event.ctrlKey || event.metaKey);
  if (!singleLine && !sends) return;
  event.preventDefault();
  target.form?.requestSubmit();
}

/**
 * Whoever presses a submit button while writing in a field goes on writing: after a form was sent and cleared, focus is in
 * the field where it was before the press.
 */
function useFieldOfPress(): { form: RefObject<HTMLFormElement | null>; pressed: (event: PointerEvent) => void; cleared: () => void } {
  const form = useRef<HTMLFormElement>(null);
  const writing = useRef('');
  const pressed = ({ target }: Event): void => {
    const field = form.current && activeIn(form.current);
    const isField = (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) && field.form === form.current;
    const button = target instanceof Element ? target.closest('button') : null;
    writing.current = isField && button?.type === 'submit' ? field.id : '';
  };
  const cleared = (): void => {
    const id = writing.current;
    writing.current = '';
    if (!id || !form.current) return;
    const active = activeIn(form.current);
    const moved = active !== null && !(active instanceof HTMLButtonElement && active.form === form.current && active.type === 'submit');
    if (!moved) form.current.querySelector<HTMLElement>(`[id="${CSS.escape(id)}"]`)?.focus({ preventScroll: true });
  };
  return { form, pressed, cleared };
}

function FormElement({ node: _, action, trigger, onDone, scheme, children, ...attributes }: FrameProps): JSX.Element {
  const form = useContext(FormContext);
  const { form: element, pressed, cleared } = useFieldOfPress();
  useLayoutEffect(() => {
    if (form) form.element.current = element.current;
  }, [form]);
  const { fire, busy } = useAction(cleared);
  const refused = useRefused(action);
  const submit = (event: Event): void => {
    event.preventDefault();
    event.stopPropagation();
    if (!action || refused || !form?.validate()) return;
    void fire(action, trigger).then(onDone);
  };
  const state = useMemo<SubmitState>(() => ({ busy, refused, acts: action !== null }), [busy, refused, action]);
  return (
    <SubmitContext.Provider value={state}>
      <form {...attributes} ref={element} data-scheme={scheme} noValidate onSubmit={submit} onKeyDown={submitOnEnter} onPointerDown={pressed}>{children}</form>
    </SubmitContext.Provider>
  );
}

export function Form({ node }: { node: WidgetNode }): JSX.Element {
  const direction = node['direction'] === 'row' ? 'row' : 'col';
  return (
    <FormFrame node={node} class={`w-box w-form w-${direction}`} style={boxStyles(node)} action={asAction(node['onSubmitAction'])} trigger="submit">
      <Children of={node} />
    </FormFrame>
  );
}
