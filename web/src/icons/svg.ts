/** Icons as plain DOM nodes, for code that builds nodes itself. */
import { BUILTIN, type Shape } from './builtin.generated';

const SVG = 'http://www.w3.org/2000/svg';

/** The stroke and the filled path of a shape, each possibly empty. */
export function pathsOf(shape: Shape): readonly [stroke: string, fill: string] {
  return typeof shape === 'string' ? [shape, ''] : shape;
}

/** An `<svg>` with a built-in icon, hidden from assistive technology; empty for a name that is not built in. */
export function createIcon(name: string, className = 'ck-icon'): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', className);
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const shape = BUILTIN[name];
  if (shape === undefined) return svg;
  const [stroke, fill] = pathsOf(shape);
  for (const [d, kind] of [[fill, 'ck-icon-fill'], [stroke, 'ck-icon-stroke']] as const) {
    if (!d) continue;
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', d);
    path.setAttribute('class', kind);
    svg.append(path);
  }
  return svg;
}
