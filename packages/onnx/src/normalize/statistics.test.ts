import { describe, expect, it } from 'vitest';
import { checkNode, runImported } from '../../../../tests/support/imported.ts';
import { random } from '../../../reference/src/testing/check.ts';

describe('LRN', () => {
  it.each([1, 3, 5, 9])('over %i channels', (size) =>
    checkNode(
      'LRN',
      [random([2, 6, 4, 5], { low: -3, high: 3 })],
      { size, alpha: 0.5, beta: 0.6, bias: 1.5 },
      { opset: 13 },
    ),
  );
  it('by its defaults', () => checkNode('LRN', [random([1, 4, 3, 3])], { size: 3 }, { opset: 13 }));
});

it('MeanVarianceNormalization', async () => {
  const x = random([2, 3, 4, 5], { low: -3, high: 9 });
  await checkNode('MeanVarianceNormalization', [x], {}, { opset: 13 });
  await checkNode('MeanVarianceNormalization', [x], { axes: [1, 3] }, { opset: 9 });
});

describe('GroupNormalization', () => {
  const x = random([2, 6, 4, 5], { low: -3, high: 9 });
  it.each([1, 2, 3, 6])('%i groups', async (num_groups) => {
    const operands = (count: number) => [random([count], { seed: 2 }), random([count], { seed: 3 })];
    await checkNode(
      'GroupNormalization',
      [x, ...operands(6)],
      { num_groups, epsilon: 1e-2 },
      { opset: 21, absolute: 1e-5 },
    );
    await checkNode('GroupNormalization', [x, ...operands(num_groups)], { num_groups }, { opset: 18, absolute: 1e-5 });
  });
});

it('BatchNormalization in training mode', async () => {
  const x = random([4, 3, 2, 5], { low: -3, high: 9 });
  const names = ['x', 'scale', 'bias', 'mean', 'variance'];
  const operands = names.slice(1).map((_, i) => random([3], { seed: i + 2, low: 0.5, high: 2 }));
  const inputs = Object.fromEntries(names.map((name, i) => [name, i ? operands[i - 1]! : x]));
  const attributes = { training_mode: 1, momentum: 0.75 };
  const outputs = ['y', 'm', 'v'];
  const results = await runImported([{ op: 'BatchNormalization', inputs: names, outputs, attributes }], inputs, {
    opset: 15,
  });
  for (let channel = 0; channel < 3; channel++) {
    const values = (x.data as Float32Array).filter((_, i) => Math.floor(i / 10) % 3 === channel);
    const mean = values.reduce((a, b) => a + b) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    const of = (name: string) => ((results.get(name) ?? inputs[name])!.data as Float32Array)[channel]!;
    expect(of('m')).toBeCloseTo(0.75 * of('mean') + 0.25 * mean, 5);
    expect(of('v')).toBeCloseTo(0.75 * of('variance') + 0.25 * variance, 4);
    const y = (results.get('y')!.data as Float32Array)[channel * 10]!;
    expect(y).toBeCloseTo(((values[0]! - mean) / Math.sqrt(variance + 1e-5)) * of('scale') + of('bias'), 4);
  }
});
