/** The line above a card or list: text with an icon or a site's small picture. */
import type { JSX } from 'preact';
import { Icon } from '../icons';
import { useScope } from './scope';
import { isRecord } from '../core/validate';
import * as v from '../ui/values';

export function Status({ value }: { value: unknown }): JSX.Element | null {
  const { host } = useScope();
  if (!isRecord(value) || v.text(value['text']) === '') return null;
  const icon = v.text(value['icon']);
  const favicon = v.text(value['favicon']);
  return (
    <div class="w-status">
      {favicon && host.allowImage(favicon) && (
        <img class={value['frame'] === true ? 'w-favicon w-frame' : 'w-favicon'} src={favicon} alt="" loading="lazy" decoding="async" referrerpolicy="no-referrer" />
      )}
      {icon && <Icon name={icon} />}
      <span class="w-status-text" dir="auto">{v.text(value['text'])}</span>
    </div>
  );
}
