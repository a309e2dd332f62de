/** assistant-ui with a virtual list, which its guide for very long threads asks the page to build. */
import { ThreadPrimitive, unstable_useThreadMessageIds as useMessageIds } from '@assistant-ui/react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useRef, type JSX } from 'react';
import { AssistantMessage, Composer, contestantOf, UserMessage } from './assistant-ui-store';

const components = { UserMessage, AssistantMessage };

function Rows(): JSX.Element {
  const ids = useMessageIds();
  const scroller = useRef<HTMLDivElement>(null);
  const list = useVirtualizer({
    count: ids.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 200,
    overscan: 5,
    getItemKey: (index) => ids[index] ?? index,
  });
  useLayoutEffect(() => {
    if (ids.length > 0) list.scrollToIndex(ids.length - 1, { align: 'end' });
  }, [list, ids.length]);
  return (
    <div ref={scroller} className="scroller">
      <div style={{ height: list.getTotalSize(), position: 'relative' }}>
        {list.getVirtualItems().map(({ key, index, start }) => (
          <div key={key} ref={list.measureElement} data-index={index} style={{ position: 'absolute', insetInline: 0, top: 0, transform: `translateY(${start}px)` }}>
            <ThreadPrimitive.Unstable_MessageById messageId={ids[index] ?? ''} components={components} />
          </div>
        ))}
      </div>
    </div>
  );
}

export default contestantOf((): JSX.Element => (
  <ThreadPrimitive.Root className="frame">
    <Rows />
    <Composer />
  </ThreadPrimitive.Root>
));
