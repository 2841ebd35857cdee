// Cheaper spellings of the same arithmetic, to the last bit.

import { fitsInto, float64Of, floatConstant, fromFloat64, splatOf } from '../../match.ts';
import { definePass, defineRule } from '../../rule.ts';

/** x² is x · x. */
const square = defineRule({
  name: 'square',
  ops: ['Pow'],
  apply(node, patch) {
    const [x, exponent] = node.inputs;
    if (splatOf(exponent) !== 2 || !fitsInto(exponent!.type.shape, x!.type.shape)) return undefined;
    return patch.replace(node.output, patch.node('Mul', [x, x]), 'x² as x · x');
  },
});

/** x / c is x · (1/c) where c is a power of two, so that 1/c is exact. */
const exactReciprocal = defineRule({
  name: 'exact-reciprocal',
  ops: ['Div'],
  apply(node, patch) {
    const divisor = floatConstant(node.inputs[1]);
    if (!divisor) return undefined;
    const values = float64Of(divisor);
    // Within these exponents the reciprocal is a normal number of every type.
    const exact = (v: number) =>
      Math.abs(v) >= 2 ** -14 && Math.abs(v) <= 2 ** 14 && Number.isInteger(Math.log2(Math.abs(v)));
    if (values.length > 65536 || !values.every(exact)) return undefined;
    const reciprocal = fromFloat64(
      divisor.dtype,
      divisor.dims,
      values.map((v) => 1 / v),
    );
    const y = patch.node('Mul', [node.inputs[0], patch.constant(reciprocal, node.inputs[1]!.name)]);
    return patch.replace(node.output, y, 'division by powers of two');
  },
});

/** x − c is x + (−c). */
const addNegative = defineRule({
  name: 'add-negative',
  ops: ['Sub'],
  apply(node, patch) {
    const constant = floatConstant(node.inputs[1]);
    if (!constant || node.inputs[0]!.constant) return undefined;
    const negative = fromFloat64(
      constant.dtype,
      constant.dims,
      float64Of(constant).map((v) => -v),
    );
    const y = patch.node('Add', [node.inputs[0], patch.constant(negative, node.inputs[1]!.name)]);
    return patch.replace(node.output, y, 'x − c as x + (−c)');
  },
});

/** c + x is x + c, so that equal nodes are found equal. */
const constantsLast = defineRule({
  name: 'constants-last',
  ops: ['Add', 'Mul'],
  apply(node, patch) {
    const [a, b] = node.inputs;
    if (!a!.constant || b!.constant) return undefined;
    return patch.replace(node.output, patch.node(node.op.name, [b, a], node.attributes), 'constants last');
  },
});

export const simplifyArithmetic = definePass({
  name: 'simplify-arithmetic',
  summary: 'x² as x · x, division by powers of two as Mul, subtraction of constants as Add, constants last',
  rules: [square, exactReciprocal, addNegative, constantsLast],
});
