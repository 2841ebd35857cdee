import { describe, expect, it } from 'vitest';
import { parse } from '../../testing/expect.ts';
import { rampKey, rampOf, rangeOf } from './ramps.ts';

/** The ramp that `y` is, as text. */
function ramp(text: string): string | undefined {
  const { outputs } = parse(`input x: float32[N,S]\ninput i: int64[N]\n${text}\noutput y`);
  const found = rampOf(outputs[0]!.value);
  return found && rampKey(found);
}

const size = (axis: number) => `s = Shape(x)\nn = Gather(s, int64[] [${axis}])\n`;

describe('ramps', () => {
  it('are found in constants', () => {
    expect(ramp('y = Identity(int64[2,3] [1, 3, 5, 11, 13, 15])')).toBe('1:10,2');
    expect(ramp('y = Identity(int32[2,1] [4, 4])')).toBe('4:0,0');
    expect(ramp('y = Identity(int64[3] [0, 1, 3])')).toBeUndefined();
    expect(ramp('y = Identity(float32[3] [0, 1, 2])')).toBeUndefined();
  });

  it('are followed through arithmetic and movement', () => {
    const range = `${size(0)}r = Range(int64[] [2], n, int64[] [3])\n`;
    expect(ramp(`${range}y = Neg(r)`)).toBeUndefined();
    expect(ramp(`${range}y = Add(r, int64[] [5])`)).toBe('7:3');
    expect(ramp(`${range}a = Reshape(r, int64[3] [1, -1, 1])\ny = Mul(a, n)`)).toBe('2*N:0,3*N,0');
    expect(ramp(`${range}a = Reshape(r, int64[2] [-1, 1])\nb = Transpose(a)\ny = Sub(a, b)`)).toBe('0:3,-3');
    expect(ramp(`${range}y = Mul(r, r)`)).toBeUndefined();
    expect(ramp(`${size(0)}y = ConstantOfShape(s) { value: int64[1] [3] }`)).toBe('3:0,0');
    expect(ramp('y = Add(i, int64[] [1])')).toBeUndefined();
  });

  it('have a range', () => {
    expect(rangeOf({ start: 3, steps: [2, -1] }, [4, 5])).toEqual({ min: -1, max: 9 });
    expect(rangeOf({ start: 0, steps: [] }, [])).toEqual({ min: 0, max: 0 });
  });
});
