// Ops that look up where to read or write.

import { step } from './steps.ts';

export const gatherSteps = [
  step('Scatter', 11, (node) => {
    node.op = 'ScatterElements';
  }),
];
