import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../icons';

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
