import { fromBfloat16, fromFloat16 } from '@trtx/ir';
import { expect, it } from 'vitest';
import { tileOf } from './noise.ts';

const halves = (words: Uint32Array) => Array.from(new Uint16Array(words.buffer, 0, 4096));
const isUsual = (x: number) => Number.isFinite(x) && Math.abs(x) >= 1 / 128 && Math.abs(x) < 2;

it.each<[string, number[]]>([
  ['float32', Array.from(new Float32Array(tileOf('float32', 'f32').buffer, 0, 4096))],
  ['float16, packed', halves(tileOf('float16', 'u16x2')).map(fromFloat16)],
  ['bfloat16, packed', halves(tileOf('bfloat16', 'u16x2')).map(fromBfloat16)],
  ['float16, a word each', Array.from(tileOf('float16', 'u32').slice(0, 4096), fromFloat16)],
])('floats are neither large nor tiny, of both signs: %s', (_, values) => {
  expect(values.every(isUsual)).toBe(true);
  expect(values.filter((x) => x < 0).length / values.length).toBeCloseTo(0.5, 1);
  expect(new Set(values).size).toBeGreaterThan(500);
});

it('integers are small', () => {
  expect(Math.max(...tileOf('int64', 'i32').slice(0, 4096))).toBe(7);
  expect(Math.max(...new Uint8Array(tileOf('uint8', 'u8x4').buffer, 0, 4096))).toBe(7);
});
