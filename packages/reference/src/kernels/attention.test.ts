import type { Tensor } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../../tests/support/compare.ts';
import { check, ints, random, runReference, tensor } from '../testing/check.ts';

interface Sizes {
  batch?: number;
  heads?: number;
  keyHeads?: number;
  queries?: number;
  keys?: number;
  size?: number;
  valueSize?: number;
}

/** Q, K and V of rank 4, or of rank 3. */
function operands(sizes: Sizes = {}, packed = false): Tensor[] {
  const { batch = 2, heads = 4, keyHeads = heads, queries = 3, keys = 5, size = 6, valueSize = 6 } = sizes;
  const dims = (count: number, length: number, width: number) =>
    packed ? [batch, length, count * width] : [batch, count, length, width];
  return [
    random(dims(heads, queries, size)),
    random(dims(keyHeads, keys, size), { seed: 2 }),
    random(dims(keyHeads, keys, valueSize), { seed: 3 }),
  ];
}

const past = (length: number, size = 6, seed = 4) => random([2, 4, length, size], { seed });
const bools = (dims: readonly number[], every: number) =>
  tensor(
    'bool',
    dims,
    Array.from({ length: dims.reduce((a, b) => a * b) }, (_, i) => (i % every ? 1 : 0)),
  );
const opset = 23;

describe('Attention', () => {
  it('of heads apart and packed', async () => {
    await check('Attention', operands(), {}, { opset, dynamic: [0, 2] });
    await check('Attention', operands({ valueSize: 7 }), { scale: 0.3 }, { opset });
    await check('Attention', operands({ valueSize: 7 }, true), { q_num_heads: 4, kv_num_heads: 4 }, { opset });
  });

  it('with heads of keys that several heads of queries share', async () => {
    await check('Attention', operands({ keyHeads: 2 }), {}, { opset });
    await check('Attention', operands({ keyHeads: 1 }, true), { q_num_heads: 4, kv_num_heads: 1 }, { opset });
  });

  it('with masks', async () => {
    for (const dims of [
      [3, 5],
      [4, 3, 5],
      [2, 1, 3, 5],
      [2, 4, 3, 5],
    ]) {
      await check('Attention', [...operands(), random(dims, { seed: 5 })], {}, { opset });
      await check('Attention', [...operands(), bools(dims, 3)], {}, { opset });
    }
  });

  it('with keys and values of earlier steps', async () => {
    const inputs = [...operands(), null, past(2), past(2, 6, 5)];
    await check('Attention', inputs, {}, { opset, outputCount: 3 });
    await check('Attention', inputs, { is_causal: 1 }, { opset, outputCount: 3 });
    const masked = inputs.toSpliced(3, 1, random([3, 7], { seed: 6 }));
    await check('Attention', masked, { is_causal: 1 }, { opset, outputCount: 3 });
  });

  it('limits scores and gives them', async () => {
    const inputs = [...operands(), random([3, 5], { seed: 6 })];
    for (const qk_matmul_output_mode of [0, 1, 2, 3])
      for (const softcap of [0, 0.4]) {
        const [y, , , scores] = await runReference(
          'Attention',
          inputs,
          { softcap, qk_matmul_output_mode },
          { outputCount: 4 },
        );
        expect(scores!.dims).toEqual([2, 4, 3, 5]);
        expect(y!.dims).toEqual([2, 4, 3, 6]);
      }
    await check('Attention', operands(), { softcap: 0.5 }, { opset });
  });

  it('gives zeros where a query sees nothing', async () => {
    const blind = tensor('bool', [3, 5], [1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
    const [y] = await runReference('Attention', [...operands(), blind]);
    const rows = Array.from({ length: 8 }, (_, head) => (y!.data as Float32Array).slice(head * 18 + 6, head * 18 + 12));
    expect(rows.every((row) => row.every((x) => x === 0))).toBe(true);
  });

  it('windows are masks', async () => {
    const inputs = [...operands({ queries: 4, keys: 6 }), null, past(2), past(2, 6, 5)];
    const seen = (left: number, right: number) =>
      tensor(
        'bool',
        [4, 8],
        Array.from({ length: 32 }, (_, i) => {
          const distance = (i % 8) - (Math.floor(i / 8) + 2);
          return distance >= -left && distance <= right ? 1 : 0;
        }),
      );
    for (const [left, right] of [
      [2, 1],
      [0, 3],
    ] as const) {
      const [windowed] = await runReference('Attention', inputs, { left_window_size: left, right_window_size: right });
      const [masked] = await runReference('Attention', inputs.toSpliced(3, 1, seen(left, right)));
      expectClose(windowed!, masked!);
    }
  });

  it('lengths of a cache kept elsewhere are masks', async () => {
    const inputs = [...operands({ queries: 2, keys: 6 }), null, null, null, ints(3, 6)];
    const seen = (causal: boolean) =>
      tensor(
        'bool',
        [2, 1, 2, 6],
        Array.from({ length: 24 }, (_, i) => {
          const [key, query, length] = [i % 6, Math.floor(i / 6) % 2, i < 12 ? 3 : 6];
          return key < length && (!causal || key <= query + length - 2) ? 1 : 0;
        }),
      );
    for (const is_causal of [0, 1]) {
      const [y] = await runReference('Attention', inputs, { is_causal });
      const [masked] = await runReference('Attention', [...inputs.slice(0, 3), seen(is_causal === 1)]);
      expectClose(y!, masked!);
    }
  });

  it.each<[string, (Tensor | null)[], Record<string, number>, string]>([
    [
      'ranks',
      [operands()[0]!, ...operands({}, true).slice(1)],
      { q_num_heads: 4, kv_num_heads: 4 },
      'some of Q, K and V',
    ],
    ['heads', operands({ keyHeads: 3 }), {}, '4 heads of queries for 3 of keys'],
    ['no number of heads', operands({}, true), {}, 'the number of heads is missing'],
    ['past_key alone', [...operands(), null, past(2)], {}, 'past_key without past_value'],
    ['mask', [...operands(), random([2, 5])], {}, 'dimensions 2 and 3 differ'],
    ['long mask', [...operands(), random([3, 9])], {}, 'dimensions 9 and 5 differ'],
  ])('refuses %s that do not fit', async (_, inputs, attributes, message) => {
    await expect(runReference('Attention', inputs, attributes)).rejects.toThrow(message);
  });
});

describe('RotaryEmbedding', () => {
  const X = random([2, 3, 4, 8]);
  const angles = (dims: readonly number[]) => [random(dims, { seed: 2 }), random(dims, { seed: 3 })];
  const positions = tensor('int64', [2, 4], [0, 1, 2, 3, 5, 2, 9, 0]);

  it.each([0, 1])('interleaved %i', async (interleaved) => {
    await check('RotaryEmbedding', [X, ...angles([10, 4]), positions], { interleaved }, { opset });
    await check('RotaryEmbedding', [X, ...angles([2, 4, 4])], { interleaved }, { opset, dynamic: [0] });
    await check(
      'RotaryEmbedding',
      [X, ...angles([10, 2]), positions],
      { interleaved, rotary_embedding_dim: 4 },
      { opset },
    );
    const packed = random([2, 4, 24]);
    await check('RotaryEmbedding', [packed, ...angles([10, 4]), positions], { interleaved, num_heads: 3 }, { opset });
  });

  it('refuses positions outside of the cache', async () => {
    await expect(runReference('RotaryEmbedding', [X, ...angles([9, 4]), positions])).rejects.toThrow(
      'position 9 in a cache of 9 positions',
    );
  });
});
