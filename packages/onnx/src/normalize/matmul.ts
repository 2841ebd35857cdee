// Matrix products.

import { dropped } from './steps.ts';

export const matmulSteps = [
  // Before opset 7 the bias broadcast only where this said so; now it does wherever shapes ask for it.
  dropped('Gemm', 7, 'broadcast'),
];
