import type { Tensor } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { difference } from './compare.ts';

const floats = (...values: number[]): Tensor => ({
  dtype: 'float32',
  dims: [values.length],
  data: Float32Array.from(values),
});

describe('difference', () => {
  it('takes what is within the tolerance, NaN for NaN and infinities for themselves', () => {
    expect(difference(floats(1.0009, 1e-8), floats(1, 0))).toBeUndefined();
    expect(difference(floats(Number.NaN, Infinity), floats(Number.NaN, Infinity))).toBeUndefined();
  });

  it('tells the first element that is not', () => {
    expect(difference(floats(1, 1.002, 3), floats(1, 1, 2))).toMatch('2 of 3 elements differ: [1] is 1.00');
    expect(difference(floats(Number.NaN), floats(1))).toMatch('is NaN where 1');
    expect(difference(floats(3e38), floats(Infinity))).toMatch('where Infinity');
    expect(difference(floats(-Infinity), floats(Infinity))).toMatch('where Infinity');
  });

  it('is exact about types and shapes', () => {
    expect(difference({ dtype: 'int32', dims: [1], data: Int32Array.of(1) }, floats(1))).toMatch('int32[1] where');
    expect(difference({ ...floats(1), dims: [1, 1] }, floats(1))).toMatch('float32[1,1] where float32[1]');
    expect(difference(undefined, floats(1))).toBe('the output is missing');
  });

  it('measures complex numbers by their moduli', () => {
    const complex = (...parts: number[]): Tensor => ({
      ...floats(...parts),
      dtype: 'complex64',
      dims: [parts.length / 2],
    });
    expect(difference(complex(1, 0.0005), complex(1, 0))).toBeUndefined();
    expect(difference(complex(1, 1, 1, 0.002), complex(1, 1, 1, 0))).toMatch(
      '1 of 2 elements differ: [1] is 1 + i·0.002',
    );
  });

  it('is exact about strings', () => {
    const text = (...data: string[]): Tensor => ({ dtype: 'string', dims: [data.length], data });
    expect(difference(text('a', 'b'), text('a', 'b'))).toBeUndefined();
    expect(difference(text('a', 'b'), text('a', 'c'))).toBe('[1] is "b" where "c" is expected');
  });

  it('looks at no element of random values', () => {
    expect(difference(floats(1), floats(2), true)).toBeUndefined();
    expect(difference(floats(1), floats(2, 3), true)).toBeDefined();
  });

  it('goes into sequences, and tells an absent value', () => {
    const sequence = (...data: Tensor[]): Tensor => ({ dtype: 'sequence', dims: [], data });
    const optional = (...data: Tensor[]): Tensor => ({ dtype: 'optional', dims: [], data });
    expect(difference(sequence(floats(1)), sequence(floats(1)))).toBeUndefined();
    expect(difference(sequence(floats(1), floats(2)), sequence(floats(1), floats(3)))).toMatch('item 1: 1 of 1');
    expect(difference(sequence(), sequence(floats(1)))).toMatch('sequence of 0 where sequence of 1');
    expect(difference(optional(), optional())).toBeUndefined();
    expect(difference(floats(1), optional())).toMatch('where optional of 0 is expected');
    expect(difference(optional(), sequence())).toMatch('optional of 0 where sequence of 0');
  });
});
