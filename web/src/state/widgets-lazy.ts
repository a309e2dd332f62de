/** The widget renderers are a chunk of their own: a chat without widgets never waits for them. */
import { Lazy } from './lazy';

export const widgetRenderers = new Lazy(() => import('../widgets'), true);
