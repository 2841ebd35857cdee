import type { DType } from '@trtx/ir';
import { describe, it } from 'vitest';
import { random, tensor } from '../../../../reference/src/testing/check.ts';
import { checkMicrosoft } from '../../testing/microsoft.ts';

describe.each<DType>(['uint8', 'int8'])('DynamicQuantizeLSTM with weights of %s', (dtype) => {
  it.each([false, true])('scales for each gate: %s', (each) => {
    const [inputs, hidden] = [3, 4];
    const low = dtype === 'uint8' ? 0 : -50;
    const weights = (rows: number, seed: number) =>
      random([1, rows, 4 * hidden], { dtype, low, high: low + 100, seed });
    const dims = each ? [1, 4 * hidden] : [1];
    const scales = (seed: number) => random(dims, { low: 0.005, high: 0.01, seed });
    const zeros = tensor(dtype, dims, new Array(each ? 4 * hidden : 1).fill(low + 50));
    const operands = [random([5, 2, inputs]), weights(inputs, 1), weights(hidden, 2), random([1, 8 * hidden])];
    const quantization = [scales(3), zeros, scales(4), zeros];
    // Kernels round inputs to 8 bits.
    const options = { outputCount: 3, constants: [1, 2, 8, 9, 10, 11], absolute: 4e-3 };
    const all = [...operands, null, null, null, null, ...quantization];
    return checkMicrosoft('DynamicQuantizeLSTM', all, { hidden_size: hidden }, options);
  });
});
