/** Colours code: line by line while it grows, else once its block is complete and the browser has time. The highlighter is a lazy chunk. */

/** Longer code stays plain: colouring it would cost more than the colours are worth. */
const MAX_LENGTH = 60_000;

export const whenIdle: (task: () => void) => void =
  typeof requestIdleCallback === 'function' ? (task) => requestIdleCallback(task, { timeout: 1000 }) : (task) => setTimeout(task, 50);

function languageIn(code: Element | null): string | undefined {
  return /^language-(.+)/.exec(code?.className ?? '')?.[1]?.toLowerCase();
}

/** Colours the code in `block` if its language is known; failures leave it plain. */
export function highlightLater(block: Element): void {
  const code = block.querySelector('code');
  const language = languageIn(code);
  const text = code?.textContent ?? '';
  if (!code || !language || text.length > MAX_LENGTH) return;
  whenIdle(() => {
    void import('./highlighter').then(
      ({ highlight }) => {
        // The block may have been replaced meanwhile, by `set` or because its message is gone.
        if (code.isConnected && code.textContent === text) highlight(code, language, text);
      },
      () => undefined,
    );
  });
}

/** What colours the complete lines of growing code, which stand before `end`; undefined when its language is not said. */
export function paintGrowing(code: Element, end: ChildNode): (() => void) | undefined {
  const language = languageIn(code);
  if (!language) return undefined;
  const loading = import('./highlighter').then(({ Painter }) => new Painter(code, language, end));
  return () => void loading.then((painter) => painter.paint(), () => undefined);
}
