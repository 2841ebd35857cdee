// A case in some of the ways that its kernels and their parameters give.

import { tacticLabel } from '@trtx/codegen';
import { testDevice } from '../support/chain.ts';
import { type Case, expectedOf, expectSame, feedsOf, graphOf, runCompiled, variantsOf } from './support.ts';

/** Expects what the reference gives of the variants at these places of the list: 0 is the cheapest, 1 the dearest. */
export async function expectVariants(one: Case, places: readonly number[]): Promise<void> {
  const { device } = await testDevice();
  const feeds = feedsOf(one);
  const expected = await expectedOf(graphOf(one), feeds);
  const variants = [...variantsOf(() => graphOf(one))];
  const picked = new Set(places.map((place) => Math.floor(place * (variants.length - 1))));
  for (const i of picked) {
    const { tactics, compiled } = variants[i]!;
    expectSame(await runCompiled(device, compiled, feeds), expected, tactics.map(tacticLabel).join(', '));
  }
}
