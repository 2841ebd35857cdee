import { describe, expect, it } from 'vitest';
import { runImported } from '../../../../../tests/support/imported.ts';
import { random } from '../../../../reference/src/testing/check.ts';
import { checkMicrosoft } from '../../testing/microsoft.ts';

it.each(['euclidean', 'sqeuclidean'])('CDist %s', (metric) => {
  const inputs = [random([4, 3]), random([5, 3], { seed: 2 })];
  return checkMicrosoft('CDist', inputs, { metric }, { dynamic: { 0: ['M', 3], 1: ['K', 3] } });
});

describe('products of complex numbers', () => {
  it.each([
    ['ComplexMul', [1 * 3 - 2 * 4, 1 * 4 + 2 * 3]],
    ['ComplexMulConj', [1 * 3 + 2 * 4, 2 * 3 - 1 * 4]],
  ])('%s of 1 + 2i and 3 + 4i', async (op, expected) => {
    const number = (re: number, im: number) => {
      return { dtype: 'float32', dims: [1, 2], data: Float32Array.of(re, im) } as const;
    };
    const node = { op, domain: 'com.microsoft', inputs: ['a', 'b'], outputs: ['y'] };
    const y = await runImported([node], { a: number(1, 2), b: number(3, 4) }, { domains: { 'com.microsoft': 1 } });
    expect([...y.get('y')!.data]).toEqual(expected);
  });
});

describe('Inverse', () => {
  it('of matrices in a batch', () =>
    checkMicrosoft('Inverse', [random([2, 3, 3])], {}, { dynamic: { 0: ['batch', 3, 3] }, relative: 1e-4 }));
  it('of one with a zero in its first place', () => {
    const matrix = { dtype: 'float32', dims: [2, 2], data: Float32Array.of(0, 1, 2, 3) } as const;
    return checkMicrosoft('Inverse', [matrix]);
  });
});
