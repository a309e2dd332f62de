import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../icons';
import { useMessages, useShell } from './context';

export interface IconButtonProps {
  icon: string;
  label: string;
  onClick: () => void;
  part?: string;
  size?: 'sm' | 'md';
  disabled?: boolean;
  pressed?: boolean;
  expanded?: boolean;
}

/** A square button that shows an icon and is named by its label, which also shows as a tooltip. */
export function IconButton({ icon, label, onClick, part, size = 'md', disabled, pressed, expanded }: IconButtonProps): JSX.Element {
  return (
    <button
      type="button"
      class={`icon-button icon-button-${size}`}
      part={part ?? 'icon-button'}
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      aria-expanded={expanded}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon name={icon} size={size === 'sm' ? 16 : 20} />
    </button>
  );
}

export function Button({ children, onClick, kind = 'plain', part, disabled, autofocus }: {
  children: ComponentChildren;
  onClick: () => void;
  kind?: 'plain' | 'primary' | 'danger';
  part?: string;
  disabled?: boolean;
  autofocus?: boolean;
}): JSX.Element {
  const ref = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (autofocus) ref.current?.focus();
  }, [autofocus]);
  return (
    <button ref={ref} type="button" class={`button button-${kind}`} part={part ?? 'button'} disabled={disabled} onClick={onClick}>
      {children}
    </button>
  );
}

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

/** The clipboard needs a secure context; on others a hidden field and the older command still work. */
async function copyText(text: string): Promise<void> {
  if (window.isSecureContext) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const field = document.createElement('textarea');
  field.value = text;
  field.style.position = 'fixed';
  field.style.opacity = '0';
  document.body.append(field);
  field.select();
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way on an insecure origin
  document.execCommand('copy');
  field.remove();
}
