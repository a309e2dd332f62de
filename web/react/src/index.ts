/**
 * `<ChatKit>` and `useChatKit` for React: as OpenAI's package has them, and with plain properties.
 *
 *     <ChatKit apiUrl="/chatkit" threadId={thread} placeholder="Ask about orders" onThreadChange={({ threadId }) => setThread(threadId)} />
 *
 * The script `/chatkit.js` belongs into the page; it may come before or after React.
 */
export type * from '@openai/chatkit';
export { ChatKit, type ChatKitProps, type PlainProps } from './ChatKit.js';
export type { ChatKitEventHandlers } from './events.js';
export { useChatKit, type ChatKitControl, type ChatKitMethods, type Options, type Transport, type UseChatKitOptions, type UseChatKitReturn } from './use-chatkit.js';
