import { expect, it } from 'vitest';
import { timePairs } from './pairs.ts';

it('runs both in turn, each first every other time', async () => {
  const calls: string[] = [];
  const worker = (name: string, ms: number) => async () => {
    calls.push(name);
    await new Promise((resolve) => setTimeout(resolve, ms));
  };
  const { ours, theirs, ratio } = await timePairs(worker('a', 2), worker('b', 12), {
    warmUpMs: 0,
    iterations: 4,
    durationMs: 0,
  });
  expect(calls.join('')).toBe('ab' + 'abbaabba');
  expect([ours, theirs, ratio].map(({ samples }) => samples.length)).toEqual([4, 4, 4]);
  for (const [i, r] of ratio.samples.entries()) expect(r).toBe(ours.samples[i]! / theirs.samples[i]!);
  expect(Math.max(...ratio.samples)).toBeLessThan(1);
});
