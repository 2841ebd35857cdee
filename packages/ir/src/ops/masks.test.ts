import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../builder.ts';
import type { Value } from '../graph.ts';
import { printType } from '../tensor.ts';

const start = () => {
  const b = new GraphBuilder('g');
  return { b, ints: (...values: number[]) => b.constant('int64', [values.length], values) };
};
const type = (value: Value) => printType(value.type);

describe('masks and mirrors', () => {
  it('have symbolic sizes', () => {
    const { b, ints } = start();
    const x = b.input('x', 'float32', ['N', 'T', 4]);
    expect(type(b.Trilu(x))).toBe('float32[N,T,4]');
    expect(type(b.ReverseSequence(x, b.input('l', 'int64', ['T'])))).toBe('float32[N,T,4]');
    expect(type(b.CenterCropPad(x, ints(7, 2), { axes: [0, -1] }))).toBe('float32[7,T,2]');
    expect(type(b.EyeLike(b.input('m', 'int32', ['N', 4]), { dtype: 'float16' }))).toBe('float16[N,4]');
    const values = b.constant('float32', [2], [0, 1]);
    const indices = b.input('i', 'int64', ['N', 3]);
    expect(type(b.OneHot(indices, ints(10), values, { axis: 1 }))).toBe('float32[N,10,3]');
    expect(type(b.OneHot(indices, b.Size(x), values))).toBe('float32[N,3,4*N*T]');
  });

  it('are known of shapes', () => {
    const { b, ints } = start();
    const x = b.input('x', 'float32', ['N', 'T']);
    const square = b.Reshape(b.Concat([b.Shape(x), b.Shape(x)], { axis: 0 }), ints(2, 2));
    expect(String(b.Trilu(square, ints(1)).contents?.values)).toBe('0,T,0,0');
    expect(String(b.CenterCropPad(b.Shape(x), ints(4)).contents?.values)).toBe('0,N,T,0');
  });

  it('name what is wrong', () => {
    const { b, ints } = start();
    const x = b.input('x', 'float32', ['N', 3]);
    expect(() => b.Trilu(ints(1, 2))).toThrow('an input of rank 1');
    expect(() => b.EyeLike(ints(1, 2))).toThrow('an input of rank 1 where a matrix belongs');
    expect(() => b.ReverseSequence(x, ints(1, 2))).toThrow('dimensions 2 and 3 differ');
    expect(() => b.ReverseSequence(x, ints(1, 2, 3), { batch_axis: 0 })).toThrow('Batch and time are axes 0 and 1');
    expect(() => b.CenterCropPad(x, ints(1))).toThrow('1 sizes for 2 axes');
    expect(() => b.OneHot(ints(1), ints(3), ints(1, 2, 3))).toThrow('dimensions 3 and 2 differ');
  });
});

describe('scans, order, scatters', () => {
  it('have symbolic sizes', () => {
    const { b, ints } = start();
    const x = b.input('x', 'float32', ['N', 'T', 4]);
    expect(type(b.CumSum(x, b.input('axis', 'int64', [])))).toBe('float32[N,T,4]');
    expect(b.TopK(x, ints(2), { axis: 1 }, { outputs: 2 }).map(type)).toEqual(['float32[N,2,4]', 'int64[N,2,4]']);
    expect(b.TopK(x, b.Shape(x, { end: 1 }), {}, { outputs: 2 }).map(type)).toEqual(['float32[N,T,N]', 'int64[N,T,N]']);
    const indices = b.input('i', 'int64', ['K', 1]);
    expect(type(b.ScatterND(x, indices, b.input('u', 'float32', ['K', 'T', 4])))).toBe('float32[N,T,4]');
    const cache = b.input('c', 'float32', ['B', 8, 'L', 64]);
    const update = b.input('new', 'float32', ['B', 8, 1, 64]);
    expect(type(b.TensorScatter(cache, update, b.input('at', 'int64', ['B'])))).toBe('float32[B,8,L,64]');
  });

  it('name what is wrong', () => {
    const { b, ints } = start();
    const x = b.input('x', 'float32', [3, 4]);
    expect(() => b.CumSum(x, ints(2))).toThrow('axis 2 of a tensor of rank 2');
    expect(() => b.TopK(x, ints(5))).toThrow('the 5 largest of 4 elements');
    expect(() => b.TopK(x, ints(-1))).toThrow('the -1 largest');
    expect(() => b.ScatterElements(x, ints(1), x)).toThrow('[3,4] where [1] belongs');
    expect(() => b.ScatterND(x, b.input('i', 'int64', [2, 3]), x)).toThrow('indices of [2,3] for data of rank 2');
    expect(() => b.TensorScatter(x, x, null, { axis: 0 })).toThrow('axis 0 is the batch');
    expect(() => b.TensorScatter(x, b.input('u', 'float32', [3, 5]), null, { axis: 1 })).toThrow(
      'an update of 5 places for a cache of 4',
    );
  });
});
