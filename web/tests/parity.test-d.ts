/**
 * Compile-time proof that the element has the published interface. `implements` alone is not enough: methods are bivariant in
 * their parameters, so a method that takes less than it should would pass.
 */
import type { ChatKitEvents, ChatKitOptions, OpenAIChatKit } from '@openai/chatkit';
import type { OpenAIChatKitElement } from '../src/element';

// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- how equality of types is told
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Same<K extends keyof OpenAIChatKit & keyof OpenAIChatKitElement> = Equal<
  OpenAIChatKit[K] extends (...args: infer A) => infer R ? [A, R] : never,
  OpenAIChatKitElement[K] extends (...args: infer A) => infer R ? [A, R] : never
>;

/** Every method beyond those of any element, by name; a new one in the published types fails here. */
type Own = Exclude<keyof OpenAIChatKit, keyof HTMLElement>;
type Expected =
  | 'setOptions' | 'focusComposer' | 'setThreadId' | 'sendCustomAction' | 'sendUserMessage' | 'setComposerValue'
  | 'showHistory' | 'hideHistory' | 'fetchUpdates';

export const namesAreKnown: Equal<Own, Expected> = true;
export const parametersAreEqual: { [K in Expected]: Same<K> } = {
  setOptions: true,
  focusComposer: true,
  setThreadId: true,
  sendCustomAction: true,
  sendUserMessage: true,
  setComposerValue: true,
  showHistory: true,
  hideHistory: true,
  fetchUpdates: true,
};

// The whole of the options is taken, and an element is what the published types say an element is.
export const takesOptions = (element: OpenAIChatKitElement, options: ChatKitOptions): void => element.setOptions(options);
export const isPublished = (element: OpenAIChatKitElement): OpenAIChatKit => element;

/** Our own augmentation types the tag and its events without importing the package's. */
export function inThePage(): void {
  const element: OpenAIChatKit | null = document.querySelector('openai-chatkit');
  element?.addEventListener('chatkit.error', (event: ChatKitEvents['chatkit.error']) => event.detail.error.message);
  document.querySelector('open-chatkit')?.addEventListener('chatkit.message.sent', (event) => event.detail.item.id);
}
