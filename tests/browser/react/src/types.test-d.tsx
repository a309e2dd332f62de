/** What has to compile for a user of the published packages; nothing of this is run. */
import type { OpenAIChatKit } from '@openai/chatkit';
import { ChatKit, useChatKit, type UseChatKitOptions, type UseChatKitReturn } from '@openai/chatkit-react';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const check = <T extends true>(..._: T[]): void => undefined;

type Handlers = Extract<keyof UseChatKitOptions, `on${string}`>;

/** `test_react.py` calls each of these; a newer package with more of them does not compile here. */
check<Equal<Handlers,
  | 'onClientTool' | 'onReady' | 'onError' | 'onEffect' | 'onDeeplink' | 'onResponseStart' | 'onResponseEnd' | 'onThreadChange'
  | 'onThreadLoadStart' | 'onThreadLoadEnd' | 'onToolChange' | 'onHistoryOpen' | 'onHistoryClose' | 'onLog'>>();

check<Equal<Exclude<keyof UseChatKitReturn, 'control' | 'ref'>,
  | 'focusComposer' | 'setThreadId' | 'sendUserMessage' | 'setComposerValue' | 'fetchUpdates' | 'sendCustomAction'
  | 'showHistory' | 'hideHistory'>>();

check<Equal<UseChatKitReturn['ref']['current'], OpenAIChatKit | null>>();

export function Hosted() {
  const { control } = useChatKit({ api: { getClientSecret: (current) => Promise.resolve(current ?? 'secret') } });
  return <ChatKit control={control} className="chat" style={{ height: 600 }} onClick={() => undefined} />;
}
