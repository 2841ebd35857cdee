// Every kernel gives what the reference gives: with the parameters that would be chosen, and with the extremes.

import { tacticLabel } from '@trtx/codegen';
import { describe, it } from 'vitest';
import { testDevice } from '../support/chain.ts';
import { allCases } from './cases/index.ts';
import { expectedOf, expectSame, feedsOf, graphOf, runCompiled, variantsOf } from './support.ts';

describe.each(allCases.map((one) => [one.name, one] as const))('%s', (_, one) => {
  it('gives what the reference gives', async () => {
    const { device } = await testDevice();
    const feeds = feedsOf(one);
    const expected = await expectedOf(graphOf(one), feeds);
    const variants = [...variantsOf(() => graphOf(one))];
    // The cheapest, the dearest, and what lies between them at a third and two thirds.
    const picked = new Set([0, 1, 2, 3].map((i) => Math.floor((i / 3) * (variants.length - 1))));
    for (const i of picked) {
      const { tactics, compiled } = variants[i]!;
      expectSame(await runCompiled(device, compiled, feeds), expected, tactics.map(tacticLabel).join(', '));
    }
  });
});
