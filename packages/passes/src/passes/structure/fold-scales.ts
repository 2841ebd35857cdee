// Constant scales and offsets of channels go into the weights and the bias of a contraction: of the one before them,
// whose output channels they are for, or of those after them, whose input channels they are for.

import { convGeometry, type Node, type Value } from '@trtx/ir';
import { constantOperand } from '../../match.ts';
import type { Operand, Patch } from '../../patch.ts';
import { definePass, defineRule } from '../../rule.ts';
import { type Affine, type Fed, fed, foldInto, foldIntoInputs } from '../../weights.ts';
import { type AlongAxis, alongOneAxis, type LinearPath, linearPath } from './linear-path.ts';

/** Conv · c, Gemm · c, MatMul · c, and the same divided by c. */
const scale = defineRule({
  name: 'scale',
  ops: ['Mul', 'Div'],
  apply: (node, patch) => foldBack(node, patch, scaleOf(node), ({ values }) => ({ scale: values })),
});

/** Conv + c and Gemm + c, which makes the bias where there is none. MatMul has none: its Add fuses as it is. */
const offset = defineRule({
  name: 'offset',
  ops: ['Add', 'Sub'],
  apply: (node, patch) =>
    foldBack(node, patch, offsetOf(node), ({ before, values }) => (before.bias ? { offset: values } : undefined)),
});

/** Conv(x · c), ConvTranspose(x · c), Gemm(x · c), MatMul(x · c), where nothing else reads the product. */
const scaleBefore = defineRule({
  name: 'scale-before',
  ops: ['Mul', 'Div'],
  apply: (node, patch) => foldForth(node, patch, scaleOf(node), ({ values }) => ({ scale: values })),
});

/** Conv(x + c) without padding, which is zeros and not c, and Gemm(x + c). */
const offsetBefore = defineRule({
  name: 'offset-before',
  ops: ['Add', 'Sub'],
  apply: (node, patch) =>
    foldForth(node, patch, offsetOf(node), ({ into, values }) =>
      into.bias && !isPadded(into.node) ? { offset: values } : undefined,
    ),
});

export const foldScales = definePass({
  name: 'fold-scales',
  summary: 'per-channel Mul, Div, Add and Sub by constants go into the weights and bias before or after them',
  rules: [scale, offset, scaleBefore, offsetBefore],
});

/** What a node does to x: numbers that scale it, or are added to it. */
interface Numbers {
  readonly kind: 'scale' | 'offset';
  readonly x: Value;
  readonly along: AlongAxis;
}

function scaleOf(node: Node): Numbers | undefined {
  const divides = node.op.name === 'Div';
  return numbersOf(node, 'scale', !divides, divides ? (v) => 1 / v : (v) => v);
}

function offsetOf(node: Node): Numbers | undefined {
  const subtracts = node.op.name === 'Sub';
  return numbersOf(node, 'offset', !subtracts, subtracts ? (v) => -v : (v) => v);
}

function numbersOf(
  node: Node,
  kind: Numbers['kind'],
  commutes: boolean,
  map: (v: number) => number,
): Numbers | undefined {
  const operand = constantOperand(node, commutes);
  const found = operand && alongOneAxis(operand.constant, operand.x.type.shape);
  if (!found) return undefined;
  const values = found.values.map(map);
  return values.every(Number.isFinite) ? { kind, x: operand.x, along: { ...found, values } } : undefined;
}

/** Into the contraction before the node. */
function foldBack(
  node: Node,
  patch: Patch,
  numbers: Numbers | undefined,
  affineOf: (path: LinearPath) => Affine | undefined,
): Patch | undefined {
  const path = numbers && linearPath(numbers.x, node, numbers.along, numbers.kind === 'scale', patch);
  const affine = path && affineOf(path);
  if (!affine) return undefined;
  const made = path.again(foldInto(path.before, affine, patch));
  return patch.replace(node.output, made, `into ${path.before.node.name}`);
}

/** Into all contractions that read the node's output. */
function foldForth(
  node: Node,
  patch: Patch,
  numbers: Numbers | undefined,
  affineOf: (fold: { into: Fed; values: Float64Array }) => Affine | undefined,
): Patch | undefined {
  const users = [...node.output.users.keys()];
  if (!numbers || users.length === 0 || patch.isOutput(node.output)) return undefined;
  const made: [Node, Operand][] = [];
  for (const user of users) {
    const into = fed(user);
    if (!into || user.inputs.slice(1).includes(node.output)) return undefined;
    const { axis, values } = numbers.along;
    if (axis !== undefined && (axis !== into.axis || values.length !== into.channels)) return undefined;
    const each = axis === undefined ? new Float64Array(into.channels).fill(values[0]!) : values;
    const affine = affineOf({ into, values: each });
    if (!affine) return undefined;
    made.push([user, foldIntoInputs(into, affine, numbers.x, patch)]);
  }
  const reason = `into ${users.map(({ name }) => name).join(', ')}`;
  for (const [user, by] of made) patch.covers(user).replace(user.output, by, reason);
  return patch;
}

function isPadded(node: Node): boolean {
  return node.op.name === 'Conv' && !convGeometry(node.view()).axes.every(({ begin, end }) => begin === 0 && end === 0);
}
