import type { DType, Tensor } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { check, random, runReference, tensor } from '../testing/check.ts';

const opset = 21;
const scales = (dims: readonly number[], dtype: DType = 'float32') =>
  random(dims, { low: 0.02, high: 0.3, seed: 2, dtype });
const whole = (dims: readonly number[], dtype: DType, seed = 3) =>
  random(dims, { dtype, low: dtype.startsWith('u') ? 0 : -100, high: 100, seed });

describe('QuantizeLinear', () => {
  const X = random([3, 4, 5], { low: -30, high: 30 });

  it.each<DType>(['uint8', 'int8', 'uint16', 'int16'])('to %s', async (dtype) => {
    await check('QuantizeLinear', [X, scales([]), whole([], dtype)], {}, { opset, dynamic: [0, 1] });
    await check('QuantizeLinear', [X, scales([4]), whole([4], dtype)], { axis: 1 }, { opset, dynamic: [0] });
    await check('QuantizeLinear', [X, scales([5]), whole([5], dtype)], { axis: -1 }, { opset });
    await check(
      'QuantizeLinear',
      [X, scales([3, 2, 5]), whole([3, 2, 5], dtype)],
      { axis: 1, block_size: 2 },
      { opset },
    );
    await check('QuantizeLinear', [X, scales([])], { output_dtype: dtype }, { opset });
  });

  it('of float16', () =>
    check(
      'QuantizeLinear',
      [random([3, 4], { dtype: 'float16', low: -9, high: 9 }), scales([], 'float16')],
      {},
      { opset },
    ));

  it('rounds halves of the quotient in its own type', async () => {
    const halves = tensor('float32', [8], [0.25, 0.35, 0.45, 0.55, 0.65, -0.25, -0.35, 12.75]);
    await check('QuantizeLinear', [halves, tensor('float32', [], [0.1]), tensor('int8', [], [0])], {}, { opset });
  });

  it('infinities and NaN', async () => {
    const odd = tensor('float32', [3], [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e30]);
    const [y] = await runReference('QuantizeLinear', [odd, tensor('float32', [], [1]), tensor('int8', [], [3])]);
    expect(Array.from(y!.data as Int8Array)).toEqual([127, -128, 127]);
  });

  it.each<[string, Tensor[], Record<string, unknown>, string]>([
    ['scales', [X, scales([3])], {}, 'dimensions 3 and 4 differ'],
    ['zero points', [X, scales([4]), whole([3], 'uint8')], {}, 'dimensions 3 and 4 differ'],
    ['blocks', [X, scales([3, 3, 5])], { block_size: 2 }, 'dimensions 3 and 2 differ'],
    ['no block size', [X, scales([3, 2, 5])], {}, 'scales of rank 3 without a block size'],
    [
      'types',
      [X, scales([]), whole([], 'uint8')],
      { output_dtype: 'int8' },
      'zero points of uint8 where the output is int8',
    ],
  ])('refuses %s that do not fit', async (_, inputs, attributes, message) => {
    await expect(runReference('QuantizeLinear', inputs, attributes as Record<string, number>)).rejects.toThrow(message);
  });
});

describe('DequantizeLinear', () => {
  it.each<DType>(['uint8', 'int8', 'uint16', 'int16'])('from %s', async (dtype) => {
    const X = whole([3, 4, 5], dtype);
    await check('DequantizeLinear', [X, scales([]), whole([], dtype, 4)], {}, { opset, dynamic: [0, 1] });
    await check('DequantizeLinear', [X, scales([4]), whole([4], dtype, 4)], { axis: 1 }, { opset, dynamic: [0] });
    await check('DequantizeLinear', [X, scales([3, 4, 2])], { axis: 2, block_size: 3 }, { opset });
    await check('DequantizeLinear', [X, scales([], 'float16')], {}, { opset });
  });

  it('from int32', () => check('DequantizeLinear', [whole([3, 4], 'int32'), scales([])], {}, { opset }));
});

describe('MatMulInteger', () => {
  it.each<[DType, DType]>([
    ['uint8', 'int8'],
    ['uint8', 'uint8'],
    ['int8', 'int8'],
  ])('%s × %s', async (a, b) => {
    const [A, B] = [whole([2, 3, 7], a), whole([7, 5], b, 4)];
    await check('MatMulInteger', [A, B], {}, { opset: 10, dynamic: [0, 1] });
    await check('MatMulInteger', [A, B, whole([], a, 5), whole([], b, 6)], {}, { opset: 10 });
    await check('MatMulInteger', [A, B, whole([1], a, 5), whole([5], b, 6)], {}, { opset: 10 });
  });

  it('zero points of rows and of columns in a batch', async () => {
    const zeros = [whole([2, 3, 1], 'uint8', 5), whole([2, 1, 4], 'uint8', 6)];
    const [A, B] = [whole([2, 3, 2], 'uint8'), whole([2, 2, 4], 'uint8', 4)];
    const [Y] = await runReference('MatMulInteger', [A, B, ...zeros]);
    const [a, b, za, zb] = [A, B, ...zeros].map(({ data }) => data as Uint8Array) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    const expected = Array.from({ length: 24 }, (_, i) => {
      const [n, row, column] = [Math.floor(i / 12), Math.floor(i / 4), i % 4];
      const at = (k: number) => (a[row * 2 + k]! - za[row]!) * (b[(n * 2 + k) * 4 + column]! - zb[n * 4 + column]!);
      return at(0) + at(1);
    });
    expect(Array.from(Y!.data as Int32Array)).toEqual(expected);
  });
});

describe('ConvInteger', () => {
  it.each<[DType, DType]>([
    ['uint8', 'uint8'],
    ['uint8', 'int8'],
  ])('%s × %s', async (a, b) => {
    const [X, W] = [whole([2, 4, 6, 7], a), whole([6, 2, 3, 2], b, 4)];
    const attributes = { group: 2, pads: [1, 0, 1, 1], strides: [1, 2] };
    await check('ConvInteger', [X, W], attributes, { opset: 10, dynamic: [0, 2] });
    await check('ConvInteger', [X, W, whole([], a, 5), whole([], b, 6)], attributes, { opset: 10 });
    // ONNX Runtime lacks zero points of channels: those that are alike are one.
    const alike = (dims: readonly number[]) => tensor(b, dims, new Array(6).fill(3).slice(0, dims[0] ?? 1));
    const run = (zero: Tensor) => runReference('ConvInteger', [X, W, whole([], a, 5), zero], attributes);
    expect(await run(alike([6]))).toEqual(await run(alike([])));
  });
});
