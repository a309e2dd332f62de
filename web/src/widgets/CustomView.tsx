/** A component that the page draws. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { asError } from '../core/errors';
import type { CustomWidget, CustomWidgetHost, CustomWidgetRenderer } from '../core/custom-widgets';
import { isDeepEqual } from '../core/merge';
import { asAction } from './actions';
import { useAction, useScope, type ActionRunner, type WidgetScope } from './scope';
import type { WidgetNode } from './types';

interface Made {
  renderer: CustomWidgetRenderer;
  node: WidgetNode;
  widget: CustomWidget;
}

export function CustomView({ node, renderer }: { node: WidgetNode; renderer: CustomWidgetRenderer }): JSX.Element {
  const scope = useScope();
  const { fire } = useAction();
  const latest = useRef({ scope, fire });
  latest.current = { scope, fire };
  const place = useRef<HTMLDivElement>(null);
  const made = useRef<Made | null>(null);
  useLayoutEffect(() => {
    // The page's code may throw: that ends this component, and nothing else.
    try {
      made.current = brought(made.current, node, renderer, () => hostOf(() => latest.current));
      const element = made.current.widget.element;
      if (element.parentNode !== place.current) place.current?.replaceChildren(element);
    } catch (error) {
      ended(made.current, scope);
      made.current = null;
      place.current?.replaceChildren();
      scope.host.log('widget.render_failed', { type: node.type, message: asError(error).message });
      scope.host.reportError(asError(error));
    }
  }, [node, renderer]);
  useEffect(() => () => ended(made.current, latest.current.scope), []);
  return <div ref={place} class="w-custom" part={`custom-widget custom-widget-${node.type.replace(/[^\w-]+/g, '-')}`} />;
}

/** What stands for the node now: what stood there, brought up to date, or something new. */
function brought(before: Made | null, node: WidgetNode, renderer: CustomWidgetRenderer, host: () => CustomWidgetHost): Made {
  if (before !== null && before.renderer === renderer) {
    if (isDeepEqual(before.node, node)) return before;
    if (before.widget.update !== undefined) {
      before.widget.update(node);
      return { ...before, node };
    }
  }
  before?.widget.destroy?.();
  const result = renderer(node, host());
  const widget = result instanceof HTMLElement ? { element: result } : result;
  if (!(widget.element instanceof HTMLElement)) throw new Error(`The renderer of the widget component "${node.type}" made no HTML element.`);
  return { renderer, node, widget };
}

function ended(made: Made | null, scope: WidgetScope): void {
  try {
    made?.widget.destroy?.();
  } catch (error) {
    scope.host.reportError(asError(error));
  }
}

function hostOf(now: () => { scope: WidgetScope; fire: ActionRunner['fire'] }): CustomWidgetHost {
  return {
    runAction: (given) => {
      const action = asAction(given);
      return action === null ? Promise.reject(new Error('runAction takes an action with a "type".')) : now().fire(action, 'click');
    },
    get locale() {
      return now().scope.host.locale;
    },
    get colorScheme() {
      return now().scope.host.colorScheme.peek();
    },
  };
}
