/** assistant-ui from its primitives, every message mounted, as its Thread page shows. */
import { ThreadPrimitive } from '@assistant-ui/react';
import type { JSX } from 'react';
import { AssistantMessage, Composer, contestantOf, UserMessage } from './assistant-ui-store';

export default contestantOf((): JSX.Element => (
  <ThreadPrimitive.Root className="frame">
    <ThreadPrimitive.Viewport className="scroller">
      <ThreadPrimitive.Messages>{({ message }) => (message.role === 'user' ? <UserMessage /> : <AssistantMessage />)}</ThreadPrimitive.Messages>
    </ThreadPrimitive.Viewport>
    <Composer />
  </ThreadPrimitive.Root>
));
