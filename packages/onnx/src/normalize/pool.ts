// Pools.

import { type Emitter, type LegacyNode, take } from './node.ts';
import { step } from './steps.ts';

export const poolSteps = [step('LpPool GlobalLpPool', 2, integralNorm)];

/** In opset 1 the p of a norm is a float. */
function integralNorm(node: LegacyNode, emit: Emitter): void {
  const p = take(node, 'p') ?? 2;
  if (!Number.isInteger(p)) throw emit.fail(`a norm of p = ${p}`);
  node.attributes.set('p', p);
}
