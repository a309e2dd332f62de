import './builtin';

export { Children, registerWidget } from './registry';
export { FieldCollisionError } from './scope';
export type { ActionConfig, WidgetHost, WidgetNode, WidgetRenderer, WidgetRoot } from './types';
export { WidgetView } from './WidgetView';
