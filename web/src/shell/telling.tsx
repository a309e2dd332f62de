/** What is told to who does not see it: how a turn ended, which thread is open, what came that is no text. */
import { useEffect, useRef } from 'preact/hooks';
import type { Conversation } from '../core/conversation';
import type { Phase } from '../core/conversation-types';
import { indexOf } from '../core/fold';
import type { ThreadItem } from '../core/protocol.generated';
import { format } from '../locales';
import { useMessages, useShell, type Shell } from '../state/context';
import { wordsFor } from './items/words';
import { keepFocus } from './kept-focus';

interface Seen {
  readonly conversation: Conversation;
  readonly phase: Phase;
  readonly items: readonly ThreadItem[];
}

/** Shows nothing; tells what becomes of the conversation on show, and that it is another one. Keeps the focus in `root`. */
export function Telling({ root }: { root: { readonly current: HTMLElement | null } }): null {
  const shell = useShell();
  const { store, announcer } = shell;
  const messages = useMessages();
  const conversation = store.conversation.value;
  const phase = store.phase.value;
  const rows = store.rows.value;
  const seen = useRef<Seen | null>(null);
  useEffect(() => (root.current === null ? undefined : keepFocus(root.current, () => shell.composer.focus())), [shell, root]);
  useEffect(() => {
    const before = seen.current;
    const { items } = conversation.state;
    seen.current = { conversation, phase, items };
    if (before === null || phase === 'loading') return;
    if (before.conversation !== conversation || before.phase === 'loading') {
      if (!store.unavailable.peek()) announcer.say(openedWords(shell, conversation.id));
      return;
    }
    for (const item of newer(before.items, items)) tellOf(shell, item, phase);
    // A failure is an alert, which is read out by itself.
    if (before.phase === 'responding' && phase !== 'responding') announcer.finish(endWords(shell, conversation, phase));
  }, [shell, store, announcer, messages, conversation, phase, rows]);
  return null;
}

function openedWords({ store, messages }: Shell, id: string | null): string {
  const { thread, history, header } = messages.peek();
  return id === null ? header.newChat : format(thread.opened, { title: store.thread.peek()?.title ?? history.untitled });
}

function endWords({ announcer, messages }: Shell, { outcome, acting }: Conversation, phase: Phase): string {
  const { done, acted, stopped } = messages.peek().thread;
  if (outcome !== 'done') return outcome === 'stopped' ? stopped : '';
  if (phase !== 'idle') return '';
  return acting && !announcer.hearing ? acted : done;
}

/** Those that came at the end. Others are older ones, or take the place of what was there. */
function newer(before: readonly ThreadItem[], now: readonly ThreadItem[]): readonly ThreadItem[] {
  const from = now.findLastIndex((item) => indexOf(before, item.id) >= 0) + 1;
  return now.slice(from);
}

/** Says what came. The text of an answer is read out as it comes (`store.ts`), unless it came all at once. */
function tellOf(shell: Shell, item: ThreadItem, phase: Phase): void {
  if (item.type === 'user_message') return;
  if (item.type === 'assistant_message') {
    if (phase === 'idle' && !shell.announcer.hearing) for (const { text } of item.content) shell.announcer.say(text);
    return;
  }
  shell.announcer.say(wordsFor(item, shell));
}
