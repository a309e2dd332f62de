/** Formulas become MathML, which browsers draw and read aloud themselves. The converter is a lazy chunk. */
import { KEEP } from './morph';

/** What is shown until the converter is there, and for good when the formula is wrong: its source. */
export function formula(source: string, display: boolean): HTMLElement {
  const node = document.createElement('span');
  node.className = display ? 'ck-math ck-math-display' : 'ck-math';
  node.dir = 'ltr';
  // Equal source, equal node: a formula that was drawn stays while its paragraph grows.
  node.setAttribute(KEEP, `math ${source}`);
  node.textContent = source;
  return node;
}

/** Draws the formulas in `root` that are not drawn yet. */
export function drawFormulas(root: Element): void {
  const open = [...root.querySelectorAll<HTMLElement>('.ck-math:not([data-drawn])')];
  if (root.matches('.ck-math:not([data-drawn])')) open.push(root as HTMLElement);
  if (open.length === 0) return;
  for (const node of open) node.dataset['drawn'] = '';
  void import('./math-converter').then(
    ({ toMathMl }) => {
      for (const node of open) {
        const math = toMathMl(node.textContent, node.classList.contains('ck-math-display'));
        if (math) node.replaceChildren(math);
        else node.classList.add('ck-math-source');
      }
    },
    () => undefined,
  );
}
