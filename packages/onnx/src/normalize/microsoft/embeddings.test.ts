import { describe, it } from 'vitest';
import { random, tensor } from '../../../../reference/src/testing/check.ts';
import { checkMicrosoft } from '../../testing/microsoft.ts';

const ids = random([2, 5], { dtype: 'int32', low: 0, high: 10 });
const segments = random([2, 5], { dtype: 'int32', low: 0, high: 2, seed: 7 });
const mask = tensor('int32', [2, 5], [1, 1, 1, 0, 0, 1, 1, 0, 1, 1]);
const dims = ['batch', 'sequence'];

describe('EmbedLayerNormalization', () => {
  const [words, places, types] = [10, 6, 2].map((size) => random([size, 8], { seed: size }));
  const [gamma, beta] = [3, 4].map((seed) => random([8], { seed }));
  it('with all inputs and outputs', () => {
    const inputs = [ids, segments, words!, places!, types!, gamma!, beta!, mask];
    const options = { outputCount: 3, dynamic: { 0: dims, 1: dims, 7: dims } };
    return checkMicrosoft('EmbedLayerNormalization', inputs, { epsilon: 1e-5, mask_index_type: 1 }, options);
  });
  it('without segments and a mask', () => {
    const inputs = [ids, null, words!, places!, null, gamma!, beta!];
    return checkMicrosoft('EmbedLayerNormalization', inputs, {}, { outputCount: 2, dynamic: { 0: dims } });
  });
  it.each([1, 2])('with positions for %i batch elements', (batch) => {
    const positions = random([batch, 5], { dtype: 'int32', low: 0, high: 6, seed: 8 });
    const inputs = [ids, segments, words!, places!, types!, gamma!, beta!, null, positions];
    return checkMicrosoft('EmbedLayerNormalization', inputs, {}, { outputCount: 2 });
  });
});

describe('QEmbedLayerNormalization', () => {
  const table = (shape: readonly number[], seed: number) => random(shape, { dtype: 'uint8', low: 0, high: 256, seed });
  const scales = [0.01, 0.02, 0.03, 0.01, 0.015].map((value) => tensor('float32', [], [value]));
  const zeros = [120, 130, 110, 100, 90].map((value) => tensor('uint8', [], [value]));
  const [words, places, types, gamma, beta] = [[10, 8], [6, 8], [2, 8], [8], [8]].map(table);
  it('with all inputs', () => {
    const inputs = [ids, segments, words!, places!, types!, gamma!, beta!, mask, ...scales, ...zeros];
    const options = { outputCount: 2, dynamic: { 0: dims, 1: dims, 7: dims } };
    return checkMicrosoft('QEmbedLayerNormalization', inputs, { epsilon: 1e-5 }, options);
  });
  it('without segments and a mask', () => {
    const without = <T>(list: readonly T[]) => list.map((value, i) => (i === 2 ? null : value));
    const inputs = [ids, null, words!, places!, null, gamma!, beta!, null, ...without(scales), ...without(zeros)];
    return checkMicrosoft('QEmbedLayerNormalization', inputs, {}, { outputCount: 2, dynamic: { 0: dims } });
  });
});
