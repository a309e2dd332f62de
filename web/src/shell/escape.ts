/** Escape stops an answer, unless there is something nearer for it to close. */
import type { Shell } from '../state/context';

/** Returns the way to end it. */
export function stopOnEscape(host: HTMLElement, root: ShadowRoot, shell: Shell): () => void {
  const listening = new AbortController();
  /** Something was open when the key went down; by now it may be closed. */
  let closes = false;
  host.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') closes = shell.historyOpen.peek() || root.querySelector(':popover-open') !== null;
  }, { capture: true, signal: listening.signal });
  host.addEventListener('keydown', (event) => {
    const { key, defaultPrevented, isComposing, altKey, ctrlKey, metaKey, shiftKey } = event;
    if (key !== 'Escape' || closes || defaultPrevented || isComposing || altKey || ctrlKey || metaKey || shiftKey) return;
    shell.chat.current.stop();
  }, { signal: listening.signal });
  return () => listening.abort();
}
