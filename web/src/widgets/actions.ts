/** What an action sends and what its control shows meanwhile. Pure. */
import type { ActionConfig } from './types';
import { isRecord } from '../core/validate';

/** What fired an action; it decides what `loadingBehavior: "auto"` means. */
export type Trigger = 'click' | 'change' | 'submit' | 'card' | 'item';

export type Loading = 'self' | 'container' | 'none';

const AUTO: Readonly<Record<Trigger, Loading>> = {
  click: 'self', change: 'none', submit: 'container', card: 'container', item: 'container',
};

export function loadingOf(action: ActionConfig, trigger: Trigger): Loading {
  switch (action.loadingBehavior) {
    case 'self':
    case 'container':
    case 'none':
      return action.loadingBehavior;
    default:
      return AUTO[trigger];
  }
}

/** Streaming server actions wait for the running response to end; the others do not touch it. */
export function waitsForResponse(action: ActionConfig): boolean {
  return action.handler !== 'client' && action.streaming !== false;
}

/** An action as it came from the wire, or null when it is none. */
export function asAction(value: unknown): ActionConfig | null {
  return isRecord(value) && typeof value['type'] === 'string' ? (value as unknown as ActionConfig) : null;
}

/** Values by field name; a name with dots is a path. */
export type FieldValues = ReadonlyMap<string, unknown>;

export interface Merged {
  payload: Record<string, unknown> | undefined;
  /** names whose place was taken; the value that was there stays */
  collisions: string[];
}

/** Prototype keys as field names would change objects instead of filling them. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

function put(target: Record<string, unknown>, name: string, value: unknown): boolean {
  const path = name.split('.');
  const last = path.pop() ?? '';
  if ([...path, last].some((key) => key === '' || FORBIDDEN.has(key))) return false;
  let place = target;
  for (const key of path) {
    const next = Object.hasOwn(place, key) ? place[key] : (place[key] = {});
    if (!isRecord(next)) return false;
    place = next;
  }
  if (Object.hasOwn(place, last)) return false;
  place[last] = value;
  return true;
}

/** Joins form values with an action's own payload, which is never changed and never overwritten. */
export function mergePayload(payload: unknown, values: FieldValues): Merged {
  if (values.size === 0 || (payload !== null && payload !== undefined && !isRecord(payload))) {
    const own = isRecord(payload) ? payload : undefined;
    return { payload: own ?? (payload as Record<string, unknown> | undefined), collisions: values.size === 0 ? [] : [...values.keys()] };
  }
  const merged = structuredClone(payload ?? {});
  const collisions = [...values].filter(([name, value]) => !put(merged, name, value)).map(([name]) => name);
  return { payload: merged, collisions };
}
