// Networks in the formats that a GPU's plan has them in, and with as many channels last as can be.

import { describe, expect, it } from 'vitest';
import { formatCases } from './cases/formats.ts';
import { directKernels, eagerKernels, expectSameInFormats } from './formats.ts';

describe.each(formatCases.map((one) => [one.name, one] as const))('%s', (_, one) => {
  it('reads four channels at once, and gives what the reference gives', async () => {
    const tactics = await expectSameInFormats(one, directKernels);
    expect(tactics.map(({ kernel }) => kernel.id)).toContain('conv.channels');
  });

  it('gives the same with every channel last', () => expectSameInFormats(one, eagerKernels));
});
