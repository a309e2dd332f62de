/** The element's events as handlers of a component. */
import type { ChatKitEvents } from '@openai/chatkit';

export const handlerOf = {
  'chatkit.ready': 'onReady',
  'chatkit.error': 'onError',
  'chatkit.effect': 'onEffect',
  'chatkit.deeplink': 'onDeeplink',
  'chatkit.response.start': 'onResponseStart',
  'chatkit.response.end': 'onResponseEnd',
  'chatkit.thread.change': 'onThreadChange',
  'chatkit.thread.load.start': 'onThreadLoadStart',
  'chatkit.thread.load.end': 'onThreadLoadEnd',
  'chatkit.tool.change': 'onToolChange',
  'chatkit.history.open': 'onHistoryOpen',
  'chatkit.history.close': 'onHistoryClose',
  'chatkit.log': 'onLog',
} as const satisfies Record<keyof ChatKitEvents, string>;

export type HandlerName = (typeof handlerOf)[keyof typeof handlerOf];

// eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- as the events have it
type Handler<E> = E extends CustomEvent<infer D> ? ([D] extends [undefined | void] ? () => void : (detail: D) => void) : never;

/** What a component is told; each gets the event's detail. */
export type ChatKitEventHandlers = { [K in keyof ChatKitEvents as (typeof handlerOf)[K]]?: Handler<ChatKitEvents[K]> };

export const handlerNames: ReadonlySet<string> = new Set(Object.values(handlerOf));

/** Tells the handlers, as they are when something happens, until the signal is given. */
export function tell(element: HTMLElement, handlers: () => ChatKitEventHandlers, signal: AbortSignal): void {
  for (const [name, handler] of Object.entries(handlerOf)) {
    element.addEventListener(name, (event) => {
      // Events of a chat inside this one's page, if there is such a thing, are not this one's.
      if (event.target !== element) return;
      (handlers()[handler] as ((detail: unknown) => void) | undefined)?.((event as CustomEvent).detail);
    }, { signal });
  }
}
