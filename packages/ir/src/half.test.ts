import { expect, test } from 'vitest';
import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from './half.ts';

test('every float16 and bfloat16 survives the way there and back', () => {
  for (let bits = 0; bits < 65536; bits++) {
    if (!Number.isNaN(fromFloat16(bits))) expect(toFloat16(fromFloat16(bits))).toBe(bits);
    if (!Number.isNaN(fromBfloat16(bits))) expect(toBfloat16(fromBfloat16(bits))).toBe(bits);
  }
});

test('rounds to nearest even, once, and overflows to infinity', () => {
  expect(fromFloat16(toFloat16(1 + 2 ** -11))).toBe(1);
  expect(fromFloat16(toFloat16(1 + 3 * 2 ** -11))).toBe(1 + 2 ** -9);
  // Through float32 first this would be a tie and round down.
  expect(fromFloat16(toFloat16(1 + 2 ** -11 + 2 ** -40))).toBe(1 + 2 ** -10);
  expect(fromFloat16(toFloat16(65519.99))).toBe(65504);
  expect(fromFloat16(toFloat16(-65520))).toBe(Number.NEGATIVE_INFINITY);
  expect(fromFloat16(toFloat16(2 ** -25))).toBe(0);
  expect(fromFloat16(toFloat16(1.5 * 2 ** -25))).toBe(2 ** -24);
  expect(fromFloat16(toFloat16(2 ** -14 - 2 ** -30))).toBe(2 ** -14);
  expect(Number.isNaN(fromFloat16(toFloat16(Number.NaN)))).toBe(true);
  expect(toFloat16(-0)).toBe(0x8000);
  expect(fromBfloat16(toBfloat16(3.4e38))).toBe(Number.POSITIVE_INFINITY);
  expect(fromBfloat16(toBfloat16(1 + 2 ** -8))).toBe(1);
});
