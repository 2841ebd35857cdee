// Random numbers. A node with a seed draws the same ones at each run.

import { elementCount, type NodeView } from '@trtx/ir';
import { defineReference, inputOf, type KernelCall } from '../kernel.ts';
import { fromFloat64, toFloat64 } from '../tensors.ts';

/** Numbers from 0 up to but without 1. */
type Uniform = () => number;

/** Numbers for one run of a node. Mulberry32, by Tommy Ettinger (public domain), two draws for the 53 bits of a number. */
export function uniformOf(at: NodeView): Uniform {
  let state = at.has('seed') ? bitsOf(at.float('seed')) : Math.floor(Math.random() * 2 ** 32);
  const bits = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
  return () => ((bits() >>> 5) * 2 ** 26 + (bits() >>> 6)) / 2 ** 53;
}

/** The bits of a float32: any two seeds differ. */
function bitsOf(seed: number): number {
  return new Int32Array(Float32Array.of(seed).buffer)[0]!;
}

function drawn(call: KernelCall, draw: (uniform: Uniform, index: number) => number) {
  const { dtype, dims } = call.outputs[0]!;
  const uniform = uniformOf(call.at);
  const values = Float64Array.from({ length: elementCount(dims) }, (_, i) => draw(uniform, i));
  return [fromFloat64(dtype, dims, values)];
}

/** By the method of Box and Muller. */
function normal(call: KernelCall) {
  const [mean, scale] = [call.at.float('mean'), call.at.float('scale')];
  return drawn(call, (uniform) => {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    return mean + scale * radius * Math.cos(2 * Math.PI * uniform());
  });
}

function flat(call: KernelCall) {
  const [low, high] = [call.at.float('low'), call.at.float('high')];
  return drawn(call, (uniform) => low + (high - low) * uniform());
}

export const randomNormal = defineReference({ op: 'RandomNormal', run: normal });
export const randomNormalLike = defineReference({ op: 'RandomNormalLike', run: normal });
export const randomUniform = defineReference({ op: 'RandomUniform', run: flat });
export const randomUniformLike = defineReference({ op: 'RandomUniformLike', run: flat });

export const bernoulli = defineReference({
  op: 'Bernoulli',
  run(call) {
    const probabilities = toFloat64(inputOf(call, 0));
    return drawn(call, (uniform, i) => (uniform() < probabilities[i]! ? 1 : 0));
  },
});

export const multinomial = defineReference({
  op: 'Multinomial',
  run(call) {
    const logits = toFloat64(inputOf(call, 0));
    const classes = inputOf(call, 0).dims[1]!;
    const samples = call.at.int('sample_size');
    return drawn(call, (uniform, i) => {
      const row = logits.subarray(Math.floor(i / samples) * classes, (Math.floor(i / samples) + 1) * classes);
      const most = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
      const weights = row.map((x) => Math.exp(x - most));
      let rest = uniform() * weights.reduce((a, b) => a + b, 0);
      const found = weights.findIndex((weight) => {
        rest -= weight;
        return rest < 0;
      });
      return found < 0 ? classes - 1 : found;
    });
  },
});
