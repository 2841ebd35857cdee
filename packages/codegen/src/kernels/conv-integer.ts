// ConvInteger as implicit GEMM: 8-bit operands less their zero points, summed up in 32 bits.

import { defineConv } from './conv.ts';

export const convInteger = defineConv({
  op: 'ConvInteger',
  id: 'conv-integer.direct',
  summary: 'convolution of integers less their zero points as implicit GEMM, operands read from memory',
  applies({ group }) {
    const [x, w, zero] = group.anchor!.inputs;
    // A zero point for each input channel would have to be read at each step of the sum, and what is known from shapes
    // alone is in no memory.
    return (zero?.type.shape.every((dim) => dim === 1) ?? true) && [x, w].every((v) => !v!.contents || v!.constant);
  },
  operands: ({ inputs: [, , zeroX, zeroW] }) => ({ zeroX, zeroW }),
});
