import type { Plan } from '@trtx/engine';
import { expect, it } from 'vitest';
import { liveBytesOf } from './live-bytes.ts';

const KERNEL = `
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
fn main() { y[at[0] + 1u] = x[0]; }`;

/** Reads what it writes. */
const IN_PLACE = '@group(0) @binding(0) var<storage, read_write> y: array<f32>; fn main() { y[i] = y[i] == 1.0; }';

const range = (from: number, to: number) => ({ buffer: 0, offset: from * 256, size: (to - from) * 256 - 4 });
const copying = (x: [number, number], y: [number, number]) => ({ pipeline: 0, bindings: [range(...x), range(...y)] });
const plan = (...dispatches: object[]) =>
  ({
    buffers: [{ kind: 'arena', bytes: 1 << 20 }],
    modules: [KERNEL, IN_PLACE],
    pipelines: [
      { module: 0, layout: ['read', 'read_write'] },
      { module: 1, layout: ['read_write'] },
    ],
    steps: [{ kind: 'dispatches', dispatches }],
  }) as unknown as Plan;

it('counts what a dispatch touches and what later ones read', () => {
  // 0–1 is kept for the last one, 1–3 only for the second.
  expect(liveBytesOf(plan(copying([9, 9], [0, 1]), copying([0, 1], [1, 3]), copying([1, 3], [3, 4])))).toBe(3 * 256);
  expect(
    liveBytesOf(
      plan(copying([9, 9], [0, 1]), copying([9, 9], [1, 3]), copying([1, 3], [3, 4]), copying([0, 1], [4, 5])),
    ),
  ).toBe(4 * 256);
});

it('does not count what is written anew', () =>
  expect(liveBytesOf(plan(copying([9, 9], [0, 5]), copying([9, 9], [5, 6]), copying([9, 9], [0, 5])))).toBe(5 * 256));

it('counts what is written in place', () =>
  expect(
    liveBytesOf(plan(copying([9, 9], [0, 5]), copying([9, 9], [5, 6]), { pipeline: 1, bindings: [range(0, 5)] })),
  ).toBe(6 * 256));
