// Integers bit by bit.

import { bitWidth, isUnsigned } from '@trtx/ir';
import { given, spelling } from './spelling.ts';

export const integerSpellings = [
  // In two's complement ¬x = −1 − x; without a sign it is the largest number less x.
  spelling('BitwiseNot', 18, (node, emit) => {
    const x = given(node, 0);
    const { dtype } = x.type;
    const ones = isUnsigned(dtype) && bitWidth(dtype) < 64 ? 2 ** bitWidth(dtype) - 1 : -1;
    return [emit.node('Sub', [emit.scalar(dtype, ones), x])];
  }),
];
