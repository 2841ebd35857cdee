// 64-bit integers that 32 bits do not hold although they hold the operands: told by what is computed, not by the data.
// Sums and products of int64 stay on the GPU, which index arithmetic is made of; in uint64 nothing is that matters.

import { combinedType, type DType, isUnsigned, type Node, type Reducer, type Scalar, scalar, traitOf } from '@trtx/ir';

/** The operations whose results may be past both operands. */
const GROWING: ReadonlySet<string> = new Set(['neg', 'bitnot', 'add', 'sub', 'mul', 'pow', 'shl']);

/** True for a node whose results may need 64 bits where its operands need 32. */
export function outgrows(node: Node): boolean {
  const at = node.view();
  const trait = traitOf(node.op, at);
  if (trait.kind === 'pointwise') return grows(trait.scalar(at));
  const reducer = trait.kind === 'reduction' ? trait.reducer : undefined;
  if (!reducer) return false;
  const { dtype } = at.input(0);
  return (dtype === 'uint64' && GROWING.has(reducer.combine)) || (dtype === 'int64' && saturates(reducer, dtype));
}

/** Where the sum's logarithm is taken: that of 0 is the least number of 64 bits, not of 32. */
function saturates(reducer: Reducer, dtype: DType): boolean {
  const type = combinedType(dtype, reducer);
  const finished = reducer.finish?.(scalar.arg(0, type), scalar.arg(1, type));
  return finished?.kind === 'cast' && finished.a.kind === 'unary' && finished.a.op === 'log';
}

function grows(expression: Scalar): boolean {
  const pending = [expression];
  for (let s = pending.pop(); s; s = pending.pop()) {
    if (s.kind === 'cast' && castGrows(s.a.dtype, s.dtype)) return true;
    if ((s.kind === 'unary' || s.kind === 'binary') && s.dtype === 'uint64' && GROWING.has(s.op)) return true;
    pending.push(...scalar.operandsOf(s));
  }
  return false;
}

/** Negative numbers are at the upper end of uint64, and the upper half of uint32 is past what int64 keeps in 32 bits. */
function castGrows(from: DType, to: DType): boolean {
  if (to === 'uint64') return !isUnsigned(from) && from !== 'bool';
  return to === 'int64' && (from === 'uint32' || from === 'uint64');
}
