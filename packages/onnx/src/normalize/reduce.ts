// Reductions: axes became an input, in ReduceSum before the others.

import { intsToInput } from './steps.ts';

export const reduceSteps = [
  intsToInput('ReduceSum', 13, 'axes', 1),
  intsToInput(
    'ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSumSquare',
    18,
    'axes',
    1,
  ),
];
