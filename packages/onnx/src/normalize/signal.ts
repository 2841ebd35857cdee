// Signals.

import { setInput, take } from './node.ts';
import { step } from './steps.ts';

export const signalSteps = [
  // The axis was an attribute, with another default.
  step('DFT', 20, (node, emit) => {
    const axis = take(node, 'axis') ?? 1;
    if (typeof axis !== 'number') throw emit.fail('attribute axis is no number');
    setInput(node, 2, emit.constant('int64', [], [axis]));
  }),
];
