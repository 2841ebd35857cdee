import { constantOf, elementsOf, toFloat16 } from '@trtx/ir';
import { expect, it } from 'vitest';
import { halfConstant } from './constants.ts';

it('rounds every float32 to the nearest float16, and what is too large to the largest', () => {
  // All exponents, both signs, and mantissas near what is halfway between two float16.
  const bits = Uint32Array.from({ length: 2 ** 18 }, (_, i) => {
    const [top, low] = [i >>> 3, [0, 1, 0xfff, 0x1000, 0x1001, 0x1fff, 0x800, 0x1800][i & 7]!];
    return ((((top & 0x7f00) << 16) | ((top & 0xff) << 13)) ^ ((top & 1) << 31) ^ low) >>> 0;
  });
  const values = new Float32Array(bits.buffer);
  const { constant, saturated, flushed } = halfConstant(constantOf('float32', [values.length], values));
  const codes = elementsOf(constant) as Uint16Array;
  let [large, small] = [0, 0];
  const wrong = values.findIndex((value, i) => {
    let expected = toFloat16(value);
    if (Number.isFinite(value) && (expected & 0x7fff) === 0x7c00) {
      expected--;
      large++;
    }
    if (value !== 0 && (expected & 0x7fff) === 0) small++;
    return codes[i] !== expected;
  });
  expect(wrong).toBe(-1);
  expect({ saturated, flushed }).toEqual({ saturated: large, flushed: small });
  expect(Math.min(large, small)).toBeGreaterThan(1000);
});
