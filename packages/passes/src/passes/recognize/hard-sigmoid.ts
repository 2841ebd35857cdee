// HardSigmoid written out: a line through 1/2, limited to 0 and a top, and divided by that.

import { any, number, op } from '../../pattern.ts';
import { product } from '../../product.ts';
import { recognize } from '../../recognize.ts';
import { definePass } from '../../rule.ts';

const line = op('Add', product('slope', [any('x')]), number('offset'));

const hardSigmoid = recognize({
  name: 'hard-sigmoid',
  pattern: product('scale', [op('Clip', line, number(0), number('top'))]),
  reason: 'min(1, max(0, alpha · x + 1/2))',
  make(match, patch) {
    const top = match.number('top');
    const alpha = match.number('slope') / top;
    const beta = match.number('offset') / top;
    if (!(alpha > 0) || beta !== 0.5 || Math.abs(match.number('scale') * top - 1) > 1e-3) return undefined;
    return patch.node('HardSigmoid', [match.value('x')], { alpha, beta });
  },
});

export const recognizeHardSigmoid = definePass({
  name: 'recognize-hard-sigmoid',
  summary: 'HardSigmoid written out as Clip of a line: relu6(x + 3) / 6',
  rules: [hardSigmoid],
});
