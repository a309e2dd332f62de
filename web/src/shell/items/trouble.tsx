/** Why an answer has to wait: the connection is lost, or another tab runs the tool that it needs. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Trouble } from '../../core/conversation-types';
import { format } from '../../locales';
import { useMessages, useShell } from '../../state/context';
import { Button } from '../../ui/button';
import { nameOf } from './others';

/** One quiet line, in the place of the progress. It is said once, not at each attempt. */
export function TroubleRow({ trouble: { kind, name = '', tryNow } }: { trouble: Trouble }): JSX.Element {
  const { announcer } = useShell();
  const { thread, tool } = useMessages();
  const text = kind === 'line' ? thread.reconnecting : format(tool.elsewhere, { name: nameOf(name) });
  useEffect(() => announcer.say(text), [announcer, text]);
  return (
    <div class="progress trouble" part="trouble">
      <span class="spinner" />
      <span>{text}</span>
      {tryNow !== undefined && <Button onClick={tryNow} part="try-now-button">{thread.tryNow}</Button>}
    </div>
  );
}
