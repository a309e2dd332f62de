/**
 * Select: a combobox with a list of options, after the ARIA pattern "select-only combobox"; with many options the list has
 * a search field, which is the combobox then. Focus stays on one element, the active option is pointed at.
 */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../icons';
import { asAction } from './actions';
import { Spinner } from './Button';
import { controlClasses, useField } from './field';
import type { Entered } from './form';
import { useLabelling, type Labelling } from './labels';
import { optionsOf, type Option } from './options';
import { usePopup, type Placement } from '../ui/popup';
import { useAction, useScope } from './scope';
import type { WidgetNode } from './types';
import * as v from '../ui/values';
import { composing } from '../ui/keys';

/** With more options than this the list gets a search field, unless the server said otherwise. */
const SEARCH_FROM = 15;
const PLACEMENT: Placement = { side: 'bottom', align: 'start', wide: true, maxHeight: 320 };

export function isSearchable(node: WidgetNode, options: readonly Option[]): boolean {
  return typeof node['searchable'] === 'boolean' ? node['searchable'] : options.length > SEARCH_FROM;
}

/** Options whose label or description contains all words of the query, without regard to case and accents. */
export function matching(options: readonly Option[], query: string): Option[] {
  const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase();
  const words = plain(query).split(/\s+/).filter(Boolean);
  return options.filter((option) => {
    const text = plain(`${option.label} ${option.description}`);
    return words.every((word) => text.includes(word));
  });
}

/** The next option that can be chosen, from `from` in steps of `step`; `from` itself when there is none. */
export function nextEnabled(options: readonly Option[], from: number, step: 1 | -1): number {
  for (let at = from + step; at >= 0 && at < options.length; at += step) if (!options[at]?.disabled) return at;
  return from;
}

export interface Choice {
  value: string | null;
  /** the same; an action fired right after a choice reads it here rather than from the last render */
  readonly current: { readonly current: string | null };
  choose: (value: Entered) => void;
}

/** A chosen value that no native control holds. */
export function useChoice(given: string | null): Choice {
  const [value, setValue] = useState(given);
  const current = useRef(value);
  const choose = (next: Entered): void => {
    current.current = typeof next === 'string' ? next : null;
    setValue(current.current);
  };
  return { value, current, choose };
}

export function Select({ node }: { node: WidgetNode }): JSX.Element {
  const name = v.text(node['name']);
  const options = optionsOf(node['options']);
  const action = asAction(node['onChangeAction']);
  const { fire, busy } = useAction();
  const given = v.text(node['defaultValue']) || null;
  const { value, current, choose } = useChoice(given);
  const [open, setOpen] = useState(false);
  const trigger = useRef<HTMLButtonElement>(null);
  const field = useField({ node, name, given }, { read: () => current.current, focus: () => trigger.current?.focus(), show: choose });
  const messages = field.scope.host.messages.widgets;
  const placeholder = v.text(node['placeholder']) || messages.choose;
  const labelling = useLabelling(name, v.text(node['placeholder']));
  const selected = options.find((option) => option.value === value);
  const clearable = node['clearable'] === true && value !== null && node['disabled'] !== true;
  const listId = `${field.id}-list`;

  const change = (next: string | null): void => {
    setOpen(false);
    trigger.current?.focus();
    if (next === value) return;
    choose(next);
    const restore = field.changed(next);
    if (action) void fire(action, 'change', [name, next], restore);
  };
  const popup = usePopup(open, PLACEMENT, () => setOpen(false));
  const classes = ['w-select-frame', node['block'] === true && 'w-block', clearable && 'w-clearable'].filter(Boolean).join(' ');
  const keys = useListKeys({ options, selected, open, setOpen, change, active: true });
  const searchable = isSearchable(node, options);
  const valueId = `${field.id}-value`;
  const naming = labelling['aria-labelledby'] === undefined ? labelling : { 'aria-labelledby': `${labelling['aria-labelledby']} ${valueId}` };

  return (
    <div class={classes} ref={popup.anchor as { current: HTMLDivElement | null }}>
      <button {...naming} ref={trigger} id={field.id} type="button" class={controlClasses(node, 'w-select')} role="combobox" aria-haspopup="listbox" aria-expanded={open}
        aria-controls={open ? listId : undefined} aria-activedescendant={open && !searchable ? keys.activeId(listId) : undefined}
        disabled={node['disabled'] === true} aria-disabled={busy || undefined} onClick={() => setOpen(!open && !busy)}
        onKeyDown={busy || (searchable && open) ? undefined : keys.onKeyDown}>
        <span class={selected ? 'w-select-value' : 'w-select-value w-select-empty'} id={valueId} dir="auto">{selected?.label ?? placeholder}</span>
        {busy ? <Spinner /> : <Icon name="chevron-down" />}
      </button>
      {clearable && !busy && (
        <button type="button" class="w-clear" aria-label={messages.clear} onClick={() => change(null)}><Icon name="close" /></button>
      )}
      {open && (
        <div class="w-popup" popover="manual" ref={popup.layer}>
          {searchable
            ? <SearchableList options={options} selected={selected} listId={listId} labelling={labelling} change={change} close={() => { setOpen(false); trigger.current?.focus(); }} />
            : <OptionList options={options} selected={selected} listId={listId} labelling={labelling} active={keys.active} hover={keys.setActive} change={change} />}
        </div>
      )}
    </div>
  );
}

