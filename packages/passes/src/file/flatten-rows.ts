// Rows of all batches in one matrix: there MatMul and Add are one Gemm. What follows goes on in that form as long as it
// treats rows alike, so that few Reshapes are left.

import { type Dim, isFloat, type Node, sameDim, traitOf, type Value } from '@trtx/ir';
import { floatConstant, producerOf } from '../match.ts';
import type { NewValue, Operand, Patch } from '../patch.ts';
import { definePass, defineRule } from '../rule.ts';

/** MatMul and Add of constant weights and bias. */
const gemm = defineRule({
  name: 'gemm',
  ops: ['Add'],
  apply(node, patch) {
    for (const [at, input] of node.inputs.entries()) {
      const product = producerOf(input, 'MatMul');
      const bias = floatConstant(node.inputs[1 - at]);
      if (!product || !bias || !patch.onlyUsedBy(product.output, node)) continue;
      const [x, w] = product.inputs as [Value, Value];
      if (floatConstant(w)?.dims.length !== 2 || x.type.shape.length < 2) continue;
      const added = alongLast(node.inputs[1 - at]!, w.type.shape[1]!, patch);
      const rows = added && (x.type.shape.length === 2 ? x : rowsOf(x, patch));
      if (rows) return replaceByRows(node, patch.covers(product).node('Gemm', [rows, w, added]), x, patch);
    }
    return undefined;
  },
});

/** What treats rows alike, where one operand is in rows already. */
const onRows = defineRule({
  name: 'on-rows',
  ops: ({ trait, name }) => trait.kind === 'pointwise' || name === 'MatMul' || name === 'LayerNormalization',
  apply(node, patch) {
    const [output, ...more] = node.outputs as [Value, ...Value[]];
    const like = node.inputs.find((input) => input && matrixOf(input));
    if (!like || more.length > 0 || !sameLead(like, output)) return undefined;
    const inputs = OPERANDS[node.op.name]?.(node, patch) ?? pointwiseOperands(node, patch);
    if (!inputs) return undefined;
    const attributes =
      node.op.name === 'LayerNormalization' ? new Map([...node.attributes, ['axis', -1]]) : node.attributes;
    const y = patch.node(node.op.name, inputs, attributes);
    return y.type.shape.length === 2 ? replaceByRows(node, y, like, patch) : undefined;
  },
});

/** A Reshape of rows to what has the same first axes: heads, say. */
const reshape = defineRule({
  name: 'reshape',
  ops: ['Reshape'],
  apply(node, patch) {
    const x = node.inputs[0]!;
    const rows = matrixOf(x);
    const [from, to] = [x.type.shape, node.output.type.shape];
    const lead = to.findIndex((dim, i) => i >= from.length - 1 || !sameDim(dim, from[i]!));
    if (!rows || lead !== from.length - 1 || !isNumbers(to.slice(lead))) return undefined;
    const y = patch.node('Reshape', [rows, sizes(x, to.slice(lead) as number[], patch)]);
    if (!patch.sameShape(y.type.shape, to)) return undefined;
    return patch.covers(x.producer!).replace(node.output, y, 'Reshape of rows');
  },
});

export const flattenRows = definePass({
  name: 'flatten-rows',
  summary: 'MatMul and Add as Gemm of the rows of all batches, and what follows on these',
  rules: [gemm, onRows, reshape],
});

type Operands = (node: Node, patch: Patch) => readonly (Operand | null)[] | undefined;

const OPERANDS: Readonly<Record<string, Operands>> = {
  MatMul(node, patch) {
    const [x, w] = node.inputs as [Value, Value];
    const rows = floatConstant(w)?.dims.length === 2 ? rowsOf(x, patch) : undefined;
    return rows && [rows, w];
  },
  LayerNormalization(node, patch) {
    const [x, ...others] = node.inputs as [Value, ...(Value | null)[]];
    const axis = node.view().int('axis');
    if (axis !== -1 && axis !== x.type.shape.length - 1) return undefined;
    const rows = rowsOf(x, patch);
    return rows && others.every((value) => !value || value.type.shape.length <= 1) ? [rows, ...others] : undefined;
  },
};

const pointwiseOperands: Operands = (node, patch) => {
  const trait = traitOf(node.op, node.view());
  if (trait.kind !== 'pointwise' || trait.alignment) return undefined;
  const inputs: (Operand | null)[] = [];
  for (const input of node.inputs) {
    if (!input) inputs.push(null);
    else {
      const rows = sameLead(input, node.output) ? rowsOf(input, patch) : alongLast(input, undefined, patch);
      if (!rows) return undefined;
      inputs.push(rows);
    }
  }
  return inputs;
};

/** The matrix that a value of more axes is a Reshape of, row for row. */
function matrixOf({ type, producer }: Value): Value | undefined {
  const matrix = producer?.op.name === 'Reshape' && producer.op.domain === '' ? producer.inputs[0]! : undefined;
  if (matrix?.type.shape.length !== 2 || type.shape.length < 3) return undefined;
  return sameDim(matrix.type.shape[1]!, type.shape.at(-1)!) ? matrix : undefined;
}

/** The value as a matrix. */
function rowsOf(value: Value, patch: Patch): Operand | undefined {
  const columns = value.type.shape.at(-1)!;
  const known = matrixOf(value);
  if (known) return known;
  return typeof columns === 'number' && columns > 0 && isFloat(value.type.dtype)
    ? patch.node('Reshape', [value, patch.integers([-1, columns])])
    : undefined;
}

/** A value that is the same for all rows, with the last axis alone; `columns` long where that is asked for. */
function alongLast(value: Value, columns: Dim | undefined, patch: Patch): Operand | undefined {
  const { shape } = value.type;
  if (shape.slice(0, -1).some((dim) => dim !== 1)) return undefined;
  if (columns !== undefined && (shape.length === 0 || !sameDim(shape.at(-1)!, columns))) return undefined;
  if (shape.length <= 1) return value;
  return value.constant
    ? patch.constant({ ...value.constant, dims: value.constant.dims.slice(-1) }, value.name)
    : undefined;
}

function sameLead(a: Value, b: Value): boolean {
  const [x, y] = [a.type.shape, b.type.shape];
  return x.length === y.length && x.slice(0, -1).every((dim, i) => sameDim(dim, y[i]!));
}

function replaceByRows(node: Node, rows: NewValue, like: Value, patch: Patch): Patch | undefined {
  if (like.type.shape.length === 2) return patch.replace(node.output, rows, 'MatMul and Add as Gemm');
  const columns = rows.type.shape[1]!;
  if (typeof columns !== 'number') return undefined;
  const y = patch.node('Reshape', [rows, sizes(like, [columns], patch)]);
  if (!patch.sameShape(y.type.shape, node.output.type.shape)) return undefined;
  return patch.replace(node.output, y, 'all rows in one matrix');
}

/** The operand of a Reshape to all axes of a value but its last, and these. */
function sizes(like: Value, last: readonly number[], patch: Patch): Operand {
  const lead = like.type.shape.slice(0, -1);
  const symbolic = lead.filter((dim) => typeof dim !== 'number').length;
  if (symbolic <= 1 && ![...lead, ...last].includes(0))
    return patch.integers([...lead.map((dim) => (typeof dim === 'number' ? dim : -1)), ...last]);
  return patch.node('Concat', [patch.node('Shape', [like], { end: -1 }), patch.integers(last)], { axis: 0 });
}

function isNumbers(dims: readonly Dim[]): dims is readonly number[] {
  return dims.every((dim) => typeof dim === 'number');
}
