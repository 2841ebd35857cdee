// LinearAttention: the recurrence as it is defined, step by step, with the state of each head in float64.

import { linearAttentionGeometry } from '@trtx/ir';
import { defineReference, inputOf } from '../kernel.ts';
import { fromFloat64, toFloat64 } from '../tensors.ts';

export const linearAttention = defineReference({
  op: 'LinearAttention',
  run(call) {
    const g = linearAttentionGeometry(call.at);
    const { query, key, value } = g;
    const [batch, steps] = [query.batch, query.length] as [number, number];
    const [q, k, v] = [0, 1, 2].map((i) => toFloat64(inputOf(call, i))) as [Float64Array, Float64Array, Float64Array];
    const [past, decay, beta] = [3, 4, 5].map((i) => call.inputs[i] && toFloat64(call.inputs[i]));
    const size = key.size * value.size;
    const states = past?.slice() ?? new Float64Array(batch * key.heads * size);
    const out = new Float64Array(batch * steps * query.heads * value.size);
    const added = new Float64Array(value.size);
    const readers = query.heads / key.heads;
    for (let b = 0; b < batch; b++)
      for (let h = 0; h < key.heads; h++) {
        const state = states.subarray((b * key.heads + h) * size, (b * key.heads + h + 1) * size);
        for (let t = 0; t < steps; t++) {
          const step = b * steps + t;
          const head = step * key.heads + h;
          const ks = k.subarray(head * key.size, (head + 1) * key.size);
          added.set(v.subarray(head * value.size, (head + 1) * value.size));
          if (decay)
            for (let i = 0; i < size; i++) {
              const feature = Math.floor(i / value.size);
              state[i]! *= Math.exp(decay[g.decay === 'head' ? head : head * key.size + feature]!);
            }
          if (beta) {
            const rate = beta[g.beta === 'head' ? head : step]!;
            for (let i = 0; i < size; i++) added[i % value.size]! -= state[i]! * ks[Math.floor(i / value.size)]!;
            for (let i = 0; i < value.size; i++) added[i]! *= rate;
          }
          for (let i = 0; i < size; i++) state[i]! += ks[Math.floor(i / value.size)]! * added[i % value.size]!;
          for (let r = 0; r < readers; r++) {
            const reader = step * query.heads + h * readers + r;
            for (let i = 0; i < size; i++) {
              const feature = q[reader * query.size + Math.floor(i / value.size)]!;
              out[reader * value.size + (i % value.size)]! += g.scale * feature * state[i]!;
            }
          }
        }
      }
    return call.outputs.map(({ dtype, dims }, i) => fromFloat64(dtype, dims, [out, states][i]!));
  },
  // Each query reads a whole state, which each key changes.
  steps: (at, { inputs }) => 32 * (inputs[0]! + inputs[1]!) * linearAttentionGeometry(at).value.size,
});
