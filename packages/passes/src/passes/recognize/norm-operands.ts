// What stands behind a norm goes into its operands: constant scales and offsets, and casts around it.

import { type Constant, type Dim, isFloat, type Node, normGeometry, type Value } from '@trtx/ir';
import { alongAxis, constantOperand, float64Of, fromFloat64 } from '../../match.ts';
import type { NewValue, Patch } from '../../patch.ts';
import { definePass, defineRule } from '../../rule.ts';
import { alongAxes } from './norms.ts';

/** Where a norm has operands, and along what they lie. */
interface Form {
  /** Whether it has a bias, input 2. */
  readonly bias: boolean;
  /** The numbers of a constant that broadcasts to the norm's output, in the shape of its operands. */
  operand(norm: Node, constant: Constant): Constant | undefined;
}

const trailing: Form['operand'] = (norm, constant) => alongAxes(constant, norm.output.type.shape, axesOf(norm));

const channels: Form['operand'] = (norm, constant) => {
  const { shape } = norm.output.type;
  const count = shape[1];
  const values = typeof count === 'number' ? alongAxis(constant, shape.length, 1, count) : undefined;
  return values && fromFloat64(constant.dtype, [values.length], values);
};

const FORMS: Readonly<Record<string, Form>> = {
  LayerNormalization: { bias: true, operand: trailing },
  RMSNormalization: { bias: false, operand: trailing },
  InstanceNormalization: { bias: true, operand: channels },
  GroupNormalization: { bias: true, operand: channels },
};

const NORMS = Object.keys(FORMS);

/** norm · c is the norm with scale and bias times c. */
const scale = defineRule({
  name: 'norm-scale',
  ops: ['Mul', 'Div'],
  apply: (node, patch) =>
    absorb(node, patch, node.op.name === 'Mul', (form, factor, weight, bias) => {
      const by = node.op.name === 'Mul' ? factor : factor.map((v) => 1 / v);
      return { scale: weight.map((v, i) => v * by[i]!), bias: form.bias ? bias?.map((v, i) => v * by[i]!) : undefined };
    }),
});

/** norm + c is the norm with its bias plus c. */
const offset = defineRule({
  name: 'norm-offset',
  ops: ['Add', 'Sub'],
  apply: (node, patch) =>
    absorb(node, patch, node.op.name === 'Add', (form, addend, weight, bias) => {
      if (!form.bias) return undefined;
      const sign = node.op.name === 'Add' ? 1 : -1;
      return { scale: weight, bias: addend.map((v, i) => (bias?.[i] ?? 0) + sign * v) };
    }),
});

/** A norm in float32 of a cast input, cast back, where the narrower type has the same operands: it is float32 inside anyway. */
const casts = defineRule({
  name: 'norm-casts',
  ops: ['Cast'],
  apply(node, patch) {
    const norm = node.inputs[0]!.producer;
    const cast = norm?.inputs[0]?.producer;
    if (!norm || !isNorm(norm) || cast?.op.name !== 'Cast' || cast.op.domain !== '') return undefined;
    const x = cast.inputs[0]!;
    const { dtype } = node.output.type;
    if (x.type.dtype !== dtype || !isFloat(dtype) || norm.output.type.dtype !== 'float32' || dtype === 'float64')
      return undefined;
    const operands = norm.inputs.slice(1).map((input) => narrowed(input, dtype, patch));
    if (operands.includes(undefined) || !patch.onlyUsedBy(norm.output, node)) return undefined;
    const y = patch.covers(norm, cast).node(norm.op.name, [x, ...operands], norm.attributes, norm.name);
    return patch.replace(node.output, y, `casts around ${norm.op.name}`);
  },
});

export const foldNormOperands = definePass({
  name: 'fold-norm-operands',
  summary: 'constant Mul, Div, Add and Sub go into the scale and bias of the norm before them, and casts around it go',
  rules: [scale, offset, casts],
});

