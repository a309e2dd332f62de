/** What became of the last answer, when it did not come to its end, and the ways on. */
import type { JSX } from 'preact';
import type { Ending } from '../../core/conversation-types';
import { Icon } from '../../icons';
import { useMessages, useShell } from '../../state/context';
import { Button } from '../../ui/button';

/** At the end of the conversation. An answer of which nothing is there can only be asked for again. */
export function EndingRow({ ending }: { ending: Ending }): JSX.Element {
  const { store } = useShell();
  const { ending: messages, failure } = useMessages();
  const conversation = store.conversation.value;
  const { kind, asked } = ending;
  const isOpen = (store.thread.value?.status?.type ?? 'active') === 'active';
  const goOn = (): void => {
    conversation.send({ content: [{ type: 'input_text', text: messages.continue }], attachments: [], inference_options: {} }, []).catch(() => undefined);
  };
  return (
    <div class="ending" part="ending">
      <Icon name={kind === 'stopped' ? 'stop' : 'info'} size={16} />
      <span>{messages[kind]}</span>
      {isOpen && ending.begun && <Button onClick={goOn} part="continue-button">{messages.continue}</Button>}
      {isOpen && asked !== null && <Button onClick={() => void conversation.retryAfter(asked)} part="retry-button">{failure.retry}</Button>}
    </div>
  );
}
