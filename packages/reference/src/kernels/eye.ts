// Identity matrices.

import { defineReference } from '../kernel.ts';
import { fromFloat64 } from '../tensors.ts';

export const eyeLike = defineReference({
  op: 'EyeLike',
  run(call) {
    const { dtype, dims } = call.outputs[0]!;
    const [rows, columns] = dims as [number, number];
    const k = call.at.int('k');
    const out = new Float64Array(rows * columns);
    for (let row = 0; row < rows; row++) if (row + k >= 0 && row + k < columns) out[row * columns + row + k] = 1;
    return [fromFloat64(dtype, dims, out)];
  },
});
