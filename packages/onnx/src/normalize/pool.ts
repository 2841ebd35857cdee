// Pools.

import { type Emitter, type LegacyNode, take } from './node.ts';
import { defaults, step } from './steps.ts';

export const poolSteps = [
  step('LpPool GlobalLpPool', 2, integralNorm),
  // Regions were not shifted before there was an attribute for it.
  defaults('RoiAlign', 16, { coordinate_transformation_mode: 'output_half_pixel' }),
];

/** In opset 1 the p of a norm is a float. */
function integralNorm(node: LegacyNode, emit: Emitter): void {
  const p = take(node, 'p') ?? 2;
  if (!Number.isInteger(p)) throw emit.fail(`a norm of p = ${p}`);
  node.attributes.set('p', p);
}
