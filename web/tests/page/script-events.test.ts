import { beforeEach, describe, expect, test, vi } from 'vitest';
import { scriptEvents, type ScriptEvent, type Tell } from '../../src/page/script-events';
import { shows } from '../support/shows';

type Listening = Pick<Window, 'addEventListener' | 'removeEventListener'>;

/** A window of its own for each test: the real one keeps what it was told. */
function windowLike(): Window {
  return new EventTarget() as unknown as Window;
}

const outcomes: readonly (readonly [name: ScriptEvent, detail: string | undefined])[] = [
  ['chatkit-script-loaded', undefined],
  ['chatkit-script-error', 'assets/element.js was not there'],
];

describe.each(outcomes)('%s', (name, detail) => {
  let target: Listening;
  let tell: Tell;
  beforeEach(() => {
    const made = windowLike();
    target = made;
    tell = scriptEvents(made);
  });

  test('is told to who listens in time, once', shows('own:page.script-events'), async () => {
    const heard = vi.fn();
    target.addEventListener(name, heard);
    tell(name, detail);
    await Promise.resolve();
    expect(heard.mock.calls.map(([event]) => (event as CustomEvent).detail as unknown)).toEqual([detail ?? null]);
  });

  test('is told to who comes late, and only to them', async () => {
    const early = vi.fn();
    const late = vi.fn();
    const object = { handleEvent: vi.fn() };
    target.addEventListener(name, early);
    tell(name, detail);
    target.addEventListener(name, late);
    target.addEventListener(name, object, { once: true });
    await Promise.resolve();
    expect([early, late, object.handleEvent].map(({ mock }) => mock.calls.length)).toEqual([1, 1, 1]);
  });

  test('is not told to who left again at once, as a component does that mounts twice', async () => {
    const heard = vi.fn();
    const aborted = new AbortController();
    tell(name, detail);
    target.addEventListener(name, heard);
    target.removeEventListener(name, heard);
    target.addEventListener(name, heard, { signal: aborted.signal });
    aborted.abort();
    await Promise.resolve();
    expect(heard).not.toHaveBeenCalled();
  });

  test('leaves other listeners of the window as they are', () => {
    const heard = vi.fn();
    tell(name, detail);
    target.addEventListener('other', heard);
    (target as unknown as EventTarget).dispatchEvent(new Event('other'));
    target.removeEventListener('other', heard);
    (target as unknown as EventTarget).dispatchEvent(new Event('other'));
    expect(heard).toHaveBeenCalledTimes(1);
  });
});

test('a late listener hears what came last', async () => {
  const target = windowLike();
  const tell = scriptEvents(target);
  tell('chatkit-script-error', 'offline');
  scriptEvents(target)('chatkit-script-loaded');
  const [failed, loaded] = [vi.fn(), vi.fn()];
  target.addEventListener('chatkit-script-error', failed);
  target.addEventListener('chatkit-script-loaded', loaded);
  await Promise.resolve();
  expect([failed.mock.calls.length, loaded.mock.calls.length]).toEqual([0, 1]);
});
