// The bits of an element as an element of another type.

import { bitWidth, type DType, isInteger, isPacked, NUMERIC_DTYPES } from '../dtype.ts';
import { defineOp, type OpDef } from '../op.ts';
import * as s from '../scalar.ts';

const TYPES: readonly DType[] = NUMERIC_DTYPES;

export const bitCastOps: readonly OpDef[] = [
  defineOp({
    domain: '',
    name: 'BitCast',
    since: 26,
    summary: 'the same bits in another element type of the same width',
    inputs: [{ name: 'input', types: TYPES }],
    outputs: [{ name: 'output' }],
    attributes: { to: { type: 'string', required: true, oneOf: TYPES, doc: 'name of the element type' } },
    trait: { kind: 'opaque' },
    // Between integers a cast does it, which wraps around.
    traitAt(at) {
      const [from, to] = [at.input(0).dtype, at.string('to') as DType];
      if (![from, to].every((dtype) => isInteger(dtype) && !isPacked(dtype))) return { kind: 'opaque' };
      return { kind: 'pointwise', scalar: () => s.cast(s.arg(0, from), to) };
    },
    infer(at) {
      const [{ dtype, shape }, to] = [at.input(0), at.string('to') as DType];
      if (bitWidth(dtype) !== bitWidth(to))
        throw at.fail(`${bitWidth(dtype)} bits of ${dtype} as ${bitWidth(to)} of ${to}`);
      return [{ dtype: to, shape }];
    },
  }),
];
