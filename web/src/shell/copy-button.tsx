import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useMessages, useShell } from '../state/context';
import { IconButton } from '../ui/button';
import { copyText } from '../ui/clipboard';

const shownFor = 1600;

/** Copies `text()`; shows and says that it did. */
export function CopyButton({ text }: { text: () => string }): JSX.Element {
  const { announcer } = useShell();
  const { message } = useMessages();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), shownFor);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async (): Promise<void> => {
    await copyText(text());
    setCopied(true);
    announcer.say(message.copied);
  };
  return <IconButton size="sm" icon={copied ? 'check' : 'copy'} label={copied ? message.copied : message.copy} onClick={() => void copy()} part="copy-button" />;
}
