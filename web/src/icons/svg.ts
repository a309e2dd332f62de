/** Icons as plain DOM nodes, for code that builds nodes itself. */
import { effect } from '@preact/signals';
import type { Shape } from './builtin.generated';
import { shapeOf } from './lucide';

const SVG = 'http://www.w3.org/2000/svg';

/** The stroke and the filled path of a shape, each possibly empty. */
export function pathsOf(shape: Shape): readonly [stroke: string, fill: string] {
  return typeof shape === 'string' ? [shape, ''] : shape;
}

/** An `<svg>` with an icon, hidden from assistive technology; empty until one that has to be fetched is there. */
export function createIcon(name: string, className = 'ck-icon'): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', className);
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const stop = effect(() => {
    const shape = shapeOf(name);
    if (shape != null) draw(svg, shape);
    // Once it is known nothing changes. An effect can't be ended while it runs.
    if (shape !== undefined) queueMicrotask(() => stop());
  });
  return svg;
}

function draw(svg: SVGElement, shape: Shape): void {
  const [stroke, fill] = pathsOf(shape);
  for (const [d, kind] of [[fill, 'ck-icon-fill'], [stroke, 'ck-icon-stroke']] as const) {
    if (!d) continue;
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', d);
    path.setAttribute('class', kind);
    svg.append(path);
  }
}
