// Normalization by mean and variance written out: LayerNormalization, and InstanceNormalization over all spatial axes.

import { any, constant, named, oneOf, op, optionally } from '../../pattern.ts';
import { product } from '../../product.ts';
import { type Recognition, recognize } from '../../recognize.ts';
import { definePass } from '../../rule.ts';
import { meanNorm } from './norms.ts';
import { cast, deviation, kept, mean, reciprocalDeviation, sharedAxes, square } from './statistics.ts';

const x = any('x');
const scale = constant('scale');
const average = kept(mean(x, 'mean'), 'mean');
const centered = op('Sub', cast(x), average);

/** The mean of squared distances, or the mean of squares less the square of the mean, which may be kept from below 0. */
const variance = oneOf(
  mean(square(centered), 'variance'),
  optionally((inner) => op('Relu', inner), op('Sub', mean(square(x), 'variance'), square(mean(x, 'mean')))),
);

const make: Recognition['make'] = (match, patch) => {
  const input = match.value('x');
  const axes = sharedAxes(match, input, patch, 'mean', 'variance');
  const epsilon = match.number('epsilon');
  if (!axes || !(epsilon >= 0 && epsilon <= 1)) return undefined;
  const affine = { scale: match.find('scale')?.constant ?? undefined, bias: match.find('bias')?.constant ?? undefined };
  return meanNorm(patch, input, axes, epsilon, affine);
};

/** (x − mean) / deviation, and that times a scale in any order. */
const distance = recognize({
  name: 'layer-norm',
  pattern: oneOf(
    product(1, [centered], [deviation(variance)]),
    product(1, [centered, reciprocalDeviation(variance)]),
    product(1, [centered, scale], [deviation(variance)]),
    product(1, [centered, reciprocalDeviation(variance), scale]),
  ),
  reason: '(x − mean) / √(variance + epsilon)',
  make,
});

/** x · a + (bias − mean · a) with a = scale / deviation, as TensorFlow writes it. */
const factor = oneOf(
  product(1, [scale], [deviation(variance)]),
  product(1, [], [deviation(variance)]),
  product(1, [scale, reciprocalDeviation(variance)]),
  reciprocalDeviation(variance),
);
const a = named('a', factor);
const linear = recognize({
  name: 'layer-norm-linear',
  pattern: oneOf(
    op('Add', product(1, [x, a]), op('Sub', constant('bias'), product(1, [average, a]))),
    op('Sub', product(1, [x, a]), product(1, [average, a])),
  ),
  reason: 'x · a + (bias − mean · a)',
  make,
});

export const recognizeLayerNormalization = definePass({
  name: 'recognize-layer-normalization',
  summary:
    'LayerNormalization written out by ReduceMean or ReduceSum, between Transposes where the axes are not the last',
  rules: [distance, linear],
});
