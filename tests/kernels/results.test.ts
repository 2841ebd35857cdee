// Every kernel gives what the reference gives: with the parameters that would be chosen, and with the other extreme. What
// lies between is in check:full.

import { describe, it } from 'vitest';
import { allCases } from './cases/index.ts';
import { expectVariants } from './variants.ts';

describe.each(allCases.map((one) => [one.name, one] as const))('%s', (_, one) => {
  it('gives what the reference gives', () => expectVariants(one, [0, 1]));
});
