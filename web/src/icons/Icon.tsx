/** The icon component: built-in names, `lucide:NAME`; `vendor:NAME` and unknown names show nothing. */
import type { JSX } from 'preact';
import { shapeOf } from './lucide';
import { pathsOf } from './svg';

export interface IconProps {
  name: string;
  /** a number of pixels or a CSS length; 1em by default */
  size?: string | number | undefined;
  /** without a label the icon is decoration and hidden from assistive technology */
  label?: string | undefined;
}

export function Icon({ name, size, label }: IconProps): JSX.Element | null {
  const shape = shapeOf(name);
  if (shape === null) return null;
  const [stroke, fill] = shape === undefined ? ['', ''] : pathsOf(shape);
  const length = size ?? '1em';
  const naming = label === undefined ? { 'aria-hidden': true } : { role: 'img' as const, 'aria-label': label };
  return (
    <svg class="ck-icon" viewBox="0 0 24 24" width={length} height={length} data-icon={name} {...naming}>
      {fill && <path class="ck-icon-fill" d={fill} />}
      {stroke && <path class="ck-icon-stroke" d={stroke} />}
    </svg>
  );
}
