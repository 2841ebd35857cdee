// Every kernel gives what the reference gives where as many values as can be have their channels last.

import { describe, expect, it } from 'vitest';
import { formatCases } from '../kernels/cases/formats.ts';
import { allCases } from '../kernels/cases/index.ts';
import { eagerKernels, expectSameInFormats } from '../kernels/formats.ts';

describe('channels last wherever they can be', () => {
  it('in every case of every kernel', async () => {
    let checked = 0;
    for (const one of allCases) if ((await expectSameInFormats(one, eagerKernels)).length > 0) checked++;
    expect(checked).toBeGreaterThan(10);
  });
});

describe.each(formatCases.map((one) => [one.name, one] as const))('%s', (_, one) => {
  it('gives the same in the formats and kernels of a GPU', async () => {
    const tactics = await expectSameInFormats(one);
    expect(tactics.map(({ kernel }) => kernel.id)).toContain('conv.staged');
  });
});
