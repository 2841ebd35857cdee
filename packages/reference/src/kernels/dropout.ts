// Dropout: the input, or what is left of it in training mode.

import { elementCount } from '@trtx/ir';
import { defineReference, inputOf } from '../kernel.ts';
import { fromFloat64, toFloat64 } from '../tensors.ts';
import { uniformOf } from './random.ts';

export const dropout = defineReference({
  op: 'Dropout',
  run(call) {
    const data = inputOf(call, 0);
    const number = (index: number, otherwise: number) =>
      call.inputs[index] ? toFloat64(call.inputs[index])[0]! : otherwise;
    const ratio = number(2, 0) ? number(1, 0.5) : 0;
    const mask = new Uint8Array(elementCount(data.dims)).fill(1);
    const outputs = [data, { dtype: 'bool' as const, dims: data.dims, data: mask }].slice(0, call.outputs.length);
    if (ratio === 0) return outputs;
    if (!(ratio > 0 && ratio < 1)) throw call.at.fail(`a ratio of ${ratio}, which is not in [0, 1)`);
    const uniform = uniformOf(call.at);
    const values = toFloat64(data).slice();
    for (let i = 0; i < values.length; i++) {
      mask[i] = uniform() < ratio ? 0 : 1;
      values[i] = mask[i] ? values[i]! / (1 - ratio) : 0;
    }
    outputs[0] = fromFloat64(data.dtype, data.dims, values);
    return outputs;
  },
});
