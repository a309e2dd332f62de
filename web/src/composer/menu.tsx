/** A button with a menu of choices: arrows, Home, End and letters move, Escape and Tab leave, focus goes back to the button. */
import type { ComponentChildren, JSX } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../icons';
import { usePopup, type Placement, type PopupAlign } from '../ui/popup';

export interface Choice {
  readonly id: string;
  readonly label: string;
  readonly icon?: string | undefined;
  readonly description?: string | undefined;
  readonly disabled?: boolean | undefined;
}

export interface MenuProps {
  /** The button's name, also that of the menu. */
  label: string;
  button: string;
  part: string;
  choices: readonly Choice[];
  selected: string | null;
  onSelect: (id: string) => void;
  align?: PopupAlign;
  disabled?: boolean;
  children: ComponentChildren;
}

const height = 360;

export function Menu({ label, button, part, choices, selected, onSelect, align = 'start', disabled = false, children }: MenuProps): JSX.Element {
  const [open, setOpen] = useState(false);
  const trigger = useRef<HTMLButtonElement>(null);
  const id = useId();
  const placement: Placement = { side: 'top', align, wide: false, maxHeight: height };
  const { anchor, layer } = usePopup(open, placement, () => setOpen(false));
  // Not after the next frame: keys that are pressed in between would be lost.
  useLayoutEffect(() => {
    if (!open) return;
    const list = itemsOf(layer.current);
    (list.find((item) => item.getAttribute('aria-checked') === 'true') ?? list[0])?.focus();
  }, [open, layer]);
  const close = (): void => {
    setOpen(false);
    trigger.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Tab') {
      close();
      return;
    }
    if (event.key === 'Escape') close();
    else if (!move(itemsOf(layer.current), event)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onTriggerKey = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    setOpen(true);
  };
  return (
    <div class="menu" ref={anchor as { current: HTMLDivElement | null }}>
      <button
        ref={trigger} type="button" class={button} part={part} aria-label={label} title={label} aria-haspopup="menu" aria-expanded={open}
        aria-controls={open ? id : undefined} disabled={disabled} onClick={() => setOpen(!open)} onKeyDown={onTriggerKey}
      >
        {children}
      </button>
      {open && (
        <div class="menu-layer" popover="manual" ref={layer}>
          <ul id={id} class="menu-list" role="menu" aria-label={label} onKeyDown={onKeyDown}>
            {choices.map((choice) => (
              <li key={choice.id} role="none">
                <button
                  type="button" class="menu-item" role="menuitemradio" tabIndex={-1} aria-checked={choice.id === selected} aria-disabled={choice.disabled}
                  onPointerMove={(event) => event.currentTarget.focus({ preventScroll: true })}
                  onClick={() => {
                    if (choice.disabled === true) return;
                    close();
                    onSelect(choice.id);
                  }}
                >
                  {choice.icon !== undefined && <Icon name={choice.icon} size={18} />}
                  <span class="menu-text" dir="auto">
                    {choice.label}
                    {choice.description !== undefined && <span class="menu-description">{choice.description}</span>}
                  </span>
                  <span class="menu-check">{choice.id === selected && <Icon name="check" size={16} />}</span>
                </button>
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

function itemsOf(layer: HTMLElement | null): HTMLElement[] {
  return [...(layer?.querySelectorAll<HTMLElement>('[role=menuitemradio]') ?? [])];
}

/** Moves the focus among the items as the key says; false when the key says nothing. */
function move(items: readonly HTMLElement[], event: KeyboardEvent): boolean {
  const at = items.findIndex((item) => item.matches(':focus'));
  const last = items.length - 1;
  const targets: Readonly<Record<string, number>> = { ArrowDown: at === last ? 0 : at + 1, ArrowUp: at <= 0 ? last : at - 1, Home: 0, End: last };
  const target = targets[event.key];
  if (target !== undefined) {
    items[target]?.focus();
    return true;
  }
  if (event.key.length !== 1 || event.key === ' ' || event.ctrlKey || event.metaKey || event.altKey) return false;
  const letter = event.key.toLocaleLowerCase();
  const order = [...items.slice(at + 1), ...items.slice(0, at + 1)];
  order.find((item) => item.textContent.trim().toLocaleLowerCase().startsWith(letter))?.focus();
  return true;
}
