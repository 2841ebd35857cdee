// Matrix products: transposed operands and biases that Gemm takes in, and products of rows that need no Reshape around them.

import { type Dim, isFloat, type Node, product as productOf, type Value } from '@trtx/ir';
import { producerOf } from '../../match.ts';
import type { Operand, Patch } from '../../patch.ts';
import { definePass, defineRule } from '../../rule.ts';
import { targetOf } from './canonical-reshapes.ts';

/** Gemm reads a transposed matrix by itself. */
const transposeIntoGemm = defineRule({
  name: 'transpose-into-gemm',
  ops: ['Gemm', 'MatMul'],
  apply(node, patch) {
    const [a, b, c] = node.inputs as [Value, Value, Value?];
    if (a.type.shape.length !== 2 || b.type.shape.length !== 2) return undefined;
    const [turnedA, turnedB] = [transposed(a, node, patch), transposed(b, node, patch)];
    if (!turnedA && !turnedB) return undefined;
    const flag = (name: string, turned: boolean) =>
      ((node.attributes.get(name) as number | undefined) ?? 0) ^ (turned ? 1 : 0);
    const attributes = new Map(node.attributes)
      .set('transA', flag('transA', turnedA !== undefined))
      .set('transB', flag('transB', turnedB !== undefined));
    const y = patch.node('Gemm', [turnedA?.inputs[0] ?? a, turnedB?.inputs[0] ?? b, c], attributes);
    return patch
      .covers(...[turnedA, turnedB].filter((turned) => turned !== undefined))
      .replace(node.output, y, 'Gemm transposes by itself');
  },
});

/** A bias that is added to a product of matrices is Gemm's C. */
const biasIntoGemm = defineRule({
  name: 'bias-into-gemm',
  ops: ['Add'],
  apply(node, patch) {
    if (!isFloat(node.output.type.dtype)) return undefined;
    for (const i of [0, 1]) {
      const product = producerOf(node.inputs[i], 'MatMul', 'Gemm');
      const bias = node.inputs[1 - i]!;
      if (!product || product.inputs.length > 2 || !patch.onlyUsedBy(product.output, node)) continue;
      const matrices = product.inputs.every((input) => input!.type.shape.length === 2);
      if (!matrices || !addsTo(bias, product.output, patch)) continue;
      const attributes = [...product.attributes].filter(([name]) => name !== 'beta');
      const y = patch.node('Gemm', [...product.inputs, bias], new Map(attributes));
      return patch.covers(product).replace(node.output, y, `into ${product.name}`);
    }
    return undefined;
  },
});

/** Gemm on rows that one Reshape lines up and another puts back is MatMul, with an Add for the bias. */
const gemmOfRows = defineRule({
  name: 'gemm-of-rows',
  ops: ['Reshape'],
  apply(node, patch) {
    const gemm = producerOf(node.inputs[0], 'Gemm', 'MatMul');
    const before = producerOf(gemm?.inputs[0], 'Reshape');
    if (!gemm || !before || !patch.onlyUsedBy(gemm.output, node)) return undefined;
    const [weights, bias] = [gemm.inputs[1]!, gemm.inputs[2]];
    const x = rowsOf(before, node.output.type.shape.slice(0, -1), patch);
    const to = node.output.type.shape;
    if (!x || to.length < 3 || weights.type.shape.length !== 2) return undefined;
    if (!patch.sameDim(to.at(-1)!, gemm.output.type.shape.at(-1)!)) return undefined;
    if (gemm.op.name === 'Gemm' && !isPlain(gemm, bias ?? undefined)) return undefined;
    // A bias for each row would have to be lined up as the rows were.
    if (bias && bias.type.shape.length === 2 && bias.type.shape[0] !== 1) return undefined;
    const turned = gemm.op.name === 'Gemm' && gemm.view().int('transB') === 1;
    if (turned && !weights.constant) return undefined;
    const matrix = turned ? patch.node('Transpose', [weights], { perm: [1, 0] }, `${gemm.name}.weights`) : weights;
    const product = patch.node('MatMul', [x, matrix], {}, bias ? `${gemm.name}.product` : gemm.name);
    const y = bias ? patch.node('Add', [product, bias], {}, gemm.name) : product;
    if (!patch.sameShape(y.type.shape, to)) return undefined;
    return patch.covers(gemm, before).replace(node.output, y, 'rows of any number of axes');
  },
});

export const simplifyMatmuls = definePass({
  name: 'simplify-matmuls',
  summary: 'Transpose and Add go into Gemm; Gemm between Reshapes that line rows up becomes MatMul and Add',
  rules: [transposeIntoGemm, biasIntoGemm, gemmOfRows],
});

/** What a Reshape lined up, as rows along the axes that the product has in the end. */
function rowsOf(before: Node, axes: readonly Dim[], patch: Patch): Operand | undefined {
  const x = before.inputs[0]!;
  const { shape } = x.type;
  const length = before.output.type.shape.at(-1)!;
  const rest = shape.slice(axes.length);
  if (rest.length === 0 || !patch.sameShape(shape.slice(0, axes.length), axes)) return undefined;
  if (!patch.sameDim(productOf(rest), length)) return undefined;
  if (rest.length === 1) return x;
  const target = targetOf(shape, [...axes, length], patch);
  return target && patch.node('Reshape', [x, patch.integers(target)], {}, before.name);
}

/** The Transpose of a matrix that only this node reads. A constant is better turned at build. */
function transposed(value: Value, node: Node, patch: Patch): Node | undefined {
  const turn = producerOf(value, 'Transpose');
  if (!turn || turn.inputs[0]!.constant || !patch.onlyUsedBy(value, node)) return undefined;
  const perm = turn.view().ints('perm');
  return !perm || (perm[0] === 1 && perm[1] === 0) ? turn : undefined;
}

/** True where the bias broadcasts to the product. */
function addsTo(bias: Value, product: Value, patch: Patch): boolean {
  const { shape } = bias.type;
  const to = product.type.shape.slice(product.type.shape.length - shape.length);
  return shape.length <= 2 && shape.every((dim, i) => dim === 1 || patch.sameDim(dim, to[i]!));
}

/** True for alpha = beta = 1 and A as it is. */
function isPlain(gemm: Node, bias: Value | undefined): boolean {
  const view = gemm.view();
  return view.float('alpha') === 1 && (!bias || view.float('beta') === 1) && view.int('transA') === 0;
}
