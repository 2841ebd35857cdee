// MatMulInteger on the product core: 8-bit operands less their zero points, summed up in 32 bits.

import { matmulZeroPoints, type Value } from '@trtx/ir';
import type { Problem } from '../kernel.ts';
import { matmulProduct } from './matmul.ts';
import { defineProduct, type Product, type ZeroPoint } from './product.ts';

export const matmulInteger = defineProduct({
  op: 'MatMulInteger',
  id: 'matmul-integer.direct',
  summary: 'matrix product of integers less their zero points, a tile of registers a thread, operands read from memory',
  product: integerProduct,
});

function integerProduct(problem: Problem): Product | undefined {
  const node = problem.group.anchor!;
  const [a, b, zeroA, zeroB] = node.inputs as [Value, Value, Value?, Value?];
  const [axesA, axesB] = matmulZeroPoints(node.view());
  // The axis of the sum: a zero point of its own for each step would have to be read at each.
  const depthA = a.type.shape.length - 1;
  const depthB = Math.max(b.type.shape.length - 2, 0);
  if (varies(zeroA, axesA, depthA) || varies(zeroB, axesB, depthB)) return undefined;
  return {
    ...matmulProduct(problem),
    zeroA: zeroA ? zeroPoint(zeroA, axesA!) : undefined,
    zeroB: zeroB ? zeroPoint(zeroB, axesB!) : undefined,
  };
}

function varies(zero: Value | null | undefined, axes: readonly number[] | undefined, axis: number): boolean {
  return zero?.type.shape.some((dim, i) => dim !== 1 && axes![i] === axis) ?? false;
}

function zeroPoint(value: Value, axes: readonly number[]): ZeroPoint {
  return { value, at: (coords) => axes.map((axis, i) => (value.type.shape[i] === 1 ? 0 : coords[axis]!)) };
}
