// How often n-grams of a pool are found in sequences.

import { elementCount, type NodeView } from '@trtx/ir';
import { defineReference, inputOf } from '../kernel.ts';
import { fromFloat64 } from '../tensors.ts';

export const tfIdfVectorizer = defineReference({
  op: 'TfIdfVectorizer',
  run(call) {
    const { at } = call;
    const { dtype, dims } = call.outputs[0]!;
    const input = inputOf(call, 0);
    const items = Array.from(input.data as ArrayLike<unknown>, String);
    const pool = poolOf(
      at,
      input.dtype === 'string' ? at.strings('pool_strings')! : at.ints('pool_int64s')!.map(String),
    );
    const [shortest, longest] = [at.int('min_gram_length'), at.int('max_gram_length')];
    const size = input.dims.at(-1) ?? 1;
    const places = dims.at(-1)!;
    const rows = elementCount(dims.slice(0, -1));
    const counts = new Float64Array(rows * places);
    for (let row = 0; row < rows; row++) {
      const sequence = items.slice(row * size, (row + 1) * size);
      for (let length = shortest; length <= Math.min(longest, size); length++) {
        // Single elements have none between them, however many may be skipped; of others no more than there are.
        const skips = length === 1 ? 0 : Math.min(at.int('max_skip_count'), Math.floor(size / (length - 1)));
        for (let step = 1; step <= skips + 1; step++)
          for (let start = 0; start + (length - 1) * step < sequence.length; start++) {
            const gram = Array.from({ length }, (_, i) => sequence[start + i * step]!);
            const place = pool.get(keyOf(gram));
            if (place !== undefined) counts[row * places + place]!++;
          }
      }
    }
    const mode = at.string('mode');
    const weights = mode === 'TF' ? undefined : weightsOf(at, places);
    const weighted = counts.map(
      (count, i) => (mode === 'IDF' ? Math.min(count, 1) : count) * (weights?.[i % places] ?? 1),
    );
    return [fromFloat64(dtype, dims, weighted)];
  },
  steps(at, { inputs }) {
    const longest = Math.min(at.int('max_gram_length'), at.input(0).shape.at(-1) as number);
    const skips = Math.min(at.int('max_skip_count'), at.input(0).shape.at(-1) as number);
    return 64 * inputs[0]! * longest * longest * (skips + 1);
  },
});

/** The place in the output of each n-gram, by its key. */
function poolOf(at: NodeView, pool: readonly string[]): Map<string, number> {
  const starts = at.ints('ngram_counts')!;
  const indexes = at.ints('ngram_indexes')!;
  const places = new Map<string, number>();
  let gram = 0;
  starts.forEach((start, i) => {
    const length = i + 1;
    const end = starts[i + 1] ?? pool.length;
    for (let from = start; from + length <= end; from += length) {
      const place = indexes[gram++];
      if (place === undefined) throw at.fail(`${indexes.length} n-gram indexes for more n-grams`);
      places.set(keyOf(pool.slice(from, from + length)), place);
    }
  });
  return places;
}

/** The weight of each place in the output; n-grams have them in the order of the pool. */
function weightsOf(at: NodeView, places: number): Float64Array {
  const weights = new Float64Array(places).fill(1);
  const own = at.floats('weights');
  if (own)
    at.ints('ngram_indexes')!.forEach((place, gram) => {
      weights[place] = own[gram] ?? 1;
    });
  return weights;
}

const keyOf = (gram: readonly string[]) => JSON.stringify(gram);
