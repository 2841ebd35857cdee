// The op on the CPU, plainly: what results are compared with, and what folds nodes whose inputs are constants.

import { defineReference, fromFloat64, inputOf, toFloat64 } from '@trtx/reference';

export const reference = defineReference({
  op: 'com.example::SquaredDistances',
  run(call) {
    const { dtype, dims } = call.outputs[0];
    const [a, b] = [toFloat64(inputOf(call, 0)), toFloat64(inputOf(call, 1))];
    const [rows, columns] = dims;
    const depth = inputOf(call, 0).dims[1];
    const sums = Float64Array.from({ length: rows * columns }, (_, i) => {
      const [m, n] = [Math.floor(i / columns), i % columns];
      let sum = 0;
      for (let k = 0; k < depth; k++) sum += (a[m * depth + k] - b[n * depth + k]) ** 2;
      return sum;
    });
    return [fromFloat64(dtype, dims, sums)];
  },
  // M · N · K multiplications, so that folding knows what it takes.
  steps: (at, { outputs }) => outputs[0] * Number(at.input(0).shape[1]),
});
