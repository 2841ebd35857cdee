// Every variant of every kernel is in bounds on a device that does not check, and what comes out of it is the same there.

import { describe, it } from 'vitest';
import { expectInBounds, expectSameUnchecked, targets } from '../kernels/bounds.ts';
import { allCases } from '../kernels/cases/index.ts';
import { graphOf, variantsOf } from '../kernels/support.ts';

describe.each(allCases.map((one) => [one.name, one] as const))('%s', (_, one) => {
  it('is in bounds', () => {
    const variants = [...variantsOf(() => graphOf(one), targets.unchecked)];
    expectInBounds(variants.map(({ compiled }) => compiled));
  });

  it('gives the same', () => expectSameUnchecked(one));
});
