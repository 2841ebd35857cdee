// The bits of elements as elements of another type.

import { defineReference, inputOf } from '../kernel.ts';
import { constantOfTensor, tensorOf } from '../tensors.ts';

export const bitCast = defineReference({
  op: 'BitCast',
  run(call) {
    const { dtype, dims } = call.outputs[0]!;
    const { read } = constantOfTensor(inputOf(call, 0));
    return [tensorOf({ dtype, dims, read })];
  },
});
