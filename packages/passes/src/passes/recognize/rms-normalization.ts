// RMSNormalization written out: x over the root of the mean of its squares.

import { any, oneOf } from '../../pattern.ts';
import { product } from '../../product.ts';
import { recognize } from '../../recognize.ts';
import { definePass } from '../../rule.ts';
import { rootNorm } from './norms.ts';
import { deviation, mean, reciprocalDeviation, sharedAxes, square } from './statistics.ts';

const x = any('x');
const meanSquare = mean(square(x), 'variance');

const rootMeanSquare = recognize({
  name: 'rms-norm',
  pattern: oneOf(product(1, [x], [deviation(meanSquare)]), product(1, [reciprocalDeviation(meanSquare), x])),
  reason: 'x / √(mean of x² + epsilon)',
  make(match, patch) {
    const axes = sharedAxes(match, match.value('x'), patch, 'variance');
    const epsilon = match.number('epsilon');
    if (!axes || !(epsilon >= 0 && epsilon <= 1)) return undefined;
    return rootNorm(patch, match.value('x'), axes, epsilon);
  },
});

export const recognizeRmsNormalization = definePass({
  name: 'recognize-rms-normalization',
  summary: 'RMSNormalization written out',
  rules: [rootMeanSquare],
});
