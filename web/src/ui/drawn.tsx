/** What the page's own code draws, inside of the chat. */
import type { ReadonlySignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { asError } from '../core/errors';
import { isDeepEqual } from '../core/merge';
import type { CustomWidget, OwnHost, OwnRender } from '../core/own-renderers';

type Render = OwnRender<never, never>;

interface Made {
  readonly render: Render;
  props: unknown;
  readonly drawn: CustomWidget<unknown>;
  readonly end: AbortController;
}

/** One place for it: what stands there, from its first props to its end. */
class Drawing {
  #made: Made | null = null;

  constructor(private readonly name: string, private readonly hostOf: (signal: AbortSignal) => OwnHost) {}

  /**
   * The element for the props: that which is there, brought up to date, or a new one; null when the page leaves it to the
   * chat. Throws what the page's code throws; nothing is there then.
   */
  show(render: Render, props: unknown): HTMLElement | null {
    const before = this.#made;
    if (before?.render === render) {
      if (isDeepEqual(before.props, props)) return before.drawn.element;
      if (before.drawn.update !== undefined) {
        before.props = props;
        before.drawn.update(props);
        return before.drawn.element;
      }
    }
    this.end();
    const end = new AbortController();
    try {
      const drawn = this.#draw(render, props, end.signal);
      if (drawn === null) {
        end.abort();
        return null;
      }
      this.#made = { render, props, drawn, end };
      return drawn.element;
    } catch (error) {
      end.abort();
      throw error;
    }
  }

  /** Throws what the page's code throws; it is over all the same. */
  end(): void {
    const made = this.#made;
    this.#made = null;
    made?.end.abort();
    made?.drawn.destroy?.();
  }

  #draw(render: Render, props: unknown, signal: AbortSignal): CustomWidget<unknown> | null {
    const result = (render as OwnRender<unknown, OwnHost>)(props, this.hostOf(signal));
    if (result === null) return null;
    const drawn = result instanceof HTMLElement ? { element: result } : result;
    if (!((drawn as Partial<typeof drawn> | undefined)?.element instanceof HTMLElement)) throw new Error(`The renderer of ${this.name} made no HTML element.`);
    return drawn;
  }
}

export interface Surroundings {
  readonly locale: string;
  readonly colorScheme: ReadonlySignal<'light' | 'dark'>;
  runAction: OwnHost['runAction'];
  /** What else a renderer may ask for, until the signal. */
  more?(signal: AbortSignal): object;
  failed(error: Error): void;
}

interface DrawnProps {
  /** For people who write renderers. */
  name: string;
  part: string;
  render: Render;
  props: unknown;
  around: Surroundings;
  /** In its place when the page leaves it to the chat. */
  otherwise?: JSX.Element | null;
}

export function Drawn({ name, part, render, props, around, otherwise = null }: DrawnProps): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const latest = useRef(around);
  latest.current = around;
  const [left, setLeft] = useState(false);
  const [changed] = useState(() => new Set<() => void>());
  const [drawing] = useState(() => new Drawing(name, (signal) => hostOf(() => latest.current, changed, signal)));
  // The page's code may throw: that ends this, and nothing else.
  const attempt = <T,>(run: () => T): T | null => {
    try {
      return run();
    } catch (error) {
      latest.current.failed(asError(error));
      return null;
    }
  };
  useLayoutEffect(() => {
    const element = attempt(() => {
      try {
        const shown = drawing.show(render, props);
        setLeft(shown === null);
        return shown;
      } catch (error) {
        attempt(() => drawing.end());
        throw error;
      }
    });
    if (element === null) place.current?.replaceChildren();
    else if (element.parentNode !== place.current) place.current?.replaceChildren(element);
  }, [render, props]);
  useChange(around, () => {
    for (const listener of changed) attempt(listener);
  });
  useEffect(() => () => attempt(() => drawing.end()), []);
  return (
    <>
      <div ref={place} part={part} hidden={left} />
      {left && otherwise}
    </>
  );
}

/** Calls back after the language or the colours have become others. */
function useChange({ locale, colorScheme }: Surroundings, tell: () => void): void {
  const now = `${locale} ${colorScheme.value}`;
  const before = useRef(now);
  useLayoutEffect(() => {
    if (before.current === now) return;
    before.current = now;
    tell();
  }, [now]);
}

function hostOf(now: () => Surroundings, changed: Set<() => void>, signal: AbortSignal): OwnHost {
  return {
    ...now().more?.(signal),
    signal,
    runAction: (action) => now().runAction(action),
    get locale() {
      return now().locale;
    },
    get colorScheme() {
      return now().colorScheme.peek();
    },
    subscribe(listener) {
      // One of its own, for a function that is given twice.
      const own = (): void => listener();
      const stop = (): void => void changed.delete(own);
      if (!signal.aborted) changed.add(own);
      signal.addEventListener('abort', stop, { once: true });
      return stop;
    },
  };
}

/** A name as it may stand in a part. */
export function partName(name: string): string {
  return name.replace(/[^\w-]+/g, '-');
}