interface ListKeys {
  active: number;
  setActive: (index: number) => void;
  activeId: (listId: string) => string | undefined;
  onKeyDown: (event: KeyboardEvent) => void;
}

interface ListKeysInput {
  options: readonly Option[];
  selected: Option | undefined;
  open: boolean;
  setOpen: (open: boolean) => void;
  change: (value: string) => void;
  /** typing letters jumps to options */
  active: boolean;
}

const TYPED_FOR_MS = 700;

/** Keyboard of an option list: arrows, Home, End, Enter, Space, Escape, Tab, and letters. */
function useListKeys({ options, selected, open, setOpen, change, active: jumps }: ListKeysInput): ListKeys {
  const [active, setActive] = useState(-1);
  const typed = useRef({ text: '', at: -Infinity });
  useEffect(() => {
    if (open) setActive(selected ? options.indexOf(selected) : nextEnabled(options, -1, 1));
  }, [open]);

  const jump = (letter: string): void => {
    const now = performance.now();
    typed.current = { text: now - typed.current.at < TYPED_FOR_MS ? typed.current.text + letter : letter, at: now };
    const text = typed.current.text.toLocaleLowerCase();
    const start = typed.current.text.length === 1 ? active + 1 : Math.max(0, active);
    const order = [...options.slice(start), ...options.slice(0, start)];
    const found = order.find((option) => !option.disabled && option.label.toLocaleLowerCase().startsWith(text));
    if (found) setActive(options.indexOf(found));
  };
  const accept = (): void => {
    const option = options[active];
    if (option && !option.disabled) change(option.value);
  };
  const whenOpen: Readonly<Record<string, () => void>> = {
    ArrowDown: () => setActive(nextEnabled(options, active, 1)),
    ArrowUp: () => setActive(nextEnabled(options, active, -1)),
    Home: () => setActive(nextEnabled(options, -1, 1)),
    End: () => setActive(nextEnabled(options, options.length, -1)),
    Enter: accept,
    Escape: () => setOpen(false),
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (composing(event) || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Tab') {
      if (open) setOpen(false);
      return;
    }
    const isLetter = jumps && event.key.length === 1 && (event.key !== ' ' || performance.now() - typed.current.at < TYPED_FOR_MS);
    const handler = open ? (event.key === ' ' && !isLetter && jumps ? accept : whenOpen[event.key]) : undefined;
    const opens = !open && ['ArrowDown', 'ArrowUp', 'Enter', ' '].includes(event.key);
    if (!handler && !opens && !isLetter) return;
    event.preventDefault();
    event.stopPropagation();
    if (handler) handler();
    else {
      setOpen(true);
      if (isLetter) jump(event.key);
    }
  };
  return { active, setActive, activeId: (listId) => (active >= 0 ? `${listId}-${active}` : undefined), onKeyDown };
}

interface OptionListProps {
  options: readonly Option[];
  selected: Option | undefined;
  listId: string;
  labelling: Labelling;
  active: number;
  hover: (index: number) => void;
  change: (value: string) => void;
}

function OptionList({ options, selected, listId, labelling, active, hover, change }: OptionListProps): JSX.Element {
  const list = useRef<HTMLUListElement>(null);
  useLayoutEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  return (
    <ul {...labelling} class="w-options" role="listbox" id={listId} ref={list} tabIndex={-1}>
      {options.map((option, index) => (
        <li key={option.value} id={`${listId}-${index}`} class={index === active ? 'w-option w-active' : 'w-option'} role="option" aria-selected={option === selected}
          aria-disabled={option.disabled || undefined} onPointerMove={() => { if (!option.disabled && index !== active) hover(index); }}
          onPointerDown={(event) => event.preventDefault()} onClick={() => { if (!option.disabled) change(option.value); }}>
          <span class="w-option-text" dir="auto">
            {option.label}
            {option.description && <span class="w-option-description">{option.description}</span>}
          </span>
          <Icon name="check" />
        </li>
      ))}
    </ul>
  );
}

interface SearchableProps extends Omit<OptionListProps, 'active' | 'hover'> {
  close: () => void;
}

function SearchableList({ options, selected, listId, labelling, change, close }: SearchableProps): JSX.Element {
  const [query, setQuery] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const found = matching(options, query);
  const keys = useListKeys({ options: found, selected, open: true, setOpen: close, change, active: false });
  const messages = useScope().host.messages.widgets;
  // After the layer is shown: what is not shown takes no focus.
  useEffect(() => input.current?.focus({ preventScroll: true }), []);
  useEffect(() => {
    if (query) keys.setActive(nextEnabled(found, -1, 1));
  }, [query]);
  return (
    <>
      <div class="w-search">
        <Icon name="search" />
        <input ref={input} type="text" role="combobox" data-no-submit="" aria-label={messages.search} aria-expanded aria-controls={listId} aria-autocomplete="list" autocomplete="off"
          aria-activedescendant={keys.activeId(listId)} placeholder={messages.search} value={query} onInput={(event) => setQuery(event.currentTarget.value)}
          onKeyDown={keys.onKeyDown} />
      </div>
      <OptionList options={found} selected={selected} listId={listId} labelling={labelling} active={keys.active} hover={keys.setActive} change={change} />
      {found.length === 0 && <p class="w-no-match" role="status">{messages.noMatches}</p>}
    </>
  );
}
