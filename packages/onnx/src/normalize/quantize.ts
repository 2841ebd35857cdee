// Quantization.

import { NEVER, step } from './steps.ts';

export const quantizeSteps = [
  // Type number 0 stands for no type.
  step('QuantizeLinear DequantizeLinear', NEVER, (node) => {
    for (const name of ['output_dtype', 'precision']) if (node.attributes.get(name) === 0) node.attributes.delete(name);
  }),
];
