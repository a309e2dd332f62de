/** The widget renderers are a chunk of their own: a chat without widgets never waits for them. */
import { signal } from '@preact/signals';
import type * as Widgets from '../widgets';

type Module = typeof Widgets;

/** The renderers once they are there. */
export const widgets = signal<Module | null>(null);

let loading: Promise<void> | null = null;

/** Fetches the renderers; again after a failure, the next time somebody asks. */
export function loadWidgets(failed: (error: unknown) => void): void {
  loading ??= import('../widgets').then(
    (module) => void (widgets.value = module),
    (error: unknown) => {
      loading = null;
      failed(error);
    },
  );
}
