/** Colours code once its block is complete, when the browser has time. The highlighter is a lazy chunk. */

/** Longer code stays plain: colouring it would block the page for longer than the colours are worth. */
const MAX_LENGTH = 60_000;

const whenIdle: (task: () => void) => void =
  typeof requestIdleCallback === 'function' ? (task) => requestIdleCallback(task, { timeout: 1000 }) : (task) => setTimeout(task, 50);

/** Colours the code in `block` if its language is known; failures leave it plain. */
export function highlightLater(block: Element): void {
  const code = block.querySelector('code[class^="language-"]');
  const language = code?.className.slice('language-'.length).toLowerCase();
  const text = code?.textContent ?? '';
  if (!code || !language || text.length > MAX_LENGTH) return;
  whenIdle(() => {
    void import('./highlighter').then(
      ({ highlight }) => {
        const nodes = highlight(language, text);
        // The block may have been replaced meanwhile, by `set` or because its message is gone.
        if (nodes && code.isConnected && code.textContent === text) code.replaceChildren(...nodes);
      },
      () => undefined,
    );
  });
}
