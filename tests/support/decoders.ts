// Decoders with a cache of keys and values: a prompt, then token after token, each side on its own cache.

import { parseProfile, type Tensor } from '@trtx/ir';
import { hydrated, readTensors } from './models.ts';
import { expectLikeOrt } from './networks.ts';

const CACHE = 'past_key_values.';

/** A profile of a decoder: sizes or ranges, as in `--shapes`. */
export interface DecoderProfile {
  readonly name: string;
  /** How many tokens a run takes. */
  readonly tokens: string;
  /** How many the cache has. */
  readonly past: string;
}

const ANY: readonly DecoderProfile[] = [{ name: 'any', tokens: '{1..8}', past: '{0..24}' }];

/**
 * Runs a generated decoder on ONNX Runtime and here: a prompt with an empty cache, the tokens of its example with what
 * that left, then single tokens.
 */
export async function expectDecoderLikeOrt(
  name: string,
  backend: 'webgpu' | 'reference',
  profiles = ANY,
): Promise<void> {
  const { model, inputs } = hydrated(name);
  const example = readTensors(inputs);
  const tokens = example.get('input_ids')!.data as BigInt64Array;
  const caches = [...example.keys()].filter((key) => key.startsWith(CACHE));

  let total = 0;
  const runs = [5, tokens.length, 1, 1, 1].map((count, i) => {
    total += count;
    const ids = BigInt64Array.from({ length: count }, (_, k) => tokens[(k + i) % tokens.length]!);
    const mask = new BigInt64Array(total).fill(1n);
    return new Map([
      ['input_ids', int64(ids)],
      ['attention_mask', int64(mask)],
    ]);
  });
  for (const cache of caches) {
    const { dims } = example.get(cache)!;
    runs[0]!.set(cache, { dtype: 'float32', dims: [1, dims[1]!, 0, dims[3]!], data: new Float32Array() });
  }

  const [, heads, , size] = example.get(caches[0]!)!.dims;
  const shapes = profiles.map(({ name, tokens, past }) => ({
    name,
    shapes: parseProfile([
      `input_ids:1x${tokens}`,
      'attention_mask:1x{1..32}',
      ...caches.map((cache) => `${cache}:1x${heads}x${past}x${size}`),
    ]),
  }));
  const carry = Object.fromEntries(caches.map((cache) => [cache.replace(CACHE, 'present.'), cache]));
  await expectLikeOrt(model, runs, { profile: shapes, carry, backend });
}

function int64(data: BigInt64Array): Tensor {
  return { dtype: 'int64', dims: [1, data.length], data };
}
