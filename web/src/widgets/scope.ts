/** What every component of a widget can reach, and how it fires actions. */
import { createContext } from 'preact';
import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import { effect } from '@preact/signals';
import { loadingOf, mergePayload, waitsForResponse, type Trigger } from './actions';
import { FormContext, type Entries, type FormState } from './form';
import type { ActionConfig, WidgetHost, WidgetRoot } from './types';

export interface WidgetScope {
  readonly itemId: string;
  readonly host: WidgetHost;
  readonly entries: Entries;
  /** prefix of element ids, unique in the page */
  readonly idPrefix: string;
  /** whether a `Label` with this element id is there */
  labelExists(id: string): boolean;
  /** counts running actions that make the whole widget inert */
  holdContainer(): () => void;
  /** the widget as it is on the page */
  shown(): WidgetRoot;
  /** calls back when all that the server has sent so far is on the page; never when the widget is gone by then */
  whenShown(callback: () => void): void;
}

export const ScopeContext = createContext<WidgetScope | null>(null);

export function useScope(): WidgetScope {
  const scope = useContext(ScopeContext);
  if (!scope) throw new Error('a widget component was rendered outside of WidgetView');
  return scope;
}

/** The element id of the field with this name in a form, or outside of any; without spaces, which separate ids. */
export function fieldId(scope: WidgetScope, form: FormState | null, name: string): string {
  return `${scope.idPrefix}-${form?.prefix ?? ''}${name.replace(/[\s%]/g, (space) => `%${space.charCodeAt(0)}`)}`;
}

/** A form field had the same name as a key of the action's own payload. */
export class FieldCollisionError extends Error {
  readonly code = 'widget_field_collision';

  constructor(readonly names: readonly string[], action: string) {
    super(`The payload of action "${action}" already has what the form fields ${names.map((name) => `"${name}"`).join(', ')} would set; the action's values were sent.`);
    this.name = 'FieldCollisionError';
  }
}

export interface ActionRunner {
  /**
   * Runs an action with the form's values; false when it was refused or failed. `own` is the value of the control itself,
   * `restore` takes it back when the action failed.
   */
  fire: (action: ActionConfig, trigger: Trigger, own?: readonly [name: string, value: unknown], restore?: () => void) => Promise<boolean>;
  /** the control's own action is running with `loadingBehavior: "self"` */
  busy: boolean;
}

function payloadOf(action: ActionConfig, form: FormState | null, own: readonly [string, unknown] | undefined, host: WidgetHost): Record<string, unknown> | undefined {
  const values = new Map(form?.values());
  if (own) values.set(own[0], own[1]);
  const { payload, collisions } = mergePayload(action.payload, values);
  if (collisions.length > 0) host.reportError(new FieldCollisionError(collisions, action.type));
  return payload;
}

/** A form was sent when one of these ran. */
const SENDS: ReadonlySet<Trigger> = new Set(['submit', 'card']);

/**
 * What was sent and taken is not an entry any more: once the server has put another widget in place of the one that was
 * sent, the fields of its form show what the server says. What was entered since then stays. The result is to be called
 * after the action went through.
 */
function forgetting(scope: WidgetScope, form: FormState, cleared: (() => void) | undefined): () => void {
  const { entries } = scope;
  const sent = form.slots().map((slot) => entries.get(slot));
  const before = scope.shown();
  return () => scope.whenShown(() => {
    if (scope.shown() === before) return;
    for (const entry of sent) if (entry) entries.forget(entry);
    cleared?.();
  });
}

/** `cleared` is called after a form was sent and its entries forgotten. */
export function useAction(cleared?: () => void): ActionRunner {
  const scope = useScope();
  const form = useContext(FormContext);
  const [busy, setBusy] = useState(false);
  const running = useRef(false);
  const waiting = useRef<(() => void) | null>(null);
  const mounted = useRef(true);
  useEffect(() => {
    mounted.current = true;
    return () => {
      mounted.current = false;
      waiting.current?.();
    };
  }, []);

  const run = async (action: ActionConfig, trigger: Trigger, own?: readonly [string, unknown], restore?: () => void): Promise<boolean> => {
    const { host } = scope;
    const loading = loadingOf(action, trigger);
    const payload = payloadOf(action, form, own, host);
    const release = loading === 'container' ? scope.holdContainer() : undefined;
    const forget = form && SENDS.has(trigger) ? forgetting(scope, form, cleared) : undefined;
    running.current = loading !== 'none';
    if (loading === 'self') setBusy(true);
    try {
      await host.runAction(action, payload);
      forget?.();
      return true;
    } catch {
      restore?.();
      return false; // the host shows the error; the widget is as it was
    } finally {
      running.current = false;
      release?.();
      if (mounted.current) setBusy(false);
    }
  };

  const fire: ActionRunner['fire'] = (action, trigger, own, restore) => {
    if (running.current) return Promise.resolve(false);
    if (!waitsForResponse(action) || !scope.host.responding.peek()) return run(action, trigger, own, restore);
    // A click can be made again later; a value that was chosen cannot be chosen again, so its action waits.
    if (trigger === 'change') {
      waiting.current?.();
      waiting.current = whenFree(scope.host, () => void run(action, trigger, own, restore));
    }
    return Promise.resolve(false);
  };
  return { fire, busy };
}

/** Calls back once no response is streaming; the result cancels. */
function whenFree(host: WidgetHost, callback: () => void): () => void {
  let done = false;
  const stop = effect(() => {
    if (host.responding.value || done) return;
    done = true;
    queueMicrotask(() => {
      stop();
      callback();
    });
  });
  return () => {
    done = true;
    stop();
  };
}

/** Whether an action would be refused now; the control then shows that it is waiting. */
export function useRefused(action: ActionConfig | null): boolean {
  const { host } = useScope();
  return action !== null && waitsForResponse(action) && host.responding.value;
}
