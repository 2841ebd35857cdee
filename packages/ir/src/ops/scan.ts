// Running sums and products along an axis.

import { bounds } from '../dim.ts';
import { type Interval, powersOf, sumOf } from '../interval.ts';
import { defineOp, type NodeView, type OpDef } from '../op.ts';
import { normalizeAxis } from './axis.ts';
import { INDICES, NUMBERS } from './types.ts';

/** The axis of a CumSum or CumProd. */
export function scanAxis(at: NodeView): number {
  const [axis] = at.need(1).values;
  return normalizeAxis(at, axis ?? 0, at.input(0).shape.length);
}

function defineScan(
  name: 'CumSum' | 'CumProd',
  since: number,
  summary: string,
  /** Of results of up to so many numbers. */
  rangeOf: (x: Interval, most: number) => Interval,
): OpDef {
  return defineOp({
    domain: '',
    name,
    since,
    summary,
    inputs: [
      { name: 'x', types: NUMBERS },
      { name: 'axis', types: INDICES, steersShape: true },
    ],
    outputs: [{ name: 'y' }],
    attributes: {
      exclusive: { type: 'int', default: 0, min: 0, max: 1, doc: 'an element is not part of its own result' },
      reverse: { type: 'int', default: 0, min: 0, max: 1, doc: 'from the last element to the first' },
    },
    trait: { kind: 'opaque', delicate: true },
    range(at, of) {
      const axis = at.contents(1) && scanAxis(at);
      const lengths = axis === undefined ? at.input(0).shape : [at.input(0).shape[axis]!];
      return [rangeOf(of(0), Math.max(...lengths.map((dim) => bounds(dim).max)))];
    },
    infer(at) {
      const { dtype, shape } = at.input(0);
      // An axis that is not known yet may still be told when the node runs.
      if (at.contents(1)) scanAxis(at);
      return [{ dtype, shape }];
    },
  });
}

export const scanOps: readonly OpDef[] = [
  defineScan('CumSum', 14, 'the sum of the elements of an axis up to each of them', (x, most) => sumOf(x, [0, most])),
  defineScan('CumProd', 26, 'the product of the elements of an axis up to each of them', powersOf),
];
