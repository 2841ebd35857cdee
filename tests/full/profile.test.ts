// The profile of a whole network: its layers add up to the run that they are taken from, and say where they come from.

import { describe, expect, it } from 'vitest';
import { trtxJson } from '../cli/command.ts';
import { hasShared, hydrated } from '../support/models.ts';

const SHAPES = ['--shapes', 'input:1x3x224x224'];

interface Profile {
  readonly coverage: number;
  readonly whole: { readonly min: number };
  readonly runs: number;
  readonly dispatches: readonly { readonly nodes: readonly string[]; readonly ms: number }[];
}

describe.runIf(hasShared)('trtx profile', () => {
  // A run takes seconds here: what else the machine does in them is in its time, so that it may take another attempt.
  it('of resnet50 accounts for the time of a run, within 10 %', { retry: 2 }, async () => {
    const { model } = hydrated('resnet50');
    const { status, data } = await trtxJson<Profile>('profile', model, ...SHAPES, '--iterations', '6');
    expect(status).toBe(0);
    const { coverage, whole, runs, dispatches } = data;
    console.log(`resnet50: layers are ${(100 * coverage).toFixed(1)} % of ${whole.min.toFixed(0)} ms, ${runs} runs`);
    expect(Math.abs(coverage - 1)).toBeLessThan(0.1);
    for (const { nodes } of dispatches) expect(nodes).not.toEqual([]);
  });
});
