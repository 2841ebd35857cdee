// Products of 8-bit integers, summed in 32 bits: what quantized networks are computed with. A zero point, taken off each
// operand first, is one for all of it, or one for each row, column or channel.

import { defineOp, type NodeView, type OpDef, type OperandSpec } from '../op.ts';
import { convFlops, convGeometry } from './conv.ts';
import { matmulFlops, matmulGeometry } from './matmul.ts';
import { WINDOW_ATTRIBUTES } from './window.ts';

/** The axis of an operand that each axis of its zero point belongs to; undefined for an operand without one. */
export type ZeroPointAxes = readonly [first: readonly number[] | undefined, second: readonly number[] | undefined];

/**
 * Of a MatMulInteger: vectors are for the rows of A and the columns of B.
 * @throws TrtxError SHAPE where a zero point does not fit its operand
 */
export function matmulZeroPoints(at: NodeView): ZeroPointAxes {
  return [zeroPoint(at, 0, Math.max(at.input(0).shape.length - 2, 0)), zeroPoint(at, 1, at.input(1).shape.length - 1)];
}

/**
 * Of a ConvInteger: a vector is for the output channels of W.
 * @throws TrtxError SHAPE where a zero point does not fit its operand
 */
export function convZeroPoints(at: NodeView): ZeroPointAxes {
  return [zeroPoint(at, 0, 1), zeroPoint(at, 1, 0)];
}

function zeroPoint(at: NodeView, index: 0 | 1, vectorAxis: number): readonly number[] | undefined {
  const zero = at.inputs[2 + index]?.shape;
  if (!zero) return undefined;
  const { shape } = at.input(index);
  if (zero.length > shape.length) throw at.fail(`zero points of [${zero}] for an operand of [${shape}]`);
  const first = zero.length === 1 && zero[0] !== 1 ? vectorAxis : shape.length - zero.length;
  return zero.map((dim, i) => {
    if (dim !== 1) at.equal(dim, shape[first + i]!);
    return first + i;
  });
}

const operand = (name: string, letter: string, optional = false): OperandSpec => ({
  name,
  types: ['int8', 'uint8'],
  sameAs: letter,
  optional,
});

export const integerProductOps: readonly OpDef[] = [
  defineOp({
    domain: '',
    name: 'MatMulInteger',
    since: 10,
    summary: 'matrix product of 8-bit integers less their zero points, in int32',
    inputs: [
      operand('A', 'T1'),
      operand('B', 'T2'),
      operand('a_zero_point', 'T1', true),
      operand('b_zero_point', 'T2', true),
    ],
    outputs: [{ name: 'Y' }],
    attributes: {},
    trait: { kind: 'contraction' },
    flops: (at) => matmulFlops(matmulGeometry(at)),
    infer(at) {
      const g = matmulGeometry(at);
      matmulZeroPoints(at);
      const shape = [...g.batch, ...(g.vectorA ? [] : [g.m]), ...(g.vectorB ? [] : [g.n])];
      return [{ dtype: 'int32', shape }];
    },
  }),
  defineOp({
    domain: '',
    name: 'ConvInteger',
    since: 10,
    summary: 'convolution of 8-bit integers less their zero points, in int32; padding counts as 0',
    inputs: [
      operand('x', 'T1'),
      operand('w', 'T2'),
      operand('x_zero_point', 'T1', true),
      operand('w_zero_point', 'T2', true),
    ],
    outputs: [{ name: 'y' }],
    attributes: { ...WINDOW_ATTRIBUTES, group: { type: 'int', default: 1, min: 1, max: 2 ** 20 } },
    trait: { kind: 'contraction' },
    flops: (at) => convFlops(convGeometry(at)),
    infer(at) {
      const g = convGeometry(at);
      convZeroPoints(at);
      return [{ dtype: 'int32', shape: [g.batch, g.outputChannels, ...g.axes.map((axis) => axis.output)] }];
    },
  }),
];
