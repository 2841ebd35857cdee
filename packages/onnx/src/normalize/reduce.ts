// Reductions: axes became an input, in ReduceSum before the others.

import { isInteger } from '@trtx/ir';
import { type Emitter, inputOf, type LegacyNode } from './node.ts';
import { castTo, intsToInput, NEVER, step } from './steps.ts';

export const reduceSteps = [
  intsToInput('ReduceSum', 13, 'axes', 1),
  intsToInput(
    'ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSumSquare',
    18,
    'axes',
    1,
  ),
  step('ReduceLogSumExp', NEVER, inFloats),
];

/** Of integers: what floats give, cut off. */
function inFloats(node: LegacyNode, emit: Emitter): void {
  const data = inputOf(node, 0, emit);
  const { dtype } = data.type;
  if (!isInteger(dtype)) return;
  node.inputs[0] = castTo(data, 'float32', emit);
  node.behind = ([reduced]) => [castTo(reduced!, dtype, emit)];
}