function isNorm(node: Node): boolean {
  return node.op.domain === '' && NORMS.includes(node.op.name) && node.outputs.length === 1;
}

interface Operands {
  readonly scale: Float64Array;
  readonly bias: Float64Array | undefined;
}

/** Replaces a binary node with a constant by the norm before it with other operands; a Transpose may stand between. */
function absorb(
  node: Node,
  patch: Patch,
  commutes: boolean,
  change: (form: Form, given: Float64Array, scale: Float64Array, bias?: Float64Array) => Operands | undefined,
): Patch | undefined {
  const operand = constantOperand(node, commutes);
  const moved = operand?.x.producer;
  const perm = moved?.op.domain === '' && moved.op.name === 'Transpose' ? moved.view().ints('perm') : undefined;
  const norm = perm ? moved!.inputs[0]!.producer : moved;
  if (!operand || !norm || !isNorm(norm) || !patch.onlyUsedBy(operand.x, node)) return undefined;
  if (perm && !patch.onlyUsedBy(norm.output, moved!)) return undefined;
  const form = FORMS[norm.op.name]!;
  const constant = perm ? transposed(operand.constant, perm) : operand.constant;
  const given = constant && form.operand(norm, constant);
  const weight = along(norm, form, norm.inputs[1]);
  const bias = along(norm, form, norm.inputs[2]);
  if (!given || !weight || (norm.inputs[2] && !bias)) return undefined;
  const changed = change(form, float64Of(given), weight, bias);
  if (!changed || ![...changed.scale, ...(changed.bias ?? [])].every(Number.isFinite)) return undefined;
  const operands = [changed.scale, changed.bias].map(
    (values, i) =>
      values &&
      patch.constant(fromFloat64(given.dtype, given.dims, values), norm.inputs[i + 1]?.name ?? `${norm.name}.bias`),
  );
  const y = patch.covers(norm).node(norm.op.name, [norm.inputs[0], ...operands], norm.attributes, norm.name);
  const result = perm ? patch.covers(moved!).node('Transpose', [y], { perm }, moved!.name) : y;
  return patch.replace(node.output, result, `into ${norm.name}`);
}

/** The numbers of a norm's own operand, as many as the form has. */
function along(norm: Node, form: Form, value: Value | null | undefined): Float64Array | undefined {
  if (!value?.constant || !isFloat(value.type.dtype)) return undefined;
  const own = form.operand === channels ? value.constant : form.operand(norm, value.constant);
  return own && float64Of(own);
}

/** The axes that LayerNormalization and RMSNormalization are over. */
function axesOf(norm: Node): readonly number[] {
  return normGeometry(norm.view()).axes;
}

/** A constant that broadcasts to Transpose(y), as one that broadcasts to y: only where its elements stay in their order. */
function transposed(constant: Constant, perm: readonly number[]): Constant | undefined {
  const skip = perm.length - constant.dims.length;
  if (skip < 0) return undefined;
  const own = perm.map((_, axis) => (axis < skip ? 1 : constant.dims[axis - skip]!));
  const long = perm.filter((_, axis) => own[axis] !== 1);
  if (long.some((axis, i) => i > 0 && axis < long[i - 1]!)) return undefined;
  const dims: Dim[] = perm.map((_, axis) => own[perm.indexOf(axis)]!);
  return fromFloat64(constant.dtype, dims as number[], float64Of(constant));
}

/** A float constant in a type that has all its numbers; null where the operand is absent, undefined where it will not do. */
function narrowed(value: Value | null, dtype: Constant['dtype'], patch: Patch): NewValue | null | undefined {
  if (!value) return null;
  if (!value.constant) return undefined;
  const wide = float64Of(value.constant);
  const narrow = fromFloat64(dtype, value.constant.dims, wide);
  return float64Of(narrow).every((v, i) => v === wide[i]) ? patch.constant(narrow, value.name) : undefined;
}
