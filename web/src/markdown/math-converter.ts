/** The lazy half of formulas: TeX to MathML nodes, never to HTML. Nothing a formula says may link, load or style. */
import temml from 'temml';

const OPTIONS = { annotate: true, throwOnError: true, strict: false, trust: false, maxSize: [20, 200], maxExpand: 500 } as const;

/** `render` refuses pages in quirks mode, which MathML does not mind; the tree below it works everywhere. */
const toTree = temml.__renderToMathMLTree as (source: string, options: object) => { toNode(): Node };

/** The formula as a `<math>` element, or null when it is no valid TeX. */
export function toMathMl(source: string, display: boolean): Element | null {
  try {
    const node = toTree(source, { ...OPTIONS, displayMode: display }).toNode();
    return node instanceof Element ? node : null;
  } catch {
    return null;
  }
}
