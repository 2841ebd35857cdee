import { type DType, GraphBuilder, type Interval, type Value } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { standardKernels } from '../kernels/index.ts';
import { rangesOf } from '../place.ts';
import type { Int64 } from './ranges.ts';

const MOST = 2 ** 31 - 1;

/** The range of what is built, and what becomes of its node. */
function rangeOf(build: (b: GraphBuilder) => Value, int64?: Int64): [Interval, string] {
  const b = new GraphBuilder('t');
  const value = build(b);
  b.output('y', value);
  const ranges = rangesOf(b.graph, standardKernels, int64);
  const node = value.producer!;
  return [ranges.of(value), ranges.isChecked(node) ? 'checked' : ranges.outgrows(node) ? 'open' : 'proved'];
}

const number = (b: GraphBuilder, ...values: number[]) =>
  b.constant('int64', values.length === 1 ? [] : [values.length], values);
const input = (b: GraphBuilder, dtype: DType = 'int64', ...dims: (number | string)[]) =>
  b.input(`x${b.graph.inputs.length}`, dtype, dims);

describe('64-bit integers that fit into 32', () => {
  it('are places, and what is computed of them', () => {
    const places = (b: GraphBuilder) => b.ArgMax(input(b, 'float32', 10, 5));
    expect(rangeOf(places)).toEqual([[0, 9], 'proved']);
    expect(rangeOf((b) => b.Mul(b.Add(places(b), number(b, 1)), number(b, -3)))).toEqual([[-30, -3], 'proved']);
    expect(rangeOf((b) => b.TopK(input(b, 'float32', 4, 1000), number(b, 3), {}, { outputs: 2 })[1]!)[0]).toEqual([
      0, 999,
    ]);
    expect(rangeOf((b) => b.NonZero(input(b, 'float32', 4, 1000)))[0]).toEqual([0, 999]);
  });

  it('come of narrower types and of truth', () => {
    const cast = (b: GraphBuilder, dtype: DType) => b.Cast(input(b, dtype, 100), { to: 'int64' });
    expect(rangeOf((b) => cast(b, 'int16'))).toEqual([[-32768, 32767], 'proved']);
    expect(rangeOf((b) => b.CumSum(cast(b, 'bool'), number(b, 0)))).toEqual([[0, 100], 'proved']);
    expect(rangeOf((b) => b.ReduceSum(cast(b, 'uint8')))).toEqual([[0, 25500], 'proved']);
    expect(rangeOf((b) => b.MatMul(cast(b, 'int8'), cast(b, 'int8')))).toEqual([
      [-128 * 127 * 100, 128 * 128 * 100],
      'proved',
    ]);
    expect(rangeOf((b) => b.ReduceL2(cast(b, 'uint8')))[1]).toBe('proved');
  });

  it('come of floats that are bounded', () => {
    const cast = (b: GraphBuilder, x: Value) => b.Cast(x, { to: 'int64' });
    expect(
      rangeOf((b) => cast(b, b.Floor(b.Mul(b.Sigmoid(input(b, 'float32', 3)), b.constant('float32', [], [99]))))),
    ).toEqual([[0, 99], 'proved']);
    expect(rangeOf((b) => cast(b, input(b, 'float32', 3)))[1]).toBe('checked');
  });

  it('are cut, picked, joined', () => {
    const x = (b: GraphBuilder) => b.Clip(input(b, 'int64', 4), number(b, -5), number(b, 70));
    expect(rangeOf(x)).toEqual([[-5, 70], 'proved']);
    expect(rangeOf((b) => b.Concat([x(b), number(b, 100, 3)], { axis: 0 }))[0]).toEqual([-5, 100]);
    expect(rangeOf((b) => b.Pad(x(b), number(b, 1, 1), number(b, -9)))[0]).toEqual([-9, 70]);
    expect(rangeOf((b) => b.Where(b.Less(x(b), number(b, 0)), b.Add(x(b), number(b, 10)), x(b)))[0]).toEqual([-5, 80]);
    expect(rangeOf((b) => b.Mod(input(b, 'int64', 4), number(b, 7)))[0]).toEqual([0, 6]);
    expect(rangeOf((b) => b.ScatterElements(x(b), number(b, 1, 2), number(b, 900, 3)))[0]).toEqual([-5, 900]);
  });
});

describe('64-bit integers that may not', () => {
  const whole: Interval = [-MOST - 1, MOST];

  it('are checked where they are computed', () => {
    expect(rangeOf((b) => b.Add(input(b, 'int64', 4), number(b, 1)))).toEqual([[-MOST, MOST], 'checked']);
    expect(rangeOf((b) => b.Mul(input(b, 'int64', 4), input(b, 'int64', 4)))).toEqual([whole, 'checked']);
    expect(rangeOf((b) => b.Neg(input(b, 'int64', 4)))).toEqual([[-MOST, MOST], 'checked']);
    expect(rangeOf((b) => b.ReduceSumSquare(input(b, 'int64', 4)))).toEqual([[0, MOST], 'checked']);
    expect(rangeOf((b) => b.CumSum(input(b, 'int64', 4), number(b, 0)))).toEqual([whole, 'checked']);
  });

  it('are left to the host where nothing checks them', () => {
    expect(rangeOf((b) => b.ReduceProd(input(b, 'int64', 4)))[1]).toBe('open');
    expect(rangeOf((b) => b.MatMul(input(b, 'int64', 4), input(b, 'int64', 4)))[1]).toBe('open');
    expect(rangeOf((b) => b.ReduceLogSum(input(b, 'int64', 4)))[1]).toBe('open');
    expect(rangeOf((b) => b.Cast(input(b, 'uint32', 4), { to: 'int64' }))).toEqual([[0, 2 ** 32 - 1], 'open']);
    expect(rangeOf((b) => b.Sub(input(b, 'uint64', 4), input(b, 'uint64', 4)))[1]).toBe('open');
    expect(rangeOf((b) => b.Add(number(b, 2 ** 40), input(b)))[1]).toBe('open');
  });

  it('are nowhere in 32 bits where all are the host’s', () => {
    const [range, placed] = rangeOf((b) => b.Add(input(b, 'int64', 4), number(b, 1)), 'host');
    expect(range[1]).toBeGreaterThan(2 ** 62);
    expect(placed).toBe('open');
    expect(rangeOf((b) => b.Add(b.ArgMax(input(b, 'float32', 4)), number(b, 1)), 'host')).toEqual([[1, 4], 'proved']);
  });
});
