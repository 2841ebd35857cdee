// Dropout: the input itself, or, in training mode, with elements drawn by lot set to 0. Whether a model trains may be told
// by an input, so it is known at build only where that is a constant.

import { defineOp, type Inferred, type NodeView, type OpDef, type Trait } from '../op.ts';
import * as s from '../scalar.ts';
import { BOOL, FLOAT8, FLOATS } from './types.ts';

const IDENTITY: Trait = { kind: 'pointwise', scalar: (at) => s.arg(0, at.input(0).dtype) };

/** True where it is known that nothing is dropped. */
function isInference(at: NodeView): boolean {
  return !at.inputs[2] || at.numbers(2)?.[0] === 0;
}

export const dropoutOps: readonly OpDef[] = [
  defineOp({
    domain: '',
    name: 'Dropout',
    since: 22,
    summary:
      'the input itself; in training mode elements are 0 with the probability `ratio`, others grow by 1/(1 − ratio)',
    inputs: [
      { name: 'data', types: [...FLOATS, ...FLOAT8] },
      { name: 'ratio', types: [...FLOATS, ...FLOAT8], optional: true },
      { name: 'training_mode', types: BOOL, optional: true },
    ],
    outputs: [{ name: 'output' }, { name: 'mask', optional: true }],
    attributes: { seed: { type: 'int', doc: 'of what is drawn; another at each run where absent' } },
    random: true,
    trait: { kind: 'opaque' },
    traitAt: (at) => (isInference(at) && at.outputCount === 1 ? IDENTITY : { kind: 'opaque' }),
    infer(at) {
      for (const index of [1, 2])
        if (at.inputs[index]?.shape.some((dim) => dim !== 1)) throw at.fail(`input ${index} is no single element`);
      const { dtype, shape } = at.input(0);
      const outputs: Inferred[] = [
        { dtype, shape },
        { dtype: 'bool', shape },
      ];
      return outputs.slice(0, at.outputCount);
    },
  }),
];
