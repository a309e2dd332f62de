/**
 * Passes the focus on when what has it goes away by what it did: a prompt that was sent, a notice that was dismissed, an
 * answer that is asked for again. Without that the next key would begin at the top of the page.
 */
export function keepFocus(root: HTMLElement, passOn: () => void): () => void {
  const tree = root.getRootNode();
  const stop = new AbortController();
  const { signal } = stop;
  let focused: Element | null = null;
  let touched = false;
  const look = (): void => {
    if (focused === null || focused.isConnected) return;
    forget();
    // A finger would get the keyboard of the screen with the focus.
    if (tree instanceof ShadowRoot && tree.activeElement === null && !touched) passOn();
  };
  const observer = new MutationObserver(look);
  const forget = (): void => {
    focused = null;
    observer.disconnect();
  };
  root.addEventListener('pointerdown', (event) => (touched = event.pointerType === 'touch'), { signal });
  root.addEventListener('keydown', () => (touched = false), { signal });
  root.addEventListener('focusin', ({ target }) => {
    forget();
    // The foot and the history keep their own focus.
    if (!(target instanceof Element) || target.closest('.foot, .overlay') !== null) return;
    focused = target;
    observer.observe(root, { childList: true, subtree: true });
  }, { signal });
  // Some engines tell of it while the element goes, others not at all.
  root.addEventListener('focusout', () => queueMicrotask(() => {
    look();
    if (focused !== null && tree instanceof ShadowRoot && tree.activeElement !== focused) forget();
  }), { signal });
  return () => {
    stop.abort();
    forget();
  };
}
