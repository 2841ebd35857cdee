import { describe, it } from 'vitest';
import { random, tensor } from '../../../../reference/src/testing/check.ts';
import { checkMicrosoft } from '../../testing/microsoft.ts';

const bytes = (dims: readonly number[], seed: number) => random(dims, { dtype: 'uint8', low: 0, high: 256, seed });

describe.each([2, 4, 8])('MatMulNBits of %i bits', (bits) => {
  it.each([
    { K: 64, N: 5, block_size: 32 },
    { K: 32, N: 3, block_size: 16 },
    { K: 256, N: 2, block_size: 256 },
    { K: 40, N: 4, block_size: 16 },
    { K: 48, N: 3, block_size: 32 },
  ])('%o', async ({ K, N, block_size }) => {
    const blocks = Math.ceil(K / block_size);
    const x = random([2, 3, K]);
    const weights = bytes([N, blocks, (block_size * bits) / 8], 2);
    const scales = random([N, blocks], { low: 0.1, high: 0.5, seed: 3 });
    const zeros = bytes([N, Math.ceil((blocks * bits) / 8)], 4);
    const attributes = { K, N, block_size, bits };
    const dynamic = { 0: ['batch', 'sequence', K] };
    const run = (inputs: Parameters<typeof checkMicrosoft>[1], constants: number[]) =>
      checkMicrosoft('MatMulNBits', [x, weights, scales, ...inputs], attributes, {
        dynamic,
        constants,
        absolute: 1e-4,
      });
    await run([], [1, 2]);
    await run([zeros], [1, 2, 3]);
    await run([zeros], []);
    await run([zeros, null, random([N], { seed: 5 })], [1, 2, 3, 5]);
    if (bits === 8) return;
    // ONNX Runtime has these for fewer bits only.
    await run([random([N, blocks], { low: 1, high: 7, seed: 6 })], [1, 2, 3]);
  });
});

it('MatMulNBits with features in groups of any order', () => {
  const groups = tensor(
    'int32',
    [64],
    Array.from({ length: 64 }, (_, i) => i % 2),
  );
  const scales = random([5, 2], { low: 0.1, high: 0.5, seed: 3 });
  const zeros = random([5, 2], { low: 5, high: 10, seed: 4 });
  const attributes = { K: 64, N: 5, block_size: 32, bits: 4 };
  const inputs = [random([3, 64]), bytes([5, 2, 16], 2), scales, zeros, groups];
  return checkMicrosoft('MatMulNBits', inputs, attributes, { constants: [1, 2, 3, 4] });
});

describe.each([
  ['FP4', 0],
  ['NF4', 1],
] as const)('MatMulBnb4 of %s', (_, quant_type) => {
  it.each([[[1, 2]], [[]]])('constants %o', (constants) => {
    const inputs = [random([2, 3, 32]), bytes([80], 1), random([10], { low: 0.1, high: 1 })];
    const attributes = { K: 32, N: 5, block_size: 16, quant_type };
    return checkMicrosoft('MatMulBnb4', inputs, attributes, { constants, dynamic: { 0: ['batch', 'sequence', 32] } });
  });
});

describe.each([2, 4, 8])('GatherBlockQuantized of %i bits in bytes', (bits) => {
  const data = bytes([4, (64 * bits) / 8], 1);
  const indices = tensor('int64', [2, 3], [0, 3, 1, 2, 2, 0]);
  const scales = random([4, 4], { low: 0.1, high: 0.5, seed: 3 });
  const attributes = { bits, block_size: 16 };
  const dynamic = { 1: ['batch', 'sequence'] };
  it('with the default zero point', () =>
    checkMicrosoft('GatherBlockQuantized', [data, indices, scales], attributes, { constants: [0, 2], dynamic }));
  it('with zero points', () => {
    const inputs = [data, indices, scales, bytes([4, (4 * bits) / 8], 4)];
    return checkMicrosoft('GatherBlockQuantized', inputs, attributes, { constants: [0, 2, 3], dynamic });
  });
});
