import type { ComponentType, JSX } from 'preact';
import { useErrorBoundary, useReducer } from 'preact/hooks';
import { asError } from '../core/errors';
import type { ThreadMemory } from '../core/memory';
import type { ThreadItem } from '../core/protocol.generated';
import { IconButton } from '../ui/button';
import { CopyButton } from './copy-button';
import { useMessages, useShell } from '../state/context';
import { details, type DetailType } from './details-lazy';
import { AssistantMessage } from './items/assistant';
import { isMessage } from './items/far';
import { UserMessage } from './items/user';
import { OwnActions, useOwnActions } from './own-actions';
import type { Row } from '../state/rows';
import { useLazy } from '../state/lazy';
import { MissingPart } from './status';

/** What stands in a row: its item, and the buttons of the turn that ends with it. */
export function RowView({ row }: { row: Row }): JSX.Element | null {
  const shell = useShell();
  // An item that cannot be shown must not take the others with it.
  const broken: unknown = useErrorBoundary((error: unknown) => shell.chat.error(asError(error)))[0];
  const item = shell.store.item(row.id)?.value;
  if (item === undefined || broken !== undefined) return null;
  return (
    <>
      <Item item={item} />
      {row.turn !== null && <TurnActions row={row} turn={row.turn} />}
    </>
  );
}

function Item({ item }: { item: ThreadItem }): JSX.Element {
  const others = useLazy(details, !isMessage(item));
  if (item.type === 'user_message') return <UserMessage item={item} />;
  if (item.type === 'assistant_message') return <AssistantMessage item={item} />;
  if (others === null) return details.missing.value ? <MissingPart /> : <div class="row-loading" />;
  return <others.OwnOr item={item} BuiltIn={others.renderers[item.type as DetailType] as ComponentType<{ item: ThreadItem }>} />;
}

type Rating = 'positive' | 'negative';

/** What this answer was rated here. */
function useRating(memory: ThreadMemory, id: string): [Rating | null, (rating: Rating | null) => void] {
  const ratings = memory.remembered('ratings', () => new Map<string, Rating | null>());
  const [, render] = useReducer((count: number) => count + 1, 0);
  const set = (rating: Rating | null): void => {
    ratings.set(id, rating);
    render(undefined);
  };
  return [ratings.get(id) ?? null, set];
}

/** Copy, retry and feedback for a whole answer. */
function TurnActions({ row, turn }: { row: Row; turn: readonly string[] }): JSX.Element | null {
  const shell = useShell();
  const { message: messages } = useMessages();
  const { feedback, retry } = shell.options.value?.threadItemActions ?? {};
  const items = turn.map((id) => shell.store.current(id)).filter((item) => item !== undefined);
  const text = items.map(textOf).filter((each) => each !== '').join('\n\n');
  const conversation = shell.store.conversation.value;
  const [given, setGiven] = useRating(conversation.memory, row.id);
  const rate = (kind: Rating): void => {
    const before = given;
    setGiven(kind);
    conversation.feedback(turn, kind).then(() => shell.announcer.say(messages.thanks), (error: unknown) => {
      setGiven(before);
      conversation.report(error);
    });
  };
  const asked = row.asked;
  const own = useOwnActions(row.id, true);
  if (text === '' && feedback !== true && retry !== true && !own) return null;
  return (
    <div class="row-actions" part="message-actions">
      {text !== '' && <CopyButton text={() => text} />}
      {feedback === true && <IconButton size="sm" icon="thumbs-up" label={messages.good} pressed={given === 'positive'} onClick={() => rate('positive')} />}
      {feedback === true && <IconButton size="sm" icon="thumbs-down" label={messages.bad} pressed={given === 'negative'} onClick={() => rate('negative')} />}
      {retry === true && asked !== null && shell.store.ending.value?.asked !== asked && <IconButton size="sm" icon="reload" label={messages.retry} disabled={shell.store.phase.value !== 'idle'} onClick={() => void conversation.retryAfter(asked)} />}
      {own && <OwnActions itemId={row.id} answer />}
    </div>
  );
}

function textOf(item: ThreadItem): string {
  if (item.type === 'assistant_message') return item.content.map((part) => part.text).join('\n\n');
  return item.type === 'widget' ? item.copy_text ?? '' : '';
}
