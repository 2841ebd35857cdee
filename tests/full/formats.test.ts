// Every kernel gives what the reference gives where as many values as can be have their channels last.

import { describe, expect, it } from 'vitest';
import { allCases } from '../kernels/cases/index.ts';
import { eagerKernels, expectSameInFormats } from '../kernels/formats.ts';

describe('channels last wherever they can be', () => {
  it('in every case of every kernel', async () => {
    let checked = 0;
    for (const one of allCases) if ((await expectSameInFormats(one, eagerKernels)).length > 0) checked++;
    expect(checked).toBeGreaterThan(10);
  });
});
