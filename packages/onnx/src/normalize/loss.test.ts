import type { Tensor } from '@trtx/ir';
import { describe, it } from 'vitest';
import { checkNode } from '../../../../tests/support/imported.ts';
import { random } from '../../../reference/src/testing/check.ts';

const cases = (['none', 'sum', 'mean'] as const).flatMap((reduction) =>
  [undefined, 2, -1].flatMap((ignore_index) => [[3], [3, 2, 4]].map((dims) => ({ reduction, ignore_index, dims }))),
);

describe.each(['NegativeLogLikelihoodLoss', 'SoftmaxCrossEntropyLoss'])('%s', (op) => {
  it.each(cases)('%o', async ({ reduction, ignore_index, dims }) => {
    const scores = random([dims[0]!, 5, ...dims.slice(1)], { low: -3, high: 3 });
    const labels = random(dims, { dtype: 'int64', low: 0, high: 5, seed: 4 });
    if (ignore_index !== undefined) (labels.data as BigInt64Array)[1] = BigInt(ignore_index);
    const weights: Tensor = random([5], { low: 0.1, high: 2, seed: 5 });
    const options = { opset: 13, outputCount: op === 'SoftmaxCrossEntropyLoss' ? 2 : 1 };
    await checkNode(op, [scores, labels], { reduction, ignore_index }, options);
    await checkNode(op, [scores, labels, weights], { reduction, ignore_index }, options);
  });
});
