import type { JSX } from 'preact';
import { createElement } from 'preact';
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
      {leftAction && <IconButton icon={leftAction.icon} label={labelOf(leftAction.icon)} onClick={() => leftAction.onClick()} part="header-left-action" />}
      <div class="header-room">
        {createElement(`h${title?.level ?? 2}`, { class: title?.enabled === false ? 'hidden' : 'header-title', part: 'header-title', dir: 'auto' }, text)}
      </div>
      <slot name="header-end" />
      {options.history.enabled !== false && (
        <IconButton icon="history" label={messages.history} onClick={() => shell.showHistory()} part="history-button" expanded={shell.historyOpen.value} />
      )}
      <IconButton icon="compose" label={messages.newChat} onClick={() => shell.openThread(null)} part="new-chat-button" disabled={!hasThread} />
      {rightAction && <IconButton icon={rightAction.icon} label={labelOf(rightAction.icon)} onClick={() => rightAction.onClick()} part="header-right-action" />}
    </header>
  );
}

/** Header actions carry no label of their own; the icon's name in words is the best there is. */
function labelOf(icon: string): string {
  const words = icon.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
