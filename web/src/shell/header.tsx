import type { JSX } from 'preact';
import { createElement } from 'preact';
import type { HeaderAction } from '../core/options';
import type { Messages } from '../locales';
import { IconButton } from '../ui/button';
import { useMessages, useShell } from '../state/context';

export function Header(): JSX.Element | null {
  const shell = useShell();
  const { header: messages, frame } = useMessages();
  const options = shell.options.value;
  if (options === null || options.header.enabled === false) return null;
  const { leftAction, rightAction, title } = options.header;
  const hasThread = shell.store.conversation.value.id !== null || shell.store.rows.value.length > 0;
  const text = title?.text ?? shell.store.thread.value?.title ?? (hasThread ? frame.title : messages.untitled);
  return (
    <header class="header" part="header">
      <slot name="header-start" />
      {leftAction && <IconButton icon={leftAction.icon} label={labelOf(leftAction, messages)} onClick={() => leftAction.onClick()} part="header-left-action" />}
      <div class="header-room">
        {createElement(`h${title?.level ?? 2}`, { class: title?.enabled === false ? 'hidden' : 'header-title', part: 'header-title' }, <span dir="auto">{text}</span>)}
      </div>
      <slot name="header-end" />
      {options.history.enabled !== false && (
        <IconButton icon="history" label={messages.history} onClick={() => shell.showHistory()} part="history-button" expanded={shell.historyOpen.value} />
      )}
      <IconButton icon="compose" label={messages.newChat} onClick={() => shell.openThread(null)} part="new-chat-button" disabled={!hasThread} />
      {rightAction && <IconButton icon={rightAction.icon} label={labelOf(rightAction, messages)} onClick={() => rightAction.onClick()} part="header-right-action" />}
    </header>
  );
}

type Words = Messages['header'];

/** What icons stand for, by how their names begin. The published types give actions no label. */
const meanings: readonly (readonly [beginning: RegExp, word: keyof Words])[] = [
  [/^(sidebar|menu|hamburger|open|collapse-(left|right)|double)/, 'menu'], [/^home/, 'home'], [/^back/, 'back'], [/^expand/, 'expand'], [/^collapse/, 'collapse'],
  [/^settings/, 'settings'], [/^dots/, 'more'], [/^share/, 'share'], [/^close/, 'close'], [/^light/, 'light'], [/^dark/, 'dark'], [/^history/, 'history'], [/^compose/, 'newChat'],
];

function labelOf({ icon, label }: HeaderAction, words: Words): string {
  return label ?? words[meanings.find(([beginning]) => beginning.test(icon))?.[1] ?? 'action'];
}
