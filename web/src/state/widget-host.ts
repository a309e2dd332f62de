import { computed } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { asError, ChatKitError } from '../core/errors';
import type { ActionConfig } from '../core/protocol.generated';
import type { WidgetHost } from '../widgets';
import { useShell, type Shell } from './context';

/** What the widget of an item may do with the rest of the element. */
export function useWidgetHost(itemId: string): WidgetHost {
  const shell = useShell();
  const messages = shell.messages.value;
  const locale = shell.locale.value;
  return useMemo(() => ({
    runAction: (action, payload) => runAction(shell, itemId, action, payload),
    responding: computed(() => shell.store.phase.value !== 'idle'),
    allowImage: (url) => shell.allowImage(url),
    pictureRule: shell.pictureRule,
    colorScheme: shell.colorScheme,
    messages,
    locale,
    renderers: shell.renderers,
    reportError: (error) => shell.chat.error(error),
    log: (name, data) => shell.chat.log(name, data),
    remembered: (key, make) => shell.chat.current.memory.remembered(`${itemId} ${key}`, make),
    onDeepLink: (name, data) => shell.deepLink(name, data),
  }), [shell, itemId, messages, locale]);
}

async function runAction(shell: Shell, itemId: string, config: ActionConfig, payload: Record<string, unknown> | undefined): Promise<void> {
  const { current } = shell.chat;
  const action = payload === undefined ? { type: config.type } : { type: config.type, payload };
  if (config.handler === 'client') {
    await runOnPage(shell, itemId, action);
    return;
  }
  if (config.streaming === false) {
    try {
      await current.syncAction(action, itemId);
    } catch (error) {
      current.report(error);
      throw error;
    }
    return;
  }
  if (current.busy) throw new ChatKitError('The action has to wait until the answer is complete.', { code: 'busy' });
  await current.action(action, itemId);
}

async function runOnPage(shell: Shell, itemId: string, action: { type: string; payload?: Record<string, unknown> }): Promise<void> {
  const handler = shell.options.peek()?.widgets.onAction;
  const item = shell.store.current(itemId);
  if (handler === undefined || item?.type !== 'widget') {
    const error = new ChatKitError(`The action "${action.type}" is for the page, but the option widgets.onAction is not set.`, { code: 'options' });
    shell.chat.error(error);
    throw error;
  }
  try {
    await handler(action, { id: itemId, widget: item.widget });
  } catch (error) {
    shell.chat.error(asError(error));
    throw error;
  }
}
