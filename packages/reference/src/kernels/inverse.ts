// Inverse matrices, by elimination of [A, 1] to [1, A⁻¹].

import { defineReference, inputOf } from '../kernel.ts';
import { fromFloat64, toFloat64 } from '../tensors.ts';

export const inverse = defineReference({
  op: 'com.microsoft::Inverse',
  run(call) {
    const { dtype, dims } = call.outputs[0]!;
    const size = dims.at(-1)!;
    const values = toFloat64(inputOf(call, 0));
    const results = new Float64Array(values.length);
    for (let at = 0; at < values.length; at += size * size)
      invert(values.slice(at, at + size * size), results.subarray(at, at + size * size), size);
    return [fromFloat64(dtype, dims, results)];
  },
});

/** Writes the inverse of a matrix that is used up. One of a singular matrix has elements that are not finite. */
function invert(matrix: Float64Array, result: Float64Array, size: number): void {
  for (let i = 0; i < size; i++) result[i * size + i] = 1;
  const both = [matrix, result];
  for (let k = 0; k < size; k++) {
    let pivot = k;
    for (let row = k + 1; row < size; row++)
      if (Math.abs(matrix[row * size + k]!) > Math.abs(matrix[pivot * size + k]!)) pivot = row;
    for (const values of both) swapRows(values, k, pivot, size);
    const own = matrix[k * size + k]!;
    for (const values of both) for (let column = 0; column < size; column++) values[k * size + column]! /= own;
    for (let row = 0; row < size; row++) {
      if (row === k) continue;
      const factor = matrix[row * size + k]!;
      for (const values of both)
        for (let column = 0; column < size; column++)
          values[row * size + column]! -= factor * values[k * size + column]!;
    }
  }
}

function swapRows(values: Float64Array, a: number, b: number, size: number): void {
  if (a === b) return;
  const row = values.slice(a * size, (a + 1) * size);
  values.copyWithin(a * size, b * size, (b + 1) * size);
  values.set(row, b * size);
}
