// Constant scales and offsets of output channels go into the weights and the bias of the contraction before them.

import type { Node } from '@trtx/ir';
import { alongAxis, constantOperand, fitsInto } from '../../match.ts';
import type { Patch } from '../../patch.ts';
import { definePass, defineRule } from '../../rule.ts';
import { type Affine, foldInto, type Weighted, weighted } from '../../weights.ts';

/** Conv · c, Gemm · c, MatMul · c, and the same divided by c. */
const scale = defineRule({
  name: 'scale',
  ops: ['Mul', 'Div'],
  apply(node, patch) {
    const divides = node.op.name === 'Div';
    return fold(node, patch, !divides, ({ values }) => ({ scale: divides ? values.map((v) => 1 / v) : values }));
  },
});

/** Conv + c and Gemm + c, which makes the bias where there is none. MatMul has none: its Add fuses as it is. */
const offset = defineRule({
  name: 'offset',
  ops: ['Add', 'Sub'],
  apply(node, patch) {
    const subtracts = node.op.name === 'Sub';
    return fold(node, patch, !subtracts, ({ before, values }) =>
      before.bias ? { offset: subtracts ? values.map((v) => -v) : values } : undefined,
    );
  },
});

export const foldScales = definePass({
  name: 'fold-scales',
  summary: 'per-channel Mul, Div, Add and Sub by constants go into the weights and bias before them',
  rules: [scale, offset],
});

function fold(
  node: Node,
  patch: Patch,
  commutes: boolean,
  affineOf: (found: { before: Weighted; values: Float64Array }) => Affine | undefined,
): Patch | undefined {
  const operand = constantOperand(node, commutes);
  const before = weighted(operand?.x.producer);
  if (!operand || !before || !patch.onlyUsedBy(operand.x, node)) return undefined;
  const { shape } = operand.x.type;
  if (!fitsInto(operand.constant.dims, shape)) return undefined;
  const values = alongAxis(operand.constant, shape.length, before.axis, before.channels);
  const affine = values && affineOf({ before, values });
  if (!affine || ![affine.scale ?? [], affine.offset ?? []].every((list) => list.every(Number.isFinite)))
    return undefined;
  return patch.replace(node.output, foldInto(before, affine, patch), `into ${before.node.name}`);
}
