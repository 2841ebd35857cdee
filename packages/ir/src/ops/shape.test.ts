import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../builder.ts';
import { dimOf, mul, Sym } from '../dim.ts';
import type { Value } from '../graph.ts';
import { printType } from '../tensor.ts';

const start = () => {
  const b = new GraphBuilder('g');
  const ints = (...values: number[]) => b.constant('int64', [values.length], values);
  const scalar = (value: number) => b.constant('int64', [], [value]);
  return { b, ints, scalar };
};
const contents = (value: Value) => value.contents && `[${value.contents.dims}] ${value.contents.values.join(' ')}`;

describe('what no memory can hold', () => {
  it('is refused where it is asked for', () => {
    const { b, ints } = start();
    const x = b.input('x', 'float32', [1]);
    const huge = 2 ** 40;
    expect(() => b.ConstantOfShape(ints(huge, huge))).toThrow(/SHAPE: an output of .* is too large \(node/);
    expect(() => b.ConstantOfShape(ints(0, huge, huge))).toThrow('too large');
    expect(() => b.Expand(x, ints(...new Array(65).fill(1)))).toThrow('an output of rank 65');
    expect(() => b.Reshape(x, ints(-2))).toThrow(/dimensions .* differ|negative dimension -2/);
    expect(() => b.Tile(x, ints(-1))).toThrow('the negative dimension -1');
    expect(() => b.Pad(x, ints(-1, -1))).toThrow('the negative dimension -1');
    const number = (value: number) => b.constant('float32', [], [value]);
    expect(() => b.Range(number(0), number(Number.NaN), number(1))).toThrow('no number');
    expect(() => b.Range(number(0), number(1), number(1e-30))).toThrow('too large');
  });
});

describe('Shape and Size', () => {
  it('are dims', () => {
    const { b } = start();
    const x = b.input('x', 'float32', ['N', 3, 'H']);
    expect(contents(b.Shape(x))).toBe('[3] N 3 H');
    expect(contents(b.Shape(x, { start: 1 }))).toBe('[2] 3 H');
    expect(contents(b.Shape(x, { start: -9, end: -1 }))).toBe('[2] N 3');
    expect(contents(b.Shape(x, { start: 2, end: 1 }))).toBe('[0] ');
    expect(contents(b.Size(x))).toBe('[] 3*H*N');
  });
});

describe('chains of shape arithmetic', () => {
  it('Shape, Gather, Unsqueeze, Concat, Reshape', () => {
    const { b, ints, scalar } = start();
    const x = b.input('x', 'float32', ['N', 12, 'H', 'W']);
    const shape = b.Shape(x);
    const n = b.Gather(shape, scalar(0));
    const w = b.Gather(shape, scalar(-1));
    const target = b.Concat([b.Unsqueeze(n, ints(0)), ints(3, 4, -1), b.Unsqueeze(w, ints(0))], { axis: 0 });
    expect(printType(b.Reshape(x, target).type)).toBe('float32[N,3,4,H,W]');
    expect([...b.graph.constraints]).toEqual([]);
  });

  it('Slice and Mul of a shape', () => {
    const { b, ints } = start();
    const x = b.input('x', 'float32', ['N', 12, 'H', 'W']);
    const size = b.Slice(b.Shape(x), ints(2), ints(2 ** 52), ints(0), ints(1));
    expect(contents(b.Mul(size, ints(2, 3)))).toBe('[2] 2*H 3*W');
    expect(contents(b.Div(b.Add(size, ints(1, 1)), ints(2, 2)))).toBe('[2] floor((H+1)/(2)) floor((W+1)/(2))');
    expect(contents(b.ReduceProd(size, null, { keepdims: 0 }))).toBe('[] H*W');
    expect(contents(b.ReduceSum(size))).toBe('[1] H+W');
  });

  it('the expansion of a class token: ConstantOfShape, Mul, Equal, Where, Expand', () => {
    const { b, ints, scalar } = start();
    const x = b.input('x', 'float32', ['N', 196, 192]);
    const token = b.input('token', 'float32', [1, 1, 192]);
    const n = b.Unsqueeze(b.Gather(b.Shape(x), scalar(0)), ints(0));
    const wanted = b.Concat([n, ints(-1, -1)], { axis: 0 });
    const one = { dtype: 'int64', dims: [1], read: () => new Uint8Array(BigInt64Array.of(1n).buffer) } as const;
    const ones = b.ConstantOfShape(ints(3), { value: one });
    const keep = b.Equal(wanted, b.Mul(ones, scalar(-1)));
    const shape = b.Where(keep, ones, wanted);
    expect(contents(shape)).toBe('[3] N 1 1');
    expect(printType(b.Concat([b.Expand(token, shape), x], { axis: 1 }).type)).toBe('float32[N,197,192]');
  });

  it('parts of a shape by Split, Squeeze, Tile and Pad', () => {
    const { b, ints } = start();
    const shape = b.Shape(b.input('x', 'float32', ['N', 3, 'H', 'W']));
    const [first, second] = b.Split(shape, { num_outputs: 2 }, { outputs: 2 });
    expect(contents(first!)).toBe('[2] N 3');
    expect(contents(second!)).toBe('[2] H W');
    expect(contents(b.Squeeze(b.Slice(shape, ints(2), ints(3))))).toBe('[] H');
    expect(contents(b.Tile(second!, ints(2)))).toBe('[4] H W H W');
    expect(contents(b.Pad(second!, ints(1, 1)))).toBe('[4] 0 H W 0');
  });
});

describe('ConstantOfShape', () => {
  it('takes symbolic shapes', () => {
    const { b } = start();
    const x = b.input('x', 'float32', ['N', dimOf(new Sym('H'))]);
    expect(printType(b.ConstantOfShape(b.Shape(x)).type)).toBe('float32[N,H]');
  });
  it('says what it cannot do', () => {
    const { b, ints } = start();
    expect(() => b.ConstantOfShape(ints(2, -1), {}, { name: 'fill' })).toThrow(
      'the dimension -1 (node fill (ConstantOfShape))',
    );
    const data = b.input('data', 'int64', [2]);
    expect(() => b.ConstantOfShape(data, {}, { name: 'fill' })).toThrow(
      /SHAPE_UNKNOWN.*node fill.*tensor data.*hint: Make it a constant/s,
    );
  });
});

describe('Range', () => {
  it('counts, and has a symbolic size', () => {
    const { b, scalar } = start();
    expect(contents(b.Range(scalar(3), scalar(10), scalar(3)))).toBe('[3] 3 6 9');
    expect(contents(b.Range(scalar(3), scalar(-2), scalar(-2)))).toBe('[3] 3 1 -1');
    const x = b.input('x', 'float32', [mul(dimOf(new Sym('h')), 4)]);
    const size = b.Squeeze(b.Shape(x));
    expect(printType(b.Range(scalar(0), size, scalar(1)).type)).toBe('int64[4*h]');
    expect(printType(b.Range(scalar(0), size, scalar(3)).type)).toBe('int64[floor((4*h+2)/(3))]');
    expect(() => b.Range(scalar(0), size, scalar(0), {}, { name: 'r' })).toThrow('a delta of 0 (node r (Range))');
  });
  it('of floats', () => {
    const { b } = start();
    const f = (value: number) => b.constant('float32', [], [value]);
    expect(printType(b.Range(f(0), f(1), f(0.25)).type)).toBe('float32[4]');
  });
  it('of numbers that only the run tells', () => {
    const { b, scalar } = start();
    const limit = b.input('limit', 'int64', []);
    expect(printType(b.Range(scalar(0), limit, scalar(2), {}, { name: 'r' }).type)).toBe('int64[r.count]');
    expect(() => b.Range(limit, limit, scalar(0))).toThrow('a delta of 0');
  });
});
