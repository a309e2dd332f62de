/** The wire's curve names are d3's; `bump` and `monotone` stand for their x form. */
import {
  curveBasis, curveBasisClosed, curveBasisOpen, curveBumpX, curveBumpY, curveLinear, curveLinearClosed, curveMonotoneX, curveMonotoneY, curveNatural, curveStep,
  curveStepAfter, curveStepBefore, type CurveFactory,
} from 'd3-shape';
import type { CurveName } from './model';

export const CURVES = {
  basis: curveBasis, basisClosed: curveBasisClosed, basisOpen: curveBasisOpen, bumpX: curveBumpX, bumpY: curveBumpY, bump: curveBumpX, linear: curveLinear,
  linearClosed: curveLinearClosed, natural: curveNatural, monotoneX: curveMonotoneX, monotoneY: curveMonotoneY, monotone: curveMonotoneX, step: curveStep,
  stepBefore: curveStepBefore, stepAfter: curveStepAfter,
} as const satisfies Record<CurveName, CurveFactory>;
