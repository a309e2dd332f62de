/**
 * What became of the element's script, told on `window` as older guides expect it: `chatkit-script-loaded`, or
 * `chatkit-script-error` with a sentence as its detail. Who listens too late is told at once.
 */

export type ScriptEvent = 'chatkit-script-loaded' | 'chatkit-script-error';

const names: ReadonlySet<string> = new Set<ScriptEvent>(['chatkit-script-loaded', 'chatkit-script-error']);

/** The function that tells; one for each window, however often its page has the script. */
const key = Symbol.for('chatkit.script');

export type Tell = (name: ScriptEvent, detail?: string) => void;

export function scriptEvents(target: Window): Tell {
  const shared = target as Window & { [key]?: Tell | undefined };
  return (shared[key] ??= listenedTo(target));
}

/** Replaces the window's two methods for listeners: nothing else gets to know that somebody has come late. */
function listenedTo(target: Window): Tell {
  const add = target.addEventListener.bind(target);
  const remove = target.removeEventListener.bind(target);
  let told: CustomEvent<string | undefined> | null = null;
  /** Late, and not called yet. */
  const waiting = new Set<EventListenerOrEventListenerObject>();

  target.addEventListener = (type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | AddEventListenerOptions): void => {
    add(type, listener as EventListener, options);
    if (listener === null || !names.has(type) || told?.type !== type) return;
    const event = told;
    const { once, signal }: AddEventListenerOptions = typeof options === 'object' ? options : {};
    waiting.add(listener);
    queueMicrotask(() => {
      if (!waiting.delete(listener) || signal?.aborted === true) return;
      if (once === true) remove(type, listener as EventListener, options);
      if (typeof listener === 'function') listener.call(target, event);
      else listener.handleEvent(event);
    });
  };
  target.removeEventListener = (type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | EventListenerOptions): void => {
    remove(type, listener as EventListener, options);
    if (listener !== null && names.has(type)) waiting.delete(listener);
  };

  return (name, detail) => {
    told = new CustomEvent(name, { detail });
    target.dispatchEvent(told);
  };
}
