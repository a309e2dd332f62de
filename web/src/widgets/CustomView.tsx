/** A component that the page draws. */
import type { JSX } from 'preact';
import { render } from 'preact';
import { useContext, useLayoutEffect, useMemo, useReducer, useRef } from 'preact/hooks';
import type { CustomWidgetHost, OwnRenderer } from '../core/own-renderers';
import { Drawn, partName, type Surroundings } from '../ui/drawn';
import { asAction } from './actions';
import { fieldsOf } from './fields';
import { FormContext } from './form';
import { SubmitContext } from './FormFrame';
import { OwnField, OwnFields } from './own-field';
import { Children } from './registry';
import { fieldId, ScopeContext, useAction, useScope } from './scope';
import type { WidgetNode } from './types';

export function CustomView({ node, renderer }: { node: WidgetNode; renderer: OwnRenderer }): JSX.Element | null {
  const scope = useScope();
  const { host } = scope;
  const { fire } = useAction();
  const { type } = node;
  const [, update] = useReducer((count: number) => count + 1, 0);
  const renderChildren = useChildren(node);
  const form = useContext(FormContext);
  const fields = useMemo(() => new OwnFields(() => update(undefined), (name) => fieldId(scope, form, name)), []);
  const props = useMemo(() => {
    if (renderer.fields === undefined) return node;
    return fieldsOf(node, renderer.fields, (path, expected) => host.log('widget.field_invalid', { type, field: path, expected }));
  }, [node, renderer]);
  const around: Surroundings = {
    locale: host.locale,
    colorScheme: host.colorScheme,
    runAction: (given) => {
      const action = asAction(given);
      return action === null ? Promise.reject(new Error('runAction takes an action with a "type".')) : fire(action, 'click');
    },
    more: (signal): Pick<CustomWidgetHost, 'renderChildren' | 'field'> => ({
      renderChildren: (into, children) => renderChildren(into, children, signal),
      field: (name, options) => fields.add(name, options, signal),
    }),
    failed: (error) => {
      host.log('widget.render_failed', { type, message: error.message });
      host.reportError(error);
    },
  };
  if (props === null) return null;
  return (
    <>
      <Drawn name={`the widget component "${type}"`} part={`custom-widget custom-widget-${partName(type)}`} render={renderer.render} props={props} around={around} />
      {fields.all().map((spec) => <OwnField key={spec.name} spec={spec} options={spec.options} node={node} />)}
    </>
  );
}

type RenderChildren = (into: HTMLElement, children: unknown, signal: AbortSignal) => () => void;

/** Draws children of the component in places that the page has made: trees of their own, in the same scope and form. */
function useChildren(node: WidgetNode): RenderChildren {
  const contexts = { scope: useScope(), form: useContext(FormContext), submit: useContext(SubmitContext) };
  const latest = useRef({ node, contexts });
  latest.current = { node, contexts };
  const places = useMemo(() => new Map<HTMLElement, { children: unknown }>(), []);
  const draw = (into: HTMLElement, given: unknown): void => {
    const { node: { children }, contexts: { scope, form, submit } } = latest.current;
    render(
      <ScopeContext.Provider value={scope}>
        <FormContext.Provider value={form}>
          <SubmitContext.Provider value={submit}><Children of={{ type: 'Children', children: given ?? children }} /></SubmitContext.Provider>
        </FormContext.Provider>
      </ScopeContext.Provider>,
      into,
    );
  };
  useLayoutEffect(() => {
    for (const [into, { children }] of places) draw(into, children);
  });
  return useMemo(() => (into, children, signal) => {
    const place = { children };
    const end = (): void => {
      if (places.get(into) !== place) return;
      places.delete(into);
      render(null, into);
    };
    if (signal.aborted) return end;
    places.set(into, place);
    signal.addEventListener('abort', end, { once: true });
    draw(into, children);
    return end;
  }, []);
}
