import type { JSX } from 'preact';
import { useEffect, useLayoutEffect } from 'preact/hooks';
import { Icon } from '../icons';
import { plural } from '../locales';
import { useMessages, useShell } from '../state/context';
import { usePopup, type Placement } from '../ui/popup';
import type { Found, Suggesting, Suggestion } from './suggesting';

const placement: Placement = { side: 'top', align: 'start', wide: true, maxHeight: 320 };

/** The list above the composer. The focus stays in the field, which says which entry is the active one. */
export function Suggestions({ id, form, label, suggesting, found }: { id: string; form: HTMLElement | null; label: string; suggesting: Suggesting; found: Found }): JSX.Element {
  const { announcer, locale } = useShell();
  const { composer: messages } = useMessages();
  // Beside the whole composer, not beside the field in it.
  const { layer } = usePopup(true, placement, () => suggesting.close(), form);
  const { status, suggestions } = found;
  const active = suggesting.active.value;
  useEffect(() => {
    if (status !== 'loading') announcer.say(suggestions.length === 0 ? messages.noResults : plural(locale.peek(), messages.results, suggestions.length));
  }, [announcer, locale, messages, status, suggestions]);
  useLayoutEffect(() => {
    layer.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [active, suggestions, layer]);
  return (
    <div class="menu-layer suggestions" part="suggestions" popover="manual" ref={layer} onPointerDown={(event) => event.preventDefault()}>
      <div id={id} role="listbox" aria-label={label} aria-busy={status === 'loading'}>
        {suggestions.map((suggestion, at) => (
          <Entry
            key={suggestion.id} id={`${id}-${at}`} suggestion={suggestion} active={at === active} onChoose={() => suggesting.choose(at)}
            onPoint={() => (suggesting.active.value = at)} first={suggestion.group !== undefined && suggestions[at - 1]?.group !== suggestion.group}
          />
        ))}
      </div>
      {suggestions.length === 0 && (
        <p class="suggestions-note">{status === 'loading' ? <><span class="spinner" />{messages.searching}</> : status === 'failed' ? messages.searchFailed : messages.noResults}</p>
      )}
    </div>
  );
}

interface EntryProps {
  id: string;
  suggestion: Suggestion;
  active: boolean;
  first: boolean;
  onChoose: () => void;
  onPoint: () => void;
}

function Entry({ id, suggestion: { title, description, icon, group }, active, first, onChoose, onPoint }: EntryProps): JSX.Element {
  return (
    <>
      {first && <div class="suggestion-group" role="presentation" dir="auto">{group}</div>}
      <div id={id} class="menu-item suggestion" role="option" aria-selected={active} onClick={onChoose} onPointerMove={active ? undefined : onPoint}>
        {icon !== undefined && <Icon name={icon} size={18} />}
        <span class="menu-text" dir="auto">
          {title}
          {description !== undefined && <span class="menu-description">{description}</span>}
        </span>
      </div>
    </>
  );
}
