// Swish written out: x · sigmoid(alpha · x), which is SiLU with alpha 1 and QuickGelu with alpha 1.702.

import { any, op } from '../../pattern.ts';
import { plus, product } from '../../product.ts';
import { recognize } from '../../recognize.ts';
import { definePass } from '../../rule.ts';

const x = any('x');

const bySigmoid = recognize({
  name: 'swish',
  pattern: product(1, [op('Sigmoid', product('alpha', [x])), x]),
  reason: 'x · sigmoid(alpha · x)',
  make: (match, patch) => patch.node('Swish', [match.value('x')], { alpha: match.number('alpha') }),
});

const byExp = recognize({
  name: 'swish-exp',
  pattern: product(1, [x], [plus(op('Exp', product('slope', [x])), 1)]),
  reason: 'x / (1 + e^(−alpha · x))',
  make: (match, patch) => patch.node('Swish', [match.value('x')], { alpha: -match.number('slope') }),
});

export const recognizeSwish = definePass({
  name: 'recognize-swish',
  summary: 'Swish written out with Sigmoid or Exp: SiLU and QuickGelu',
  rules: [bySigmoid, byExp],
});
