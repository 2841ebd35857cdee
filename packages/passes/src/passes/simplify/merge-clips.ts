// Relu, Clip, and Min and Max with a number all limit a value to a range: one spelling, and one node for a chain of them.

import { type DType, isFloat, type Node, type Value } from '@trtx/ir';
import { fitsInto, fromFloat64, splatOf } from '../../match.ts';
import type { Patch } from '../../patch.ts';
import { definePass, defineRule } from '../../rule.ts';

interface Range {
  readonly x: Value;
  readonly low: number;
  readonly high: number;
}

/** Max(x, 0) is Relu(x), Min(x, 6) and other bounds are Clip. */
const minMaxAsClip = defineRule({
  name: 'min-max-as-clip',
  ops: ['Min', 'Max'],
  apply(node, patch) {
    const range = rangeOf(node);
    return range && limit(node, range, patch, `${node.op.name} with a number`);
  },
});

/** Clip from 0 on is Relu. */
const clipAsRelu = defineRule({
  name: 'clip-as-relu',
  ops: ['Clip'],
  apply(node, patch) {
    const range = rangeOf(node);
    return range && isRelu(range) ? limit(node, range, patch, 'Clip from 0 on') : undefined;
  },
});

/** A range of a range: min(max(min(max(x, a), b), c), d). */
const rangeOfRange = defineRule({
  name: 'range-of-range',
  ops: ['Relu', 'Clip'],
  apply(node, patch) {
    const outer = rangeOf(node);
    const before = outer?.x.producer;
    const inner = before && rangeOf(before);
    if (!outer || !inner) return undefined;
    patch.covers(before);
    const within = (v: number) => Math.min(Math.max(v, outer.low), outer.high);
    const merged = { x: inner.x, low: within(Math.min(inner.low, inner.high)), high: within(inner.high) };
    if (merged.low === inner.low && merged.high === inner.high)
      return patch.replace(node.output, outer.x, 'within the range before it');
    return patch.onlyUsedBy(outer.x, node) ? limit(node, merged, patch, 'a range of a range') : undefined;
  },
});

export const mergeClips = definePass({
  name: 'merge-clips',
  summary: 'Min and Max with a number become Clip or Relu; chains of these become one',
  rules: [minMaxAsClip, clipAsRelu, rangeOfRange],
});

/** The range to which a node limits x, where its bounds are known numbers. Floats only. */
function rangeOf(node: Node): Range | undefined {
  const [a, b, c] = node.inputs;
  if (node.op.domain !== '' || !a || !isFloat(a.type.dtype)) return undefined;
  switch (node.op.name) {
    case 'Relu':
      return { x: a, low: 0, high: Number.POSITIVE_INFINITY };
    case 'Clip': {
      const low = b ? splatOf(b) : Number.NEGATIVE_INFINITY;
      const high = c ? splatOf(c) : Number.POSITIVE_INFINITY;
      return ordered(a, low, high);
    }
    case 'Max':
    case 'Min': {
      if (node.inputs.length !== 2 || !b) return undefined;
      const [x, bound] = a.constant ? [b, a] : [a, b];
      if (x.constant || !fitsInto(bound.type.shape, x.type.shape)) return undefined;
      const number = splatOf(bound);
      return node.op.name === 'Max'
        ? ordered(x, number, Number.POSITIVE_INFINITY)
        : ordered(x, Number.NEGATIVE_INFINITY, number);
    }
    default:
      return undefined;
  }
}

/** Undefined where a bound is not known, or is NaN. */
function ordered(x: Value, low: number | undefined, high: number | undefined): Range | undefined {
  if (low === undefined || high === undefined || Number.isNaN(low) || Number.isNaN(high)) return undefined;
  return { x, low, high };
}

function isRelu({ low, high }: Range): boolean {
  return low === 0 && high === Number.POSITIVE_INFINITY;
}

/** Replaces the node by Relu where the range is its, otherwise by Clip. */
function limit(node: Node, range: Range, patch: Patch, reason: string): Patch {
  const { dtype } = range.x.type;
  const y = isRelu(range)
    ? patch.node('Relu', [range.x])
    : patch.node('Clip', [range.x, bound(range.low, dtype, patch), bound(range.high, dtype, patch)]);
  return patch.replace(node.output, y, reason);
}

function bound(value: number, dtype: DType, patch: Patch) {
  return Number.isFinite(value) ? patch.constant(fromFloat64(dtype, [], Float64Array.of(value)), 'bound') : null;
}
