import { describe, expect, it } from 'vitest';
import { check, random, runReference } from '../testing/check.ts';

const CASES: [string, number[], number[], Record<string, unknown>][] = [
  ['3x3', [2, 3, 8, 9], [5, 3, 3, 3], {}],
  ['3x3 padded, many channels', [1, 70, 13, 13], [9, 70, 3, 3], { pads: [1, 1, 1, 1] }],
  ['1x1', [2, 6, 5, 7], [8, 6, 1, 1], {}],
  ['1x1 with strides', [1, 6, 9, 8], [3, 6, 1, 1], { strides: [2, 2] }],
  ['strides and uneven pads', [1, 4, 11, 10], [6, 4, 3, 5], { strides: [2, 3], pads: [0, 2, 1, 1] }],
  ['dilations', [1, 4, 16, 15], [6, 4, 3, 3], { dilations: [2, 3], pads: [2, 3, 2, 3] }],
  ['groups', [2, 8, 7, 7], [12, 2, 3, 3], { group: 4, pads: [1, 1, 1, 1] }],
  ['depthwise', [2, 9, 7, 8], [9, 1, 3, 3], { group: 9, pads: [1, 1, 1, 1], strides: [2, 1] }],
  ['depthwise, two outputs a channel', [1, 4, 8, 8], [8, 1, 5, 5], { group: 4, pads: [2, 2, 2, 2], dilations: [1, 2] }],
  ['SAME_UPPER', [1, 3, 10, 11], [4, 3, 4, 4], { auto_pad: 'SAME_UPPER', strides: [2, 2] }],
  ['SAME_LOWER', [1, 3, 10, 11], [4, 3, 4, 4], { auto_pad: 'SAME_LOWER', strides: [3, 2] }],
  ['VALID', [1, 3, 10, 11], [4, 3, 4, 4], { auto_pad: 'VALID' }],
  ['1-D', [2, 3, 20], [4, 3, 5], { strides: [2], pads: [2, 1] }],
  ['3-D', [1, 2, 6, 7, 8], [3, 2, 3, 2, 3], { strides: [1, 2, 1], pads: [1, 0, 1, 1, 1, 0], dilations: [2, 1, 1] }],
];

describe('Conv', () => {
  it.each(CASES)('%s', async (_, x, w, attributes) => {
    const inputs = [random(x), random(w, { seed: 2 }), random([w[0]!], { seed: 3 })];
    const dynamic = [0, ...x.map((_, axis) => axis).slice(2)];
    // ONNX Runtime adds up in float32.
    await check('Conv', inputs, attributes as never, { dynamic, absolute: 2e-5 });
    await check('Conv', [...inputs.slice(0, 2), null], attributes as never, { absolute: 2e-5 });
  });

  it('rounds once: a sum that float32 loses on the way is right', async () => {
    const x = random([1, 3, 1, 1]);
    (x.data as Float32Array).set([2 ** 25, 1, -(2 ** 25)]);
    const w = random([1, 3, 1, 1]);
    (w.data as Float32Array).fill(1);
    expect((await runReference('Conv', [x, w]))[0]!.data[0]).toBe(1);
  });

  it('float16', async () => {
    const dtype = 'float16' as const;
    await check(
      'Conv',
      [random([1, 8, 6, 6], { dtype }), random([4, 8, 3, 3], { dtype, seed: 2 })],
      {},
      { absolute: 5e-3 },
    );
  });
});

describe('ConvTranspose', () => {
  const cases: [string, number[], number[], Record<string, unknown>][] = [
    ['2x2 stride 2', [2, 6, 5, 7], [6, 4, 2, 2], { strides: [2, 2] }],
    [
      '3x3 padded, output_padding',
      [1, 5, 6, 6],
      [5, 3, 3, 3],
      { strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 1] },
    ],
    ['groups, dilations', [1, 6, 5, 5], [6, 2, 3, 3], { group: 3, dilations: [2, 1] }],
    ['depthwise', [2, 4, 5, 5], [4, 1, 4, 4], { group: 4, strides: [2, 2], pads: [1, 1, 1, 1] }],
    ['output_shape', [1, 3, 5, 5], [3, 2, 3, 3], { strides: [2, 2], output_shape: [10, 11] }],
    ['SAME_UPPER', [1, 3, 5, 6], [3, 2, 3, 3], { strides: [2, 2], auto_pad: 'SAME_UPPER' }],
    ['SAME_LOWER', [1, 3, 5, 6], [3, 2, 3, 3], { strides: [2, 2], auto_pad: 'SAME_LOWER' }],
    ['1-D', [1, 3, 9], [3, 2, 4], { strides: [3], pads: [1, 2] }],
  ];
  it.each(cases)('%s', async (_, x, w, attributes) => {
    const group = (attributes.group as number | undefined) ?? 1;
    const inputs = [random(x), random(w, { seed: 2 }), random([w[1]! * group], { seed: 3 })];
    await check('ConvTranspose', inputs, attributes as never, { dynamic: attributes.output_shape ? [0] : [0, 2] });
  });
});
