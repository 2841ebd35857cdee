// Mish written out: x · tanh(softplus(x)).

import { any, op } from '../../pattern.ts';
import { product } from '../../product.ts';
import { recognize } from '../../recognize.ts';
import { definePass } from '../../rule.ts';

const x = any('x');

const mish = recognize({
  name: 'mish',
  pattern: product(1, [op('Tanh', op('Softplus', x)), x]),
  reason: 'x · tanh(softplus(x))',
  make: (match, patch) => patch.node('Mish', [match.value('x')]),
});

export const recognizeMish = definePass({
  name: 'recognize-mish',
  summary: 'Mish written out with Softplus and Tanh',
  rules: [mish],
});
