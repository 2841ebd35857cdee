// Determinants, by elimination.

import { defineReference, inputOf } from '../kernel.ts';
import { fromFloat64, toFloat64 } from '../tensors.ts';

export const det = defineReference({
  op: 'Det',
  run(call) {
    const { dtype, dims } = call.outputs[0]!;
    const size = inputOf(call, 0).dims.at(-1)!;
    const values = toFloat64(inputOf(call, 0));
    const count = dims.reduce((a, b) => a * b, 1);
    const results = Float64Array.from({ length: count }, (_, i) =>
      determinant(values.slice(i * size * size, (i + 1) * size * size), size),
    );
    return [fromFloat64(dtype, dims, results)];
  },
  steps: (at, { inputs }) => inputs[0]! * (at.input(0).shape.at(-1) as number),
});

/** Of a matrix that is used up. Rows with the largest pivots come first. */
function determinant(matrix: Float64Array, size: number): number {
  const at = (row: number, column: number) => matrix[row * size + column]!;
  let result = 1;
  for (let k = 0; k < size; k++) {
    let pivot = k;
    for (let row = k + 1; row < size; row++) if (Math.abs(at(row, k)) > Math.abs(at(pivot, k))) pivot = row;
    if (at(pivot, k) === 0) return 0;
    if (pivot !== k) {
      const row = matrix.slice(k * size, (k + 1) * size);
      matrix.copyWithin(k * size, pivot * size, (pivot + 1) * size);
      matrix.set(row, pivot * size);
      result = -result;
    }
    result *= at(k, k);
    for (let row = k + 1; row < size; row++) {
      const factor = at(row, k) / at(k, k);
      for (let column = k; column < size; column++) matrix[row * size + column]! -= factor * at(k, column);
    }
  }
  return result;
}
