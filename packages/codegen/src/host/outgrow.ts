// 64-bit integers that 32 bits do not hold although they hold the operands: told by what is computed, not by the data.
// Sums and products of int64 stay on the GPU, which index arithmetic is made of; in uint64 nothing is that matters.

import { type DType, isUnsigned, type Node, type Scalar, scalar, traitOf } from '@trtx/ir';

/** The operations whose results may be past both operands. */
const GROWING: ReadonlySet<string> = new Set(['neg', 'bitnot', 'add', 'sub', 'mul', 'pow', 'shl']);

/** True for a node whose results may need 64 bits where its operands need 32. */
export function outgrows(node: Node): boolean {
  const at = node.view();
  const trait = traitOf(node.op, at);
  if (trait.kind === 'pointwise') return grows(trait.scalar(at));
  const combine = trait.kind === 'reduction' ? trait.reducer?.combine : undefined;
  return at.input(0).dtype === 'uint64' && combine !== undefined && GROWING.has(combine);
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
