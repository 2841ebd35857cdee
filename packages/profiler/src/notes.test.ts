import { expect, it } from 'vitest';
import { boundNotes } from './notes.ts';
import type { RunTimes } from './report.ts';

const ms = (...samples: number[]) => ({ unit: 'ms' as const, samples });
const codes = (latency: number[], encode: number[], gpu: number[]) => {
  const times = { latency: ms(...latency), encode: ms(...encode), gpu: ms(...gpu) };
  return boundNotes(times as unknown as RunTimes).map(({ code }) => code);
};

it('warn where recording takes longer than the GPU', () => {
  expect(codes([5, 5], [4, 4], [1, 1])).toEqual(['CPU_BOUND']);
  expect(codes([5, 5], [1, 1], [4, 4])).toEqual([]);
});

it('warn where latencies differ a lot', () => {
  expect(codes([1, 5], [0.1, 0.1], [1, 1])).toEqual(['UNSTABLE']);
});
