/** What a chat does beside showing itself, and not before it has: Escape, printing, its title for the page, who looks at it. */
import { effect } from '@preact/signals';
import type { Emit } from '../core/chat';
import type { Conversation } from '../core/conversation';
import { presence } from '../core/presence';
import type { Shell } from '../state/context';
import { addStyles } from '../ui/late-styles';
import { printCss } from './print.css';

addStyles(printCss);

/** Begins all of it. Returns the way to end it. */
export function begin(host: HTMLElement, root: ShadowRoot, shell: Shell, emit: Emit): () => void {
  const listening = new AbortController();
  stopOnEscape(host, root, shell, listening.signal);
  printWhole(shell, listening.signal);
  tellPresence(listening.signal);
  const untitle = tellTitle(shell, emit);
  return () => {
    untitle();
    listening.abort();
  };
}

/** What Escape closes; older browsers have no popovers and do not know the name. */
const open = CSS.supports('selector(:popover-open)') ? ':popover-open' : '[aria-haspopup][aria-expanded=true]';

/** Escape stops an answer, unless there is something nearer for it to close. */
function stopOnEscape(host: HTMLElement, root: ShadowRoot, shell: Shell, signal: AbortSignal): void {
  /** Something was open when the key went down; by now it may be closed. */
  let closes = false;
  host.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') closes = shell.historyOpen.peek() || root.querySelector(open) !== null;
  }, { capture: true, signal });
  host.addEventListener('keydown', (event) => {
    const { key, defaultPrevented, isComposing, altKey, ctrlKey, metaKey, shiftKey } = event;
    if (key !== 'Escape' || closes || defaultPrevented || isComposing || altKey || ctrlKey || metaKey || shiftKey) return;
    shell.chat.current.stop();
  }, { signal });
}

/** Whether anybody looks; a page that was frozen, or without a connection, may have lost what it had. */
function tellPresence(signal: AbortSignal): void {
  const look = (): void => presence.tell(document.visibilityState === 'hidden' ? 'hidden' : 'shown');
  const wake = (): void => presence.tell('woken');
  look();
  document.addEventListener('visibilitychange', look, { signal });
  document.addEventListener('resume', wake, { signal });
  addEventListener('online', wake, { signal });
  // Out of the browser's cache of pages, with connections that are no more.
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) wake();
  }, { signal });
}

/** On paper all rows that are in hand are whole, in light colours. Browsers tell it by either of the two. */
function printWhole({ store }: Shell, signal: AbortSignal): void {
  const paper = matchMedia('print');
  const set = (printing: boolean) => () => void (store.printing.value = printing);
  addEventListener('beforeprint', set(true), { signal });
  addEventListener('afterprint', set(false), { signal });
  paper.addEventListener('change', () => set(paper.matches)(), { signal });
}

function tellTitle({ store }: Shell, emit: Emit): () => void {
  let told: { threadId: string | null; title: string | null } = { threadId: null, title: null };
  return effect(() => {
    const now = { threadId: store.conversation.value.id, title: store.thread.value?.title ?? null };
    if (now.threadId === told.threadId && now.title === told.title) return;
    told = now;
    emit('chatkit.thread.title', now);
  });
}

/** How often nothing may come, in a row: it failed, which is told where it stands, or the thread has just been refreshed. */
const mostInVain = 3;

async function loadAll(conversation: Conversation): Promise<void> {
  const loaded = async (): Promise<number> => {
    // The view loads older rows of its own accord, too.
    while (conversation.loadingOlder) await frame();
    return conversation.state.items.length;
  };
  for (let inVain = 0; inVain < mostInVain;) {
    const before = await loaded();
    if (!conversation.hasOlder) return;
    await conversation.loadOlder();
    inVain = (await loaded()) > before ? 0 : inVain + 1;
  }
}

/** How long pictures may take to come, in milliseconds. */
const patience = 5000;

/** Loads all that is older and draws it, for the paper. Ends with the next `afterprint`. */
export async function prepare(root: ShadowRoot, { store }: Shell): Promise<void> {
  await loadAll(store.conversation.peek());
  store.printing.value = true;
  await frame();
  await frame();
  const pictures = [...root.querySelectorAll('img')].map((picture) => {
    picture.loading = 'eager';
    return picture.decode().catch(() => undefined);
  });
  await Promise.race([Promise.all(pictures), new Promise((resolve) => setTimeout(resolve, patience))]);
}

const frame = (): Promise<void> => new Promise((resolve) => requestAnimationFrame(() => resolve()));
