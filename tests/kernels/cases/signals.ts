// Fourier transforms, filters, n-grams, determinants, and the bits of numbers.

import type { BuilderAttributes } from '@trtx/ir';
import { type Case, type CaseInput, f32, ints, weights } from '../support.ts';

const dft = (
  name: string,
  x: CaseInput,
  axis: number,
  { length, attributes = {}, more }: { length?: number; attributes?: BuilderAttributes; more?: Partial<Case> } = {},
): Case => ({
  name: `DFT: ${name}`,
  inputs: [x],
  build(b, input) {
    const of = (value: number) => b.constant('int64', [], [value]);
    return b.op('DFT', [input, length === undefined ? null : of(length), of(axis)], attributes)[0]!;
  },
  ...more,
});

const stft = (name: string, x: CaseInput, step: number, length: number, windowed: boolean, onesided: number): Case => ({
  name: `STFT: ${name}`,
  inputs: [x],
  build(b, signal) {
    const of = (value: number) => b.constant('int64', [], [value]);
    const operands = [signal, of(step), windowed ? weights(b, [length]) : null, of(length)];
    return b.op('STFT', operands, { onesided })[0]!;
  },
});

const dynamic: Partial<Case> = {
  symbols: { N: { min: 0, max: 3 }, L: { min: 1, max: 100 } },
  runs: [
    { N: 2, L: 7 },
    { N: 1, L: 100 },
    { N: 3, L: 1 },
    { N: 0, L: 9 },
  ],
};

export const signalCases: readonly Case[] = [
  dft('real', f32(2, 9, 1), 1),
  dft('complex, the first axis', f32(8, 3, 2), 0),
  dft('inverse', f32(2, 6, 2), 1, { attributes: { inverse: 1 } }),
  dft('half of a spectrum', f32(2, 70, 3, 1), 1, { attributes: { onesided: 1 } }),
  dft('cut', f32(2, 9, 2), 1, { length: 6 }),
  dft('padded', f32(2, 5, 1), 1, { length: 8, attributes: { onesided: 1 } }),
  dft('half of a spectrum back, even', f32(2, 5, 2), 1, { attributes: { onesided: 1, inverse: 1 } }),
  dft('half of a spectrum back, odd', f32(2, 5, 2), 1, { length: 9, attributes: { onesided: 1, inverse: 1 } }),
  dft('half of a spectrum back, cut', f32(2, 9, 2), 1, { length: 6, attributes: { onesided: 1, inverse: 1 } }),
  dft('dynamic', f32('N', 'L', 1), 1, { more: dynamic }),
  stft('real', f32(2, 40, 1), 5, 16, true, 1),
  stft('rank 2, no window', f32(1, 33), 8, 9, false, 1),
  stft('complex', f32(1, 30, 2), 7, 8, true, 0),
  ...['HannWindow', 'HammingWindow', 'BlackmanWindow'].flatMap((op) =>
    [0, 1].map(
      (periodic): Case => ({
        name: `${op}: ${periodic ? 'periodic' : 'symmetric'}`,
        inputs: [f32('L')],
        symbols: { L: { min: 3, max: 70 } },
        runs: [{ L: 3 }, { L: 70 }],
        build: (b, x) => b.Mul(x, b.op(op, [b.Squeeze(b.Shape(x))], { periodic })[0]!),
      }),
    ),
  ),
  {
    name: 'MelWeightMatrix: frequencies that only the run tells',
    inputs: [
      { dtype: 'int64', dims: [], low: 8192, high: 8193 },
      { dtype: 'float32', dims: [], low: 0, high: 300 },
      { dtype: 'float32', dims: [], low: 2000, high: 4000 },
    ],
    build(b, rate, low, high) {
      const of = (value: number) => b.constant('int64', [], [value]);
      return b.op('MelWeightMatrix', [of(8), of(64), rate, low, high])[0]!;
    },
  },
  ...['TF', 'IDF', 'TFIDF'].map(
    (mode): Case => ({
      name: `TfIdfVectorizer: ${mode}`,
      inputs: [{ dtype: 'int64', dims: ['N', 40], low: 0, high: 5 }],
      symbols: { N: { min: 0, max: 3 } },
      runs: [{ N: 3 }, { N: 0 }],
      build: (b, x) =>
        b.op('TfIdfVectorizer', [x], {
          mode,
          min_gram_length: 1,
          max_gram_length: 2,
          max_skip_count: 2,
          ngram_counts: [0, 3, 9],
          // Two n-grams have one place, one is not in the output's order, the third length is not looked for.
          ngram_indexes: [0, 4, 1, 4, 2, 6, 5],
          pool_int64s: [1, 3, 4, 0, 1, 2, 2, 4, 3, 1, 2, 3],
          weights: [0.5, 2, 3, 2, 0.25, 4, 7],
        })[0]!,
    }),
  ),
  ...[1, 2, 5].map((n): Case => ({ name: `Det: ${n}`, inputs: [f32(3, n, n)], build: (b, x) => b.op('Det', [x])[0]! })),
  {
    name: 'Det: pivots that are 0',
    inputs: [f32(2)],
    build(b, x) {
      const matrices = b.constant('float32', [2, 3, 3], [0, 2, 0, 3, 0, 0, 0, 0, 5, 1, 2, 3, 2, 4, 6, 1, 0, 1]);
      return b.op('Det', [b.Mul(matrices, b.Unsqueeze(b.Abs(x), ints(b, 1, 2)))])[0]!;
    },
  },
  {
    name: 'BitCast: floats as integers, and back',
    inputs: [f32(3, 5)],
    build(b, x) {
      const bits = b.op('BitCast', [x], { to: 'int32' })[0]!;
      return [bits, b.op('BitCast', [b.Neg(bits)], { to: 'float32' })[0]!, b.op('BitCast', [x], { to: 'uint32' })[0]!];
    },
  },
];
