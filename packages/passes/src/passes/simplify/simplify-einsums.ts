// Einsum that is a matrix product, a Transpose, or both.

import { type EinsumGeometry, einsumGeometry, type Node } from '@trtx/ir';
import type { Operand, Patch } from '../../patch.ts';
import { definePass, defineRule } from '../../rule.ts';

/** One operand whose axes are all in the output. */
const asTranspose = defineRule({
  name: 'as-transpose',
  ops: ['Einsum'],
  apply(node, patch) {
    const { operands, output, summed } = einsumGeometry(node.view());
    const [labels] = operands;
    if (operands.length !== 1 || summed.length > 0 || new Set(labels).size !== labels!.length) return undefined;
    const y = permuted(node.inputs[0]!, labels!, output, patch);
    return patch.replace(node.output, y, 'axes in another order');
  },
});

/** Two operands that share one summed axis, and have one axis each that the other lacks: a MatMul of their transposes. */
const asMatmul = defineRule({
  name: 'as-matmul',
  ops: ['Einsum'],
  apply(node, patch) {
    const product = productOf(node, patch);
    if (!product) return undefined;
    const { batch, m, k, n, a, b, output } = product;
    const left = permuted(node.inputs[0]!, a, [...batch, m, k], patch);
    const right = permuted(node.inputs[1]!, b, [...batch, k, n], patch);
    const y = permuted(patch.node('MatMul', [left, right]), [...batch, m, n], output, patch);
    if (!patch.sameShape(y.type.shape, node.output.type.shape)) return undefined;
    return patch.replace(node.output, y, 'a product of matrices');
  },
});

export const simplifyEinsums = definePass({
  name: 'simplify-einsums',
  summary: 'Einsum that is a matrix product or a Transpose becomes MatMul and Transpose',
  rules: [asTranspose, asMatmul],
});

interface Product {
  /** Labels: of axes that operands and output share, of rows, of the sum, of columns. */
  readonly batch: readonly number[];
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly output: readonly number[];
}

function productOf(node: Node, patch: Patch): Product | undefined {
  const geometry = einsumGeometry(node.view());
  const { operands, output, summed } = geometry;
  const [a, b] = operands;
  if (operands.length !== 2 || !a || !b || !isWhole(geometry, node, patch)) return undefined;
  const batch = output.filter((label) => a.includes(label) && b.includes(label));
  const rows = output.filter((label) => a.includes(label) && !b.includes(label));
  const columns = output.filter((label) => b.includes(label) && !a.includes(label));
  if (rows.length !== 1 || columns.length !== 1 || summed.length !== 1) return undefined;
  const [k] = summed as [number];
  if (!a.includes(k) || !b.includes(k)) return undefined;
  return { batch, m: rows[0]!, k, n: columns[0]!, a, b, output };
}

/** True where no operand has a diagonal, or an axis of 1 that stands for more. */
function isWhole({ operands, sizes }: EinsumGeometry, node: Node, patch: Patch): boolean {
  return operands.every(
    (labels, i) =>
      new Set(labels).size === labels.length &&
      labels.every((label, axis) => patch.sameDim(sizes[label]!, node.inputs[i]!.type.shape[axis]!)),
  );
}

/** The operand with its axes, which have the labels, in another order. */
function permuted(x: Operand, labels: readonly number[], order: readonly number[], patch: Patch): Operand {
  if (labels.every((label, axis) => label === order[axis])) return x;
  return patch.node('Transpose', [x], { perm: order.map((label) => labels.indexOf(label)) });
}
