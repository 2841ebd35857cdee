// Every kernel gives what the reference gives, with parameters between the extremes.

import { describe, it } from 'vitest';
import { allCases } from '../kernels/cases/index.ts';
import { expectVariants } from '../kernels/variants.ts';

describe.each(allCases.map((one) => [one.name, one] as const))('%s', (_, one) => {
  it('gives what the reference gives', () => expectVariants(one, [1 / 3, 2 / 3]));
});
