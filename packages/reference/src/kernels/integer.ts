// MatMulInteger and ConvInteger: products of integers less their zero points. Sums are exact in float64 and wrap around in
// int32 at the end.

import { convZeroPoints, matmulZeroPoints, scalar } from '@trtx/ir';
import { defineReference, inputOf, type KernelCall } from '../kernel.ts';
import { fromFloat64, toFloat64 } from '../tensors.ts';
import { convolve, convSteps } from './conv.ts';
import { matrixProduct, productSteps } from './matmul.ts';
import { mapTensors } from './pointwise.ts';

export const matmulInteger = defineReference({
  op: 'MatMulInteger',
  run(call) {
    const [a, b] = matmulZeroPoints(call.at);
    return result(call, matrixProduct(call.at, shifted(call, 0, a), shifted(call, 1, b)));
  },
  steps: productSteps,
});

export const convInteger = defineReference({
  op: 'ConvInteger',
  run(call) {
    const [x, w] = convZeroPoints(call.at);
    return result(call, convolve(call.at, shifted(call, 0, x), shifted(call, 1, w)));
  },
  steps: convSteps,
});

/** The operand less its zero point. */
function shifted(call: KernelCall, index: 0 | 1, axes: readonly number[] | undefined): Float64Array {
  const tensor = inputOf(call, index);
  const zero = call.inputs[2 + index];
  if (!axes || !zero) return toFloat64(tensor);
  const aligned = tensor.dims.map((_, axis) => (axes.includes(axis) ? zero.dims[axes.indexOf(axis)]! : 1));
  const [value, offset] = [0, 1].map((i) => scalar.cast(scalar.arg(i, tensor.dtype), 'float64'));
  const difference = scalar.binary('sub', value!, offset!);
  return toFloat64(mapTensors(difference, [tensor, { ...zero, dims: aligned }], tensor.dims));
}

function result(call: KernelCall, sums: Float64Array) {
  return [fromFloat64('int32', call.outputs[0]!.dims, sums)];
}
