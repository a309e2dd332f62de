/** A notice, which the server says beside the conversation. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Notice } from '../../core/conversation-types';
import { Icon } from '../../icons';
import { format } from '../../locales';
import { useMessages, useShell } from '../../state/context';
import { IconButton } from '../../ui/button';
import { Markdown } from '../markdown';

const noticeIcons: Record<Notice['level'], string> = { info: 'info', warning: 'warning', danger: 'error' };

/** Notices that were on show: screen readers announce what comes to be with a live role, so that is for the first time only. */
const announced = new WeakSet<Notice>();

/** One notice. Its row can leave the page far from the view and come back. */
export function NoticeRow({ notice }: { notice: Notice }): JSX.Element {
  const { store } = useShell();
  const { notice: messages } = useMessages();
  const [role] = useState<'note' | 'status' | 'alert'>(() => (announced.has(notice) ? 'note' : notice.level === 'info' ? 'status' : 'alert'));
  useEffect(() => void announced.add(notice), [notice]);
  return (
    <div class={`notice notice-${notice.level}`} part="notice" role={role}>
      <Icon name={noticeIcons[notice.level]} size={18} label={messages[notice.level]} />
      <div class="notice-body">
        {notice.title !== null && <strong>{notice.title}</strong>}
        <Markdown text={notice.message ?? format(messages.tools, { names: notice.tools?.join(', ') ?? '' })} />
      </div>
      <IconButton size="sm" icon="close" label={messages.dismiss} onClick={() => store.conversation.peek().dismissNotice(notice.id)} />
    </div>
  );
}
