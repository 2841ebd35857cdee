import { describe, expect, it } from 'vitest';
import { parse } from '../testing/expect.ts';
import { lintFloat16, type ObservedRange } from './lint.ts';

const lint = (text: string, ranges?: ReadonlyMap<string, ObservedRange>) =>
  lintFloat16(parse(`input x: float32[2]\n${text}\noutput y`), { ranges }).map(
    ({ kind, count, message }) => `${kind} ${count}: ${message}`,
  );

describe('lintFloat16', () => {
  it('finds constants past the range', () => {
    expect(lint('y = Add(x, float32[2] [1e6, -2e6])')).toEqual(['overflow 2: -2000000 is past ±65504']);
    // What rounds to the largest number is no loss, and infinity is one in float16 too.
    expect(lint('y = Add(x, float32[2] [65510, -inf])')).toEqual([]);
  });

  it('finds elements that become 0', () => {
    expect(lint('y = Mul(x, float32[2] [1e-9, 1])')).toEqual(['underflow 1: 1 of 2 elements are 0 in float16']);
    expect(lint('y = Mul(x, float32[2] [0, 1e-6])')).toEqual([]);
  });

  it('finds epsilons that vanish or lose digits', () => {
    expect(lint('y = Add(x, float32[] [1e-12])')).toEqual(['epsilon 1: 1e-12 is 0 in float16']);
    expect(lint('y = Add(x, float32[] [0.00001])')).toEqual(['epsilon 1: 0.00001 loses digits in float16']);
    expect(lint('y = Add(x, float32[] [0.001])')).toEqual([]);
    expect(lint('y = LayerNormalization(x, float32[2] splat 1) { epsilon: 1e-12 }')).toEqual([
      'epsilon 1: an epsilon of 1e-12 is 0 in float16',
    ]);
  });

  it('finds what was observed past the range', () => {
    const ranges = new Map([
      ['a', { min: -1e5, max: 3 }],
      ['y', { min: 0, max: 6e4 }],
    ]);
    expect(lint('a = Mul(x, x)\ny = Relu(a)', ranges)).toEqual(['range 1: from -100000 to 3 is past ±65504']);
  });

  it('says nothing of float16', () => {
    expect(lintFloat16(parse('input x: float16[2]\ny = Add(x, float16[] [0.00001])\noutput y'))).toEqual([]);
  });
});
