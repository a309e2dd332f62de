/** The widget renderers are a chunk of their own: a chat without widgets never waits for them. */
import { Lazy } from './lazy';

const lazy = new Lazy(() => import('../widgets'));

/** The renderers once they are there. */
export const widgets = lazy.module;

/** Fetches the renderers; again after a failure, the next time somebody asks. */
export function loadWidgets(failed: (error: unknown) => void): void {
  lazy.load().catch(failed);
}
