/** The lazy half of formulas: TeX to MathML nodes, never to HTML. Nothing a formula says may link, load or style. */
import temml from 'temml';
import { addStyles } from '../ui/late-styles';
import { mathCss } from './math.css';
import { mathFont } from './math-font';

addStyles(mathCss);

const OPTIONS = { annotate: true, throwOnError: true, strict: false, trust: false, maxSize: [20, 200], maxExpand: 500 } as const;

/** `render` refuses pages in quirks mode, which MathML does not mind; the tree below it works everywhere. */
const toTree = temml.__renderToMathMLTree as (source: string, options: object) => { toNode(): Node };

/** The formula as a `<math>` element, or null when it is no valid TeX. */
function toMathMl(source: string, display: boolean): Element | null {
  try {
    const node = toTree(source, { ...OPTIONS, displayMode: display }).toNode();
    if (!(node instanceof Element)) return null;
    for (const sub of node.querySelectorAll('msub')) {
      if (/^[∫-∳]$/.test(sub.firstElementChild?.textContent ?? '')) sub.classList.add('ck-integral');
    }
    return node;
  } catch {
    return null;
  }
}

/** A formula that is wider than its place scrolls, so it must be reachable by keyboard. */
const widths = typeof ResizeObserver === 'function' ? new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (!target.isConnected) widths?.unobserve(target);
    else if (target.scrollWidth > target.clientWidth) target.setAttribute('tabindex', '0');
    else target.removeAttribute('tabindex');
  }
}) : null;

/** How long formulas are drawn before others have their turn, in milliseconds. */
const TURN = 30;

/** Puts formulas in the place of their sources, once their font is there. */
export async function draw(nodes: readonly HTMLElement[]): Promise<void> {
  await mathFont();
  let end = performance.now() + TURN;
  for (const node of nodes) {
    if (performance.now() > end) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      end = performance.now() + TURN;
    }
    const math = toMathMl(node.textContent, node.classList.contains('ck-math-display'));
    if (math) node.replaceChildren(math);
    if (node.classList.contains('ck-math-display')) widths?.observe(node);
    else node.classList.add('ck-math-source');
  }
}
