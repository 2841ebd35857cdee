// A layer of a transformer as ONNX Runtime's optimizer leaves it, with a cache of keys and values.

import type { OracleNode } from '../../../../tests/support/onnx-oracle.ts';
import { random, tensor } from '../../../reference/src/testing/check.ts';

const [width, heads] = [32, 4];
const size = width / heads;
const weight = (dims: readonly number[], seed: number) => random(dims, { seed });

function node(op: string, inputs: string[], outputs: string[], attributes: OracleNode['attributes'] = {}): OracleNode {
  return { op, inputs, outputs, attributes, domain: 'com.microsoft' };
}

export const nodes: readonly OracleNode[] = [
  node('FusedMatMul', ['x', 'wq'], ['q'], { transB: 1, alpha: 0.5 }),
  node('FusedMatMul', ['x', 'wk'], ['k'], { transB: 1 }),
  node('RotaryEmbedding', ['q', 'positions', 'cos', 'sin'], ['qr']),
  node('MultiHeadAttention', ['qr', 'k', 'x', '', 'mask', '', 'pk', 'pv'], ['a', 'present_k', 'present_v'], {
    num_heads: heads,
    mask_filter_value: -40.5,
  }),
  node('SkipSimplifiedLayerNormalization', ['a', 'x', 'gamma'], ['n', '', '', 's'], { epsilon: 1e-5 }),
  node('MatMulNBits', ['n', 'weights', 'scales'], ['m'], { K: width, N: width, block_size: 16, bits: 4 }),
  node('QuickGelu', ['m'], ['g'], { alpha: 1.25 }),
  node('SkipLayerNormalization', ['g', 's', 'gamma', 'beta'], ['y']),
];

/** Inputs of `batch` sequences of `length` tokens, with `past` tokens before them. */
export function inputsOf(batch: number, length: number, past: number) {
  const total = length + past;
  const seen = Array.from({ length: batch * total }, (_, i) => (i % total < Math.floor(i / total) ? 0 : 1));
  return {
    x: random([batch, length, width]),
    positions: tensor('int64', [1], [past]),
    mask: tensor('int32', [batch, total], seen),
    pk: random([batch, heads, past, size], { seed: 2 }),
    pv: random([batch, heads, past, size], { seed: 3 }),
  };
}

export const options = {
  domains: { 'com.microsoft': 1 },
  outputs: ['y', 'present_k', 'present_v'],
  constants: {
    wq: weight([width, width], 4),
    wk: weight([width, width], 5),
    cos: weight([16, size / 2], 6),
    sin: weight([16, size / 2], 7),
    gamma: weight([width], 8),
    beta: weight([width], 9),
    weights: random([width, 2, 8], { dtype: 'uint8', low: 0, high: 256 }),
    scales: random([width, 2], { low: 0.01, high: 0.1, seed: 10 }),
  },
  shapes: {
    x: ['batch', 'sequence', width],
    mask: ['batch', 'total'],
    pk: ['batch', heads, 'past', size],
    pv: ['batch', heads, 'past', size],
  },
};
