/** Style sheets that come with lazy chunks: every element of the page takes them up at once, before what they style. */
import { signal } from '@preact/signals';
import { sheet } from './sheet';

export const lateSheets = signal<readonly CSSStyleSheet[]>([]);

/** Called by a chunk when it arrives. */
export function addStyles(css: string): void {
  lateSheets.value = [...lateSheets.peek(), sheet(css)];
}

/** The sheets the tree does not have yet. */
export function adoptLate(root: DocumentOrShadowRoot): void {
  const missing = lateSheets.value.filter((each) => !root.adoptedStyleSheets.includes(each));
  if (missing.length > 0) root.adoptedStyleSheets = [...root.adoptedStyleSheets, ...missing];
}
