import type { Tensor } from '@trtx/ir';
import { expect, it } from 'vitest';
import { channelsFirst, channelsLast, isChannelsLast } from './layout.ts';

const dims = [2, 3, 1, 2];
const tensor: Tensor = { dtype: 'float32', dims, data: Float32Array.from({ length: 12 }, (_, i) => i) };

it('puts channels last and back', () => {
  const last = channelsLast(tensor);
  expect(last).toMatchObject({ dims: [2, 1, 2, 3], data: Float32Array.of(0, 2, 4, 1, 3, 5, 6, 8, 10, 7, 9, 11) });
  expect(channelsFirst(last)).toEqual(tensor);
});

it('tells a shape with the channels last', () => {
  expect(isChannelsLast([null, 224, 224, 3], [1, 3, 224, 224])).toBe(true);
  expect(isChannelsLast([-1, 224, 224, 3], [1, 3, 224, 224])).toBe(true);
  expect(isChannelsLast([null, 3, 224, 224], [1, 3, 224, 224])).toBe(false);
  expect(isChannelsLast([null, null, null, null], [1, 3, 224, 224])).toBe(false);
  expect(isChannelsLast([null, 1000], [1, 1000])).toBe(false);
  expect(isChannelsLast(undefined, dims)).toBe(false);
});
