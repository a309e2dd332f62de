import type { JSX } from 'preact';
import { Icon } from '../icons';
import { IconButton } from '../ui/button';
import { useMessages, useShell } from '../state/context';

/** What went wrong in the composer, until the user has seen it. */
export function Problem(): JSX.Element {
  const { composer: model } = useShell();
  const { composer: messages } = useMessages();
  const problem = model.problem.value;
  const dismiss = (): void => {
    model.problem.value = null;
    model.focus();
  };
  // The region is there before its text: only then is the text announced.
  return (
    <div class="composer-problem" part="composer-problem" role="alert" hidden={problem === null}>
      {problem !== null && (
        <>
          <Icon name="error" size={18} />
          <span dir="auto">{problem}</span>
          <IconButton size="sm" icon="close" label={messages.dismiss} onClick={dismiss} />
        </>
      )}
    </div>
  );
}
