import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../builder.ts';
import { bounds, dimOf, Sym } from '../dim.ts';
import type { Value } from '../graph.ts';
import { printType } from '../tensor.ts';

const start = () => {
  const b = new GraphBuilder('g');
  return { b, ints: (...values: number[]) => b.constant('int64', [values.length], values) };
};
const type = (value: Value) => printType(value.type);
const N = dimOf(new Sym('N', 1, 10));

describe('sizes that only elements tell', () => {
  it('are symbols of the node, bounded', () => {
    const { b } = start();
    const x = b.input('x', 'float32', [N, 4]);
    const found = b.NonZero(x, {}, { name: 'found' });
    expect(type(found)).toBe('int64[2,found.count]');
    expect(bounds(found.type.shape[1]!)).toEqual({ min: 0, max: 40 });
    expect(type(b.Transpose(found))).toBe('int64[found.count,2]');
    const condition = b.input('c', 'bool', [3]);
    expect(type(b.Compress(x, condition, { axis: 1 }, { name: 'c' }))).toBe('float32[N,c.count]');
    expect(type(b.Compress(x, condition, {}, { name: 'd' }))).toBe('float32[d.count]');
    const outputs = b.op('Unique', [x], { axis: 0 }, { name: 'u', outputs: 4 });
    expect(outputs.map(type)).toEqual(['float32[u.count,4]', 'int64[u.count]', 'int64[N]', 'int64[u.count]']);
    expect(type(b.op('Unique', [x], {}, { name: 'v' })[0]!)).toBe('float32[v.count]');
  });

  it('are numbers where the elements are known', () => {
    const { b, ints } = start();
    const found = b.NonZero(b.constant('int32', [2, 3], [0, 5, 0, 1, 0, 1]));
    expect(type(found)).toBe('int64[2,3]');
    expect(found.contents).toEqual({ dims: [2, 3], values: [0, 1, 1, 1, 0, 2] });
    const x = b.input('x', 'float32', [N, 4]);
    expect(type(b.Compress(x, b.constant('bool', [4], [1, 0, 1, 1]), { axis: 1 }))).toBe('float32[N,3]');
    expect(() => b.Compress(x, b.constant('bool', [5], [1, 0, 1, 1, 1]), { axis: 1 })).toThrow(
      'place 4 is chosen of 4',
    );
    expect(type(b.NonZero(ints()))).toBe('int64[1,0]');
  });

  it('NonMaxSuppression keeps at most what is asked for', () => {
    const { b } = start();
    const boxes = b.input('boxes', 'float32', [1, 100, 4]);
    const scores = b.input('scores', 'float32', [1, 3, 100]);
    const most = (limit: Value | null) => {
      const [kept] = b.NonMaxSuppression(boxes, scores, limit).type.shape;
      return bounds(kept!).max;
    };
    expect(most(b.constant('int64', [], [20]))).toBe(60);
    expect(most(b.constant('int64', [], [2000]))).toBe(300);
    expect(most(b.input('limit', 'int64', []))).toBe(300);
    expect(most(null)).toBe(0);
    expect(() => b.NonMaxSuppression(scores, scores)).toThrow('dimensions 100 and 4 differ');
  });
});
