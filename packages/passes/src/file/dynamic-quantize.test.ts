import { canonicalText, parseGraph, standardOps } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { optimize } from '../manager.ts';
import { dynamicQuantizeLinear, joinDynamicQuantize } from './dynamic-quantize.ts';

const ops = standardOps.with([dynamicQuantizeLinear]);

/** As the importer writes it out, or as it is after optimization. */
const written = ({
  least = 'Min(small, float32[] [0])',
  most = 'Max(large, float32[] [0])',
  steps = 255,
  to = 'uint8',
} = {}) =>
  `graph net
     input x: float32[B,8]
     small = ReduceMin(x) { keepdims: 0 }
     large = ReduceMax(x) { keepdims: 0 }
     least = ${least}
     most = ${most}
     range = Sub(most, least)
     empty = Equal(range, float32[] [0])
     step = Div(range, float32[] [${steps}])
     scale = Where(empty, float32[] [1], step)
     places = Div(least, scale)
     offset = Sub(float32[] [0], places)
     round = Round(offset)
     clip = Clip(round, float32[] [0], float32[] [255])
     zero = Cast(clip) { to: "${to}" }
     y = QuantizeLinear(x, scale, zero)
     output y
     output scale
     output zero`;

const ONE = `graph net
  input x: float32[B,8]
  y, scale, zero = DynamicQuantizeLinear(x)
  output y
  output scale
  output zero`;

function after(text: string): string {
  const graph = parseGraph(text, ops);
  optimize(graph, { pipeline: [joinDynamicQuantize], ops, verify: true });
  return canonicalText(graph);
}

const canonical = (text: string) => canonicalText(parseGraph(text, ops));

describe('dynamic-quantize', () => {
  it('as the importer writes it', () => expect(after(written())).toBe(canonical(ONE)));

  it('as optimizing leaves it', () => {
    const text = written({ least: 'Clip(small, -, float32[] [0])', most: 'Relu(large)' });
    expect(after(text)).toBe(canonical(ONE));
  });

  it('with operands the other way round', () => {
    const text = written({ least: 'Min(float32[] [0], small)', most: 'Max(float32[] [0], large)' });
    expect(after(text)).toBe(canonical(ONE));
  });

  it.each([
    ['a range without 0', { least: 'Identity(small)' }],
    ['another number of steps', { steps: 127 }],
    ['another type', { to: 'int8' }],
  ])('leaves %s', (_, options) => expect(after(written(options))).toBe(canonical(written(options))));
});
