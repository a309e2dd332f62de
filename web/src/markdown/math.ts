/** Formulas become MathML, which browsers draw and read aloud themselves. Converter and font are lazy. */
import type { MathMeta } from './math-syntax';
import { KEEP } from './morph';

/** What is shown until the converter is there, and for good when the formula is wrong: its source. */
export function formula(source: string, meta: Partial<MathMeta> | null): HTMLElement {
  const node = document.createElement('span');
  node.className = meta?.display ? 'ck-math ck-math-display' : 'ck-math';
  node.dir = 'ltr';
  node.textContent = source;
  if (meta?.unfinished) {
    node.classList.add('ck-math-source');
    node.dataset['drawn'] = ''; // half a formula is none
    return node;
  }
  // Equal source, equal node: a formula that was drawn stays while its paragraph grows.
  node.setAttribute(KEEP, `math ${source}`);
  return node;
}

/** Draws the formulas in `root` that are not drawn yet. */
export function drawFormulas(root: Element): void {
  const open = [...root.querySelectorAll<HTMLElement>('.ck-math:not([data-drawn])')];
  if (root.matches('.ck-math:not([data-drawn])')) open.push(root as HTMLElement);
  if (open.length === 0) return;
  for (const node of open) node.dataset['drawn'] = '';
  void import('./math-converter').then(({ draw }) => draw(open), () => undefined);
}
