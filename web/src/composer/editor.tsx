import type { JSX } from 'preact';
import { useEffect, useId, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { useFocusRequests } from './composer';
import { composing, enterHint, sends } from '../ui/keys';
import { useMessages, useShell } from '../state/context';
import { Editing } from './editing';
import { editable } from './field';
import { Suggesting } from './suggesting';
import { Suggestions } from './suggestions';

/** A text field with tags in its text, and suggestions for `@` and `/`. */
export function Editor({ placeholder, disabled, onSend }: { placeholder: string; disabled: boolean; onSend: () => void }): JSX.Element {
  const shell = useShell();
  const { composer: model, options } = shell;
  const { composer: messages } = useMessages();
  const field = useRef<HTMLDivElement>(null);
  const id = useId();
  const editing = useMemo(() => new Editing(model), [model]);
  const suggesting = useMemo(() => new Suggesting(shell, editing), [shell, editing]);
  editing.offered = { mentions: options.value?.entities.onTagSearch !== undefined, commands: options.value?.commands?.enabled === true };
  useLayoutEffect(() => {
    if (field.current === null) return undefined;
    const detach = editing.attach(field.current);
    const stop = suggesting.start();
    model.insert = (text) => editing.insertWord(text);
    return () => {
      detach();
      stop();
      model.insert = null;
    };
  }, [editing, suggesting, model]);
  const content = model.content.value;
  useLayoutEffect(() => editing.sync(content), [editing, content]);
  useFocusRequests(useMemo(() => ({ current: editing }), [editing]));
  // A field that takes no input cannot keep the focus either.
  useEffect(() => {
    if (disabled) field.current?.blur();
  }, [disabled]);

  const found = suggesting.found.value;
  const active = found === null || found.suggestions.length === 0 ? undefined : `${id}-${suggesting.active.value}`;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (composing(event)) return;
    if (found !== null && steer(suggesting, event)) {
      event.preventDefault();
      event.stopPropagation();
    } else if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'z') {
      event.preventDefault();
      if (event.shiftKey) editing.redo();
      else editing.undo();
    } else if (sends(event)) {
      event.preventDefault();
      onSend();
    }
  };
  return (
    <>
      <div
        ref={field} class="composer-field composer-rich" part="composer-input" dir="auto" role="textbox" aria-multiline aria-label={messages.label} aria-placeholder={placeholder}
        aria-autocomplete="list" aria-haspopup="listbox" aria-controls={found === null ? undefined : id} aria-activedescendant={active} aria-disabled={disabled}
        contentEditable={disabled ? false : editable()} tabIndex={disabled ? -1 : 0} data-placeholder={placeholder} enterkeyhint={enterHint()} spellcheck onKeyDown={onKeyDown}
      />
      {found !== null && <Suggestions id={id} form={field.current?.closest('form') ?? null} label={editing.trigger.value?.kind === '/' ? messages.commands : messages.mentions} suggesting={suggesting} found={found} />}
    </>
  );
}

/** What a key does while suggestions are shown; false when it does nothing there. */
function steer(suggesting: Suggesting, event: KeyboardEvent): boolean {
  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => suggesting.move(1),
    ArrowUp: () => suggesting.move(-1),
    Enter: () => suggesting.choose(),
    Tab: () => suggesting.choose(),
    Escape: () => suggesting.back(),
  };
  const choosing = event.key === 'Enter' || event.key === 'Tab';
  const none = (suggesting.found.peek()?.suggestions.length ?? 0) === 0;
  const handle = keys[event.key];
  if (handle === undefined || event.shiftKey || (choosing && none)) return false;
  handle();
  return true;
}
