// Constants that are added or multiplied one after another are added or multiplied once. Floats round differently then.

import { type Constant, elementCount, isFloat, type Node, type Value } from '@trtx/ir';
import { constantOperand, fitsInto, float64Of, fromFloat64, producerOf, splatOf } from '../../match.ts';
import type { Patch } from '../../patch.ts';
import { definePass, defineRule } from '../../rule.ts';

/** (x · a) · b is x · (a · b); the same of divisors. */
const scaleOfScale = defineRule({
  name: 'scale-of-scale',
  ops: ['Mul', 'Div'],
  apply(node, patch) {
    const outer = scaleOf(node);
    const before = producerOf(outer?.x, 'Mul', 'Div');
    const inner = before && scaleOf(before);
    if (!outer || !inner || !patch.onlyUsedBy(outer.x, node)) return undefined;
    const factors = combined(inner.constant, outer.constant, (a, b) => {
      const [left, right] = [inner.divides ? 1 / a : a, outer.divides ? 1 / b : b];
      return left * right;
    });
    return factors && merge(node, before, 'Mul', inner.x, factors, patch);
  },
});

/** (x + a) + b is x + (a + b). */
const offsetOfOffset = defineRule({
  name: 'offset-of-offset',
  ops: ['Add'],
  apply(node, patch) {
    const outer = constantOperand(node, true);
    const before = producerOf(outer?.x, 'Add');
    const inner = before && constantOperand(before, true);
    if (!outer || !inner || !patch.onlyUsedBy(outer.x, node)) return undefined;
    const offsets = combined(inner.constant, outer.constant, (a, b) => a + b);
    return offsets && merge(node, before, 'Add', inner.x, offsets, patch);
  },
});

/** x^0.5 is √x, x⁻¹ is 1/x: the same but for −∞ and −0. */
const root = defineRule({
  name: 'root',
  ops: ['Pow'],
  apply(node, patch) {
    const [x, exponent] = node.inputs;
    const op = exponent && SPELLED.get(splatOf(exponent) ?? Number.NaN);
    if (!op || !isFloat(x!.type.dtype) || !fitsInto(exponent.type.shape, x!.type.shape)) return undefined;
    return patch.replace(node.output, patch.node(op, [x]), `${op} instead of a power`);
  },
});

const SPELLED: ReadonlyMap<number, string> = new Map([
  [0.5, 'Sqrt'],
  [-1, 'Reciprocal'],
]);

export const mergeScales = definePass({
  name: 'merge-scales',
  summary: 'constants that are added or multiplied one after another become one; x^0.5 as Sqrt',
  rules: [scaleOfScale, offsetOfOffset, root],
});

function scaleOf(node: Node): { x: Value; constant: Constant; divides: boolean } | undefined {
  const divides = node.op.name === 'Div';
  const operand = constantOperand(node, !divides);
  return operand && { ...operand, divides };
}

/** Both constants as one, where one of them has the shape of both together and all numbers are normal ones. */
function combined(a: Constant, b: Constant, f: (a: number, b: number) => number): Constant | undefined {
  const [na, nb] = [elementCount(a.dims), elementCount(b.dims)];
  const [large, small] = na > nb || (na === nb && a.dims.length >= b.dims.length) ? [a, b] : [b, a];
  const [ns, nl] = [Math.min(na, nb), Math.max(na, nb)];
  const sameDims = small.dims.length === large.dims.length && small.dims.every((dim, i) => dim === large.dims[i]);
  if (!sameDims && (ns !== 1 || small.dims.length > large.dims.length)) return undefined;
  const [left, right] = [float64Of(a), float64Of(b)];
  const values = new Float64Array(nl);
  for (let i = 0; i < nl; i++) values[i] = f(left[left.length === 1 ? 0 : i]!, right[right.length === 1 ? 0 : i]!);
  const merged = fromFloat64(large.dtype, large.dims, values);
  return float64Of(merged).every((v, i) => Number.isFinite(v) && (v !== 0 || values[i] === 0)) ? merged : undefined;
}

function merge(node: Node, before: Node, op: string, x: Value, constant: Constant, patch: Patch): Patch | undefined {
  const y = patch.node(op, [x, patch.constant(constant, `${node.name}.constant`)]);
  if (!patch.sameShape(y.type.shape, node.output.type.shape)) return undefined;
  return patch.covers(before).replace(node.output, y, 'constants in one');
}
