// Inverse matrices: ONNX Runtime's op, for which ONNX has none.

import { defineOp, type OpDef } from '../op.ts';
import { FLOATS } from './types.ts';

export const inverseOps: readonly OpDef[] = [
  defineOp({
    domain: 'com.microsoft',
    name: 'Inverse',
    since: 1,
    summary: 'inverses of square matrices',
    inputs: [{ name: 'X', types: FLOATS }],
    outputs: [{ name: 'Y' }],
    attributes: {},
    trait: { kind: 'opaque', delicate: true },
    infer(at) {
      const { dtype, shape } = at.input(0);
      if (shape.length < 2) throw at.fail(`an input of rank ${shape.length} where matrices belong`);
      at.equal(shape.at(-1)!, shape.at(-2)!);
      return [{ dtype, shape }];
    },
  }),
];
