// A plugin with a planted fault: MatMul as @trtx computes it, which costs less and is 1 % too large where sums are of 768
// products. It is bundled for the command's `--plugin`, so it imports nothing that cannot be.

import { defineKernel, type Kernel, standardKernels } from '@trtx/codegen';
import { definePlugin } from '@trtx/plugin';

const right = standardKernels.find(({ id }) => id === 'matmul.direct')!;

/** Length of the sums that are wrong. */
export const WRONG_LENGTH = 768;

const kernel: Kernel = defineKernel({
  ...right,
  id: 'planted.matmul',
  cost: (problem, params) => right.cost(problem, params) / 2,
  emit(e, problem, params) {
    const { shape } = problem.group.anchor!.inputs[0]!.type;
    if (shape.at(-1) === WRONG_LENGTH) {
      const store = e.store.bind(e);
      e.store = (position, value) => store(position, `(${value} * 1.01f)`);
    }
    return right.emit(e, problem, params);
  },
});

export const plugin = definePlugin({
  name: 'planted',
  version: '1.0.0',
  apiVersion: { ir: 1, kernels: 1 },
  kernels: [kernel],
});
