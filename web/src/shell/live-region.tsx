import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useShell } from '../state/context';

/** Where the announcer writes. */
export function LiveRegion(): JSX.Element {
  const { announcer } = useShell();
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => (ref.current === null ? undefined : announcer.attach(ref.current)), [announcer]);
  return <div ref={ref} class="hidden" aria-live="polite" />;
}
