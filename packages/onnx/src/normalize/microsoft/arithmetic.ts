// Arithmetic that has no op of its own in ONNX.

import type { Value } from '@trtx/ir';
import { type Emitter, inputOf, type LegacyNode } from '../node.ts';
import type { SpelledOps } from '../spelled.ts';
import { ints, takeText, unsqueeze } from './parts.ts';

export const arithmetic: SpelledOps = {
  CDist: (node, emit) => [distances(node, emit)],
  ComplexMul: (node, emit) => [complexProduct(node, false, emit)],
  ComplexMulConj: (node, emit) => [complexProduct(node, true, emit)],
};

/** Between all rows of A [M, N] and all of B [K, N]. */
function distances(node: LegacyNode, emit: Emitter): Value {
  const metric = takeText(node, 'metric', emit, 'sqeuclidean');
  const [a, b] = [unsqueeze(inputOf(node, 0, emit), [1], emit), unsqueeze(inputOf(node, 1, emit), [0], emit)];
  const gap = emit.node('Sub', [a, b]);
  const squares = emit.node('ReduceSum', [emit.node('Mul', [gap, gap]), ints(emit, 2)], { keepdims: 0 });
  if (metric === 'sqeuclidean') return squares;
  if (metric === 'euclidean') return emit.node('Sqrt', [squares]);
  throw emit.fail(`the metric ${metric}`);
}

/** Products of numbers whose real and imaginary parts are the last axis, with the second one's conjugate if told. */
function complexProduct(node: LegacyNode, conjugate: boolean, emit: Emitter): Value {
  const parts = [0, 1].flatMap((i) => emit.outputs('Split', 2, [inputOf(node, i, emit)], { axis: -1, num_outputs: 2 }));
  const [re, im, otherRe, otherIm] = parts as [Value, Value, Value, Value];
  const product = (a: Value, b: Value) => emit.node('Mul', [a, b]);
  const [plus, minus] = conjugate ? ['Sub', 'Add'] : ['Add', 'Sub'];
  const real = emit.node(minus!, [product(re, otherRe), product(im, otherIm)]);
  const imaginary = emit.node(plus!, [product(im, otherRe), product(re, otherIm)]);
  return emit.node('Concat', [real, imaginary], { axis: -1 });
}
