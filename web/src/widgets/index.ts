/** Widgets as the chat uses them. The whole module, styles included, is meant to be imported lazily. */
import './builtin';

export { Children, registerWidget } from './registry';
export { FieldCollisionError } from './scope';
export type { ActionConfig, WidgetHost, WidgetNode, WidgetProps, WidgetRenderer, WidgetRoot } from './types';
export { WidgetView } from './WidgetView';
