// Fused code gives what the reference gives node by node: random programs, and chains that are known to be hard.

import { compile, PORTABLE } from '@trtx/codegen';
import { printGraph } from '@trtx/ir';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { testDevice } from '../support/chain.ts';
import { programNumbers, programOf } from './programs.ts';
import { type Case, expectedOf, expectSame, feedsOf, graphOf, runCompiled } from './support.ts';

const RUNS = Number(process.env.TRTX_FUZZ ?? 60);

async function check(one: Case): Promise<void> {
  const { device } = await testDevice();
  const feeds = feedsOf(one);
  const expected = await expectedOf(graphOf(one), feeds);
  const compiled = compile(graphOf(one), { target: { ...PORTABLE, software: true } });
  expectSame(await runCompiled(device, compiled, feeds), expected, printGraph(graphOf(one)));
}

describe('random programs', () => {
  it.each([false, true])('dynamic: %s', async (dynamic) => {
    await fc.assert(
      fc.asyncProperty(programNumbers, (numbers) => check(programOf(numbers, dynamic))),
      { numRuns: RUNS, seed: process.env.TRTX_FUZZ ? undefined : 7, endOnFailure: false },
    );
  });
});
