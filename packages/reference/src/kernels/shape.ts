// Tensors that follow from shapes.

import type { Tensor } from '@trtx/ir';
import { defineReference, inputOf, type ReferenceKernel } from '../kernel.ts';
import { fromFloat64, toFloat64 } from '../tensors.ts';

/** Ops that read no data: shape inference has told the elements. */
export const shapeKernel: ReferenceKernel = {
  serves: { trait: 'shape' },
  run: (call) =>
    call.outputs.map(({ dtype, dims, contents }): Tensor => {
      if (!contents) throw call.at.fail('shape inference does not tell the elements');
      return fromFloat64(dtype, dims, Float64Array.from(contents.values as readonly number[]));
    }),
};

export const range = defineReference({
  op: 'Range',
  run(call) {
    const { dtype, dims } = call.outputs[0]!;
    const [start, , delta] = [0, 1, 2].map((i) => toFloat64(inputOf(call, i))[0]!);
    const values = Float64Array.from({ length: dims[0]! }, (_, i) => start! + i * delta!);
    return [fromFloat64(dtype, dims, values)];
  },
});
