/** What the measuring process calls: the same for every contestant. */
import contestant from 'virtual:contestant';
import type { Message } from './contestant';

const host = document.querySelector<HTMLElement>('#host');
if (host === null) throw new Error('the page has no host');

let loaded: string[] = [];
let longest = 0;
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
}).observe({ type: 'longtask', buffered: true });

/** Milliseconds from each key press to the frame that follows it. */
let presses: number[] = [];
addEventListener('keydown', ({ timeStamp }) => void painted().then((now) => presses.push(now - timeStamp)), { capture: true });

/** When the next frame has been painted. */
function painted(): Promise<number> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve(performance.now());
      port2.postMessage(null);
    });
  });
}

/** How often an answer was brought up to date: changes of what is on show, those within half a frame as one. */
let updates = 0;

function countUpdates(): () => void {
  updates = 0;
  let last = -Infinity;
  const observer = new MutationObserver(() => {
    const now = performance.now();
    if (now - last < 8) return;
    last = now;
    updates += 1;
  });
  const root = contestant.root?.() ?? host;
  if (root !== null) observer.observe(root, { childList: true, characterData: true, subtree: true });
  return () => observer.disconnect();
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(5);
}

let prepared = false;

const bench = {
  /** What others have done before a page has the messages; once. */
  prepare(messages: readonly Message[]): void {
    if (!prepared) contestant.prepare?.(messages);
    prepared = true;
  },

  /** Mounts with `messages`; milliseconds until the newest of them is painted. */
  async open(messages: readonly Message[]): Promise<number> {
    bench.prepare(messages);
    const began = performance.now();
    await contestant.mount(host, messages);
    const last = messages[messages.length - 1]?.text.split('\n').pop()?.trim() ?? '';
    await until(() => bench.ready() && contestant.newest().includes(last));
    const took = (await painted()) - began;
    loaded = performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname);
    return took;
  },

  /** Paths of what had been loaded when the interface was painted first. */
  loaded: () => loaded,

  /**
   * Streams an answer at a steady pace. A contestant that keeps the page busy gets what is due all at once, as from a
   * connection. Milliseconds until all of it is on show.
   */
  async answer(deltas: readonly string[], perSecond: number, end: string): Promise<number> {
    const answer = await contestant.ask('Tell me everything about it.');
    const stop = countUpdates();
    const began = performance.now();
    for (let sent = 0; sent < deltas.length; await pause(0)) {
      const due = Math.min(deltas.length, Math.ceil(((performance.now() - began) / 1000) * perSecond));
      while (sent < due) answer.push(deltas[sent++] ?? '');
    }
    answer.end();
    while (!contestant.newest().includes(end)) await pause(50);
    stop();
    return (await painted()) - began;
  },

  /** How often the answer was brought up to date. */
  updates: () => updates,

  /** Focuses the field; false when there is none. */
  focus(): boolean {
    const field = contestant.field();
    field?.focus();
    return field !== null;
  },

  /** There is an interface to use: a field, or at least something. */
  ready: () => contestant.field() !== null || host.childElementCount > 0,

  /** The longest task so far in milliseconds, 0 when none took 50; begins anew. */
  takeLongest(): number {
    const found = longest;
    longest = 0;
    return found;
  },

  takePresses(): number[] {
    const found = presses;
    presses = [];
    return found;
  },
};

declare global {
  interface Window {
    bench: typeof bench;
  }
}
window.bench = bench;
