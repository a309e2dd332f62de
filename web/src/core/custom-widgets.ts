/** Widget components of the page's own. They are registered by type, before or after a widget with them is on show. */

/** What a renderer may ask of the chat. */
export interface CustomWidgetHost {
  /** Runs a widget action with the values of the form around; false when it was refused or failed, which the chat has shown. */
  runAction(action: { type: string; payload?: Record<string, unknown>; handler?: 'server' | 'client'; loadingBehavior?: 'auto' | 'none' | 'self' | 'container'; streaming?: boolean }): Promise<boolean>;
  readonly locale: string;
  readonly colorScheme: 'light' | 'dark';
}

/** The component's fields as they came from the server: data, not to be trusted. */
export type CustomWidgetProps = Readonly<Record<string, unknown>>;

/** An element that lives on: `update` gets new fields, `destroy` is called when it goes. */
export interface CustomWidget {
  element: HTMLElement;
  update?(props: CustomWidgetProps): void;
  destroy?(): void;
}

/** Makes the element of a component. With a bare element, one with other fields is made anew. */
export type CustomWidgetRenderer = (props: CustomWidgetProps, host: CustomWidgetHost) => HTMLElement | CustomWidget;

const renderers = new Map<string, CustomWidgetRenderer>();
const listeners = new Set<() => void>();

export function registerCustomWidget(type: string, renderer: CustomWidgetRenderer): void {
  if (typeof type !== 'string' || type === '') throw new Error('registerWidget takes the type of a component: a string that is not empty.');
  if (typeof renderer !== 'function') throw new Error(`registerWidget("${type}", …) takes a function that makes an element.`);
  renderers.set(type, renderer);
  for (const listener of listeners) listener();
}

export function customWidget(type: string): CustomWidgetRenderer | undefined {
  return renderers.get(type);
}

/** Calls back after each registration; the result ends that. */
export function onCustomWidget(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
