// Chains of ops on one element: what is done twice, what undoes what was done, and signs that ops after them take in.

import { bitWidth, type DType, isFloat, isInteger, isUnsigned, type Node, opName, type UnaryOp } from '@trtx/ir';
import { producerOf, scalarOf } from '../../match.ts';
import { definePass, defineRule } from '../../rule.ts';

const ROUND: ReadonlySet<UnaryOp> = new Set(['floor', 'ceil', 'round']);
/** f(f(x)) = f(x). */
const IDEMPOTENT: ReadonlySet<UnaryOp> = new Set(['abs', 'sign', ...ROUND]);
/** f(f(x)) = x. */
const INVOLUTION: ReadonlySet<UnaryOp> = new Set(['neg', 'not', 'bitnot']);
/** f(−x) = f(x). */
const EVEN: ReadonlySet<UnaryOp> = new Set(['abs', 'cos', 'cosh']);

/** Abs of Abs, Floor of Round: the first has done it. */
const doneAlready = defineRule({
  name: 'done-already',
  ops: (op) => op.trait.kind === 'pointwise',
  apply(node, patch) {
    const { outer, inner, before } = pairOf(node) ?? {};
    if (!outer || !inner || !before) return undefined;
    const done = (outer === inner && IDEMPOTENT.has(outer)) || (ROUND.has(outer) && ROUND.has(inner));
    return done ? patch.covers(before).replace(node.output, before.output, `${outer} of ${inner}`) : undefined;
  },
});

/** −(−x) is x. */
const undone = defineRule({
  name: 'undone',
  ops: (op) => op.trait.kind === 'pointwise',
  apply(node, patch) {
    const { outer, inner, before } = pairOf(node) ?? {};
    if (!outer || outer !== inner || !before || !INVOLUTION.has(outer)) return undefined;
    return patch.covers(before).replace(node.output, before.inputs[0]!, `${outer} of ${inner}`);
  },
});

/** |−x| is |x|. */
const evenOfNegative = defineRule({
  name: 'even-of-negative',
  ops: (op) => op.trait.kind === 'pointwise',
  apply(node, patch) {
    const { outer, inner, before } = pairOf(node) ?? {};
    if (!outer || inner !== 'neg' || !before || !EVEN.has(outer)) return undefined;
    const y = patch.node(opName(node.op), [before.inputs[0]], node.attributes);
    return patch.covers(before).replace(node.output, y, `${outer} of −x`);
  },
});

/** a + (−b) is a − b, a − (−b) is a + b, (−a) · (−b) is a · b: to the last bit. */
const negativeOperand = defineRule({
  name: 'negative-operand',
  ops: ['Add', 'Sub', 'Mul', 'Div'],
  apply(node, patch) {
    const [a, b] = node.inputs;
    const [left, right] = [producerOf(a, 'Neg'), producerOf(b, 'Neg')];
    switch (node.op.name) {
      case 'Add':
        if (right) return patch.covers(right).replace(node.output, patch.node('Sub', [a, right.inputs[0]]), 'a + (−b)');
        return left && patch.covers(left).replace(node.output, patch.node('Sub', [b, left.inputs[0]]), '(−a) + b');
      case 'Sub':
        return right && patch.covers(right).replace(node.output, patch.node('Add', [a, right.inputs[0]]), 'a − (−b)');
      default: {
        if (!left || !right || !isFloat(node.output.type.dtype)) return undefined;
        const y = patch.node(node.op.name, [left.inputs[0], right.inputs[0]]);
        return patch.covers(left, right).replace(node.output, y, 'both are negative');
      }
    }
  },
});

/** Cast of a Cast to a type that holds every value of the first is one Cast, or none. */
const castOfCast = defineRule({
  name: 'cast-of-cast',
  ops: ['Cast'],
  apply(node, patch) {
    const inner = producerOf(node.inputs[0], 'Cast');
    if (!inner) return undefined;
    const x = inner.inputs[0]!;
    const [first, middle, last] = [x.type.dtype, inner.output.type.dtype, node.output.type.dtype];
    if (digitsOf(last) === undefined || !holds(middle, first)) return undefined;
    // Floats saturate where they become integers, integers wrap around.
    if (isInteger(first) && isFloat(middle) && isInteger(last) && !holds(last, first)) return undefined;
    const y = first === last ? x : patch.node('Cast', [x], { to: last });
    return patch.covers(inner).replace(node.output, y, `${middle} holds every ${first}`);
  },
});

export const mergeUnary = definePass({
  name: 'merge-unary',
  summary: 'Abs of Abs, Neg of Neg, Cast of Cast, Floor of Round: one or none; a + (−b) as a − b',
  rules: [doneAlready, undone, evenOfNegative, negativeOperand, castOfCast],
});

/** The unary operations of a node and of the one before it. */
function pairOf(node: Node): { outer: UnaryOp; inner: UnaryOp; before: Node } | undefined {
  if (node.inputs.length !== 1 || node.inputs[0]!.producer?.inputs.length !== 1) return undefined;
  const before = node.inputs[0]!.producer;
  const outer = unaryOf(node);
  const inner = outer && unaryOf(before);
  return outer && inner && { outer, inner, before };
}

function unaryOf(node: Node): UnaryOp | undefined {
  const scalar = scalarOf(node);
  return scalar?.kind === 'unary' && scalar.a.kind === 'arg' ? scalar.op : undefined;
}

/** Digits of the numbers that a type holds exactly; undefined for types that the rules leave alone. */
function digitsOf(dtype: DType): number | undefined {
  if (dtype === 'bool') return 1;
  if (isInteger(dtype)) return bitWidth(dtype) < 8 ? undefined : bitWidth(dtype) - (isUnsigned(dtype) ? 0 : 1);
  return FLOAT_DIGITS[dtype];
}

const FLOAT_DIGITS: Partial<Record<DType, number>> = { float16: 11, bfloat16: 8, float32: 24, float64: 53 };

/** True where the type holds every value of the other one. */
function holds(dtype: DType, other: DType): boolean {
  const [digits, needed] = [digitsOf(dtype), digitsOf(other)];
  if (digits === undefined || needed === undefined) return false;
  if (dtype === other || other === 'bool') return true;
  if (dtype === 'bool' || digits < needed) return false;
  if (isInteger(other)) return isFloat(dtype) || !isUnsigned(dtype) || isUnsigned(other);
  // float16 reaches less far than bfloat16, whose digits are fewer.
  return isFloat(dtype) && dtype !== 'float16';
}
