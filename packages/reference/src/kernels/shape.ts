// Tensors that follow from shapes.

import type { Tensor } from '@trtx/ir';
import { checkSize, defineReference, inputOf, type ReferenceKernel } from '../kernel.ts';
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
    const operands = [0, 1, 2].map((i) => inputOf(call, i));
    if (dtype === 'int64')
      return [wideRange(operands.map(({ data }) => (data as BigInt64Array)[0]!) as [bigint, bigint, bigint])];
    const [start, , delta] = operands.map((operand) => toFloat64(operand)[0]!);
    const values = Float64Array.from({ length: dims[0]! }, (_, i) => start! + i * delta!);
    return [fromFloat64(dtype, dims, values)];
  },
});

/** In integers: float64 has only those up to 2^53. */
function wideRange([start, limit, delta]: readonly [bigint, bigint, bigint]): Tensor {
  const sign = delta < 0n ? -1n : 1n;
  const [way, step] = [sign * (limit - start), sign * delta];
  const count = way > 0n ? Number((way + step - 1n) / step) : 0;
  checkSize('int64', [count]);
  const data = BigInt64Array.from({ length: count }, (_, i) => start + BigInt(i) * delta);
  return { dtype: 'int64', dims: [count], data };
}
