// HardSwish written out: x · relu6(x + 3) / 6, and x · HardSigmoid(x).

import { any, number, op } from '../../pattern.ts';
import { plus, product } from '../../product.ts';
import { recognize } from '../../recognize.ts';
import { definePass } from '../../rule.ts';

const x = any('x');

const byClip = recognize({
  name: 'hard-swish',
  pattern: product(1 / 6, [op('Clip', plus(x, 3), number(0), number(6)), x]),
  reason: 'x · relu6(x + 3) / 6',
  make: (match, patch) => patch.node('HardSwish', [match.value('x')]),
});

const byHardSigmoid = recognize({
  name: 'hard-swish-sigmoid',
  pattern: product(1, [
    op('HardSigmoid', x).where((node) => {
      const at = node.view();
      return Math.abs(at.float('alpha') * 6 - 1) <= 1e-3 && at.float('beta') === 0.5;
    }),
    x,
  ]),
  reason: 'x · HardSigmoid(x)',
  make: (match, patch) => patch.node('HardSwish', [match.value('x')]),
});

export const recognizeHardSwish = definePass({
  name: 'recognize-hard-swish',
  summary: 'HardSwish written out with Clip or HardSigmoid',
  rules: [byClip, byHardSigmoid],
});
