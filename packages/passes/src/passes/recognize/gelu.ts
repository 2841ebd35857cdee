// Gelu written out: x · Φ(x), exactly or by tanh.

import { any, number, oneOf, op } from '../../pattern.ts';
import { plus, product } from '../../product.ts';
import { recognize } from '../../recognize.ts';
import { definePass } from '../../rule.ts';

const x = any('x');

/** x/2 · (1 + erf(x/√2)) */
const erf = op('Erf', product(Math.SQRT1_2, [x]));
const onePlusErf = oneOf(plus(erf, 1), op('Sub', number(1), op('Erf', product(-Math.SQRT1_2, [x]))));
const exact = recognize({
  name: 'gelu',
  pattern: oneOf(product(0.5, [onePlusErf, x]), product(1, [plus(product(0.5, [erf]), 0.5), x])),
  reason: 'x/2 · (1 + erf(x/√2))',
  make: (match, patch) => patch.node('Gelu', [match.value('x')]),
});

/** √(2/π) · (x + 0.044715 x³), with the x³ or with x taken out of the sum; `times` as much. */
function cubic(times: number) {
  const factor = times * Math.sqrt(2 / Math.PI);
  const cube = product(0.044715, [x, x, x]);
  return oneOf(
    product(factor, [op('Add', x, cube)]),
    product(factor, [plus(product(0.044715, [x, x]), 1), x]),
    op('Add', product(factor, [x]), product(0.044715 * factor, [x, x, x])),
  );
}

/** x/2 · (1 + tanh(…)), and the same with the sigmoid of twice as much. */
const approximate = recognize({
  name: 'gelu-tanh',
  pattern: oneOf(
    product(0.5, [plus(op('Tanh', cubic(1)), 1), x]),
    product(1, [plus(product(0.5, [op('Tanh', cubic(1))]), 0.5), x]),
    product(1, [op('Sigmoid', cubic(2)), x]),
  ),
  reason: 'x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³)))',
  make: (match, patch) => patch.node('Gelu', [match.value('x')], { approximate: 'tanh' }),
});

export const recognizeGelu = definePass({
  name: 'recognize-gelu',
  summary: 'Gelu written out with Erf, Tanh or Sigmoid',
  rules: [exact, approximate],
});
