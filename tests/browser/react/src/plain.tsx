/** A page with the component of our own and nothing but properties. What the page knows of the thread is at `plain.props`. */
import { ChatKit, type ChatKitProps } from '@open-chatkit/react';
import '@open-chatkit/react/styles.css';
import { StrictMode } from 'react';
import { createRoot, type Root } from 'react-dom/client';

let root: Root | null = null;

const plain = {
  props: {} as Record<string, unknown>,
  /** What handlers were called with. */
  calls: [] as [name: string, detail: unknown][],

  /** Renders with these properties; a thread that the chat changes to is given back to it, as pages do that keep it. */
  show(props: Record<string, unknown>): void {
    plain.props = props;
    root ??= createRoot(document.getElementById('app')!);
    const given = {
      onThreadChange: ({ threadId }: { threadId: string | null }) => {
        plain.calls.push(['onThreadChange', threadId]);
        plain.show({ ...plain.props, threadId });
      },
      onError: ({ error }: { error: Error }) => plain.calls.push(['onError', error.message]),
      ...props,
    } as unknown as ChatKitProps;
    root.render(<StrictMode><ChatKit {...given} /></StrictMode>);
  },
};

declare global {
  interface Window {
    plain: typeof plain;
  }
}
window.plain = plain;

/** What has to compile; nothing of this is run. */
export const compiles = [
  <ChatKit key="1" apiUrl="/chatkit" threadId={null} placeholder="Ask" className="chat" style={{ height: 400 }} onClick={() => undefined} />,
  <ChatKit key="2" apiUrl="/chatkit" theme="system" locale="de" options={{ history: { enabled: false } }} onThreadChange={({ threadId }) => threadId?.length} />,
  // @ts-expect-error -- the server's address or a control is needed
  <ChatKit key="3" placeholder="Ask" />,
];
