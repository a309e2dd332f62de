import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useMessages, useShell } from '../state/context';
import { IconButton } from '../ui/button';
import { copyText } from '../ui/clipboard';

const shownFor = 2400;

/** Copies `text()`; shows and says that it did, or that it could not. */
export function CopyButton({ text }: { text: () => string }): JSX.Element {
  const { announcer } = useShell();
  const { message, widgets } = useMessages();
  const [copied, setCopied] = useState<boolean | null>(null);
  useEffect(() => {
    if (copied === null) return undefined;
    const timer = setTimeout(() => setCopied(null), shownFor);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async (): Promise<void> => {
    const done = await copyText(text());
    setCopied(done);
    announcer.say(done ? message.copied : widgets.copyFailed);
  };
  return (
    <>
      <IconButton size="sm" icon={copied ? 'check' : 'copy'} label={copied ? message.copied : message.copy} onClick={() => void copy()} part="copy-button" />
      {copied === false && <span class="small" aria-hidden="true">{widgets.copyFailed}</span>}
    </>
  );
}
