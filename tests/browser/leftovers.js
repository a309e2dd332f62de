/**
 * Counts what code leaves behind on things that outlive it: listeners, observers, intervals. Runs before the code itself; used
 * by tests in a browser and in Node.
 *
 * `leftovers.held()` is everything that is held now, as lines; nodes that are nowhere on the page hold nothing.
 */
'use strict';

{
  /** By target: listeners by what tells them apart. */
  const listening = new Map();
  const observers = new Set();
  const intervals = new Map();

  const nameOf = (target) => target === globalThis.window ? 'window' : target instanceof Node ? target.nodeName.toLowerCase() : target.constructor.name;
  const capture = (options) => (typeof options === 'object' ? options?.capture === true : options === true);
  const numbers = new WeakMap();
  let count = 0;
  const numberOf = (listener) => numbers.get(listener) ?? (numbers.set(listener, (count += 1)), count);
  const keyOf = (type, listener, options) => `${type} ${capture(options)} ${numberOf(listener)}`;

  const { addEventListener, removeEventListener } = EventTarget.prototype;
  const remove = (target, key) => {
    const known = listening.get(target);
    known?.delete(key);
    if (known?.size === 0) listening.delete(target);
  };
  EventTarget.prototype.addEventListener = function (type, listener, options) {
    const target = this ?? globalThis;
    if (listener != null && !(options?.signal?.aborted === true)) {
      const key = keyOf(type, listener, options);
      const known = listening.get(target) ?? new Map();
      listening.set(target, known.set(key, type));
      if (options?.once === true) addEventListener.call(target, type, () => remove(target, key), { once: true, capture: capture(options) });
      if (options?.signal != null) addEventListener.call(options.signal, 'abort', () => remove(target, key), { once: true });
    }
    return addEventListener.call(target, type, listener, options);
  };
  EventTarget.prototype.removeEventListener = function (type, listener, options) {
    const target = this ?? globalThis;
    if (listener != null) remove(target, keyOf(type, listener, options));
    return removeEventListener.call(target, type, listener, options);
  };

  for (const name of ['ResizeObserver', 'IntersectionObserver', 'MutationObserver']) {
    const Original = globalThis[name];
    if (typeof Original !== 'function') continue;
    globalThis[name] = class extends Original {
      observe(...args) {
        observers.add(this);
        return super.observe(...args);
      }
      disconnect() {
        observers.delete(this);
        return super.disconnect();
      }
      get called() {
        return name;
      }
    };
  }

  const { setInterval: start, clearInterval: stop } = globalThis;
  globalThis.setInterval = (...args) => {
    const id = start.apply(globalThis, args);
    intervals.set(id, true);
    return id;
  };
  globalThis.clearInterval = (id) => {
    intervals.delete(id);
    stop.call(globalThis, id);
  };

  const outlives = (target) => !(target instanceof Node) || target.isConnected;
  globalThis.leftovers = {
    held() {
      const heard = [...listening].filter(([target]) => outlives(target) && !(target instanceof AbortSignal)).flatMap(([target, types]) => [...types.values()].map((type) => `${nameOf(target)}: ${type}`));
      return [...heard, ...[...observers].map((each) => each.called), ...[...intervals].map(() => 'interval')].sort();
    },
  };
}
