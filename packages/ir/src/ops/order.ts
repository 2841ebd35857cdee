// Ops that compare the elements of an axis with one another.

import { bounds, sub } from '../dim.ts';
import { placesOf } from '../interval.ts';
import { defineOp, type Inferred, type NodeView, type OpDef } from '../op.ts';
import { normalizeAxis } from './axis.ts';
import { FLOATS, INDICES, NUMBERS } from './types.ts';

/** The axis of a TopK or Hardmax. */
export function orderAxis(at: NodeView): number {
  return normalizeAxis(at, at.int('axis'), at.input(0).shape.length);
}

export const orderOps: readonly OpDef[] = [
  defineOp({
    domain: '',
    name: 'TopK',
    since: 24,
    summary: 'the k largest (or smallest) elements of an axis, best first, and their places; of equals the first',
    inputs: [
      { name: 'X', types: NUMBERS },
      { name: 'K', types: INDICES, steersShape: true, told: 'parts' },
    ],
    outputs: [{ name: 'Values' }, { name: 'Indices' }],
    attributes: {
      axis: { type: 'int', default: -1 },
      largest: { type: 'int', default: 1, min: 0, max: 1 },
      sorted: { type: 'int', default: 1, min: 0, max: 1, doc: 'whether the order of the outputs matters' },
    },
    trait: { kind: 'opaque' },
    range: (at, of) => [of(0), placesOf(at.input(0).shape[orderAxis(at)]!)],
    infer(at) {
      const { dtype, shape } = at.input(0);
      const axis = orderAxis(at);
      const [k] = at.need(1).values;
      if (k === undefined) throw at.fail('K is empty');
      if (bounds(k).max < 0 || bounds(sub(shape[axis]!, k)).max < 0)
        throw at.fail(`the ${k} ${at.int('largest') ? 'largest' : 'smallest'} of ${shape[axis]} elements`);
      const output = shape.map((dim, i) => (i === axis ? k : dim));
      const both: readonly Inferred[] = [
        { dtype, shape: output },
        { dtype: 'int64', shape: output },
      ];
      return both.slice(0, at.outputCount);
    },
  }),
  defineOp({
    domain: '',
    name: 'Hardmax',
    since: 13,
    summary: '1 at the first largest element of an axis, 0 elsewhere',
    inputs: [{ name: 'input', types: FLOATS }],
    outputs: [{ name: 'output' }],
    attributes: { axis: { type: 'int', default: -1 } },
    trait: { kind: 'reduction', axes: (at) => [orderAxis(at)] },
    infer(at) {
      orderAxis(at);
      return [{ dtype: at.input(0).dtype, shape: at.input(0).shape }];
    },
  }),
];
