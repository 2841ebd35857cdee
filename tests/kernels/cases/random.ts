// Random numbers with a seed: the same as on the reference.

import type { BuilderAttributes, Value } from '@trtx/ir';
import { type Case, type CaseInput, f32 } from '../support.ts';

const drawn = (op: string, inputs: readonly CaseInput[], attributes: BuilderAttributes, outputs = 1): Case => ({
  name: `${op}: ${JSON.stringify(attributes)}, ${outputs} of ${inputs.length}`,
  inputs: inputs.length > 0 ? inputs : [f32(1)],
  build(b, ...values) {
    const made = b.op(op, inputs.length > 0 ? values : [], attributes, { outputs });
    return inputs.length > 0 ? made : [...made, b.Neg(values[0]!)];
  },
});
const share: CaseInput = { dtype: 'float32', dims: [], low: 0.2, high: 0.8 };

export const randomCases: readonly Case[] = [
  drawn('RandomUniform', [], { shape: [7, 9], low: -3, high: 2, seed: 1.5 }),
  drawn('RandomUniformLike', [f32(4, 5)], { seed: -2 }),
  drawn('RandomNormal', [], { shape: [60], mean: 2, scale: 0.5, seed: 7 }),
  drawn('RandomNormalLike', [f32(4, 5)], { seed: 0 }),
  drawn('Bernoulli', [{ dtype: 'float32', dims: [90], low: 0, high: 1 }], { seed: 3 }),
  drawn('Bernoulli', [{ dtype: 'float32', dims: [90], low: 0, high: 1 }], { seed: 3, dtype: 'bool' }),
  ...[1, 2].map((outputs) =>
    drawn('Dropout', [f32(9, 10), share, { dtype: 'bool', dims: [], low: 1, high: 2 }], { seed: 5 }, outputs),
  ),
  drawn('Dropout', [f32(9, 10), share, { dtype: 'bool', dims: [], low: 0, high: 1 }], { seed: 5 }, 2),
  drawn('Dropout', [f32(9, 10)], {}, 2),
  {
    name: 'Dropout: half, and what follows',
    inputs: [f32(9, 10), { dtype: 'bool', dims: [], low: 1, high: 2 }],
    build(b, x, training) {
      const [y, mask] = b.op('Dropout', [x, null, training], { seed: 2 }, { outputs: 2 }) as [Value, Value];
      return [b.Relu(y), b.Cast(mask, { to: 'float32' })];
    },
  },
];
