// Sigmoid and Tanh written out with exponentials, and by one another.

import { any, number, oneOf, op } from '../../pattern.ts';
import { plus, product } from '../../product.ts';
import { recognize } from '../../recognize.ts';
import { definePass } from '../../rule.ts';

const x = any('x');
const exp = (slope: number) => op('Exp', product(slope, [x]));

const sigmoid = recognize({
  name: 'sigmoid',
  pattern: oneOf(
    product(1, [], [plus(exp(-1), 1)]),
    product(1, [exp(1)], [plus(exp(1), 1)]),
    plus(product(0.5, [op('Tanh', product(0.5, [x]))]), 0.5),
    product(0.5, [plus(op('Tanh', product(0.5, [x])), 1)]),
  ),
  reason: '1 / (1 + e⁻ˣ)',
  make: (match, patch) => patch.node('Sigmoid', [match.value('x')]),
});

const tanh = recognize({
  name: 'tanh',
  pattern: oneOf(
    product(1, [op('Sub', exp(1), exp(-1))], [op('Add', exp(1), exp(-1))]),
    product(1, [op('Sub', number(1), exp(-2))], [plus(exp(-2), 1)]),
    product(1, [plus(exp(2), -1)], [plus(exp(2), 1)]),
    plus(product(2, [op('Sigmoid', product(2, [x]))]), -1),
  ),
  reason: '(eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)',
  make: (match, patch) => patch.node('Tanh', [match.value('x')]),
});

export const recognizeSigmoid = definePass({
  name: 'recognize-sigmoid',
  summary: 'Sigmoid and Tanh written out with Exp, and by one another',
  rules: [sigmoid, tanh],
});
