/** A `<form>` with our own validation messages; used by `Form` and by `Card` with `asForm`. */
import { createContext, type ComponentChildren, type JSX } from 'preact';
import { useContext, useMemo } from 'preact/hooks';
import { boxStyles } from './box';
import { asAction, type Trigger } from './actions';
import { FormContext, FormState } from './form';
import { Children } from './registry';
import { useAction, useRefused } from './scope';
import type { ActionConfig, WidgetNode } from './types';
import type { Styles } from './values';

/** What a submit button needs to know of its form. */
export interface SubmitState {
  busy: boolean;
  refused: boolean;
  /** the form does something on submit; else a submit button runs its own action */
  acts: boolean;
}

export const SubmitContext = createContext<SubmitState | null>(null);

interface FrameProps {
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
  const form = useMemo(() => new FormState(), []);
  return <FormContext.Provider value={form}><FormElement {...props} /></FormContext.Provider>;
}

/** Enter submits from every single-line field, also where the browser wants a submit button for it. */
function submitOnEnter(event: KeyboardEvent): void {
  const target = event.composedPath()[0];
  if (event.key !== 'Enter' || event.isComposing || event.defaultPrevented) return;
  const singleLine = target instanceof HTMLInputElement && target.dataset['noSubmit'] === undefined;
  const sends = target instanceof HTMLTextAreaElement && (event.ctrlKey || event.metaKey);
  if (!singleLine && !sends) return;
  event.preventDefault();
  target.form?.requestSubmit();
}

function FormElement({ action, trigger, onDone, scheme, children, ...attributes }: FrameProps): JSX.Element {
  const form = useContext(FormContext);
  const { fire, busy } = useAction();
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
      <form {...attributes} data-scheme={scheme} noValidate onSubmit={submit} onKeyDown={submitOnEnter}>{children}</form>
    </SubmitContext.Provider>
  );
}

export function Form({ node }: { node: WidgetNode }): JSX.Element {
  const direction = node['direction'] === 'row' ? 'row' : 'col';
  return (
    <FormFrame class={`w-box w-form w-${direction}`} style={boxStyles(node)} action={asAction(node['onSubmitAction'])} trigger="submit">
      <Children of={node} />
    </FormFrame>
  );
}
