// A case compiled for a GPU, with formats chosen as a GPU's plan would have them or as many channels last as can be, beside
// what the reference gives.

import { compile, type Kernel, PORTABLE, standardKernels, type Tactic } from '@trtx/codegen';
import { testDevice } from '../support/chain.ts';
import { type Case, expectedOf, expectSame, feedsOf, graphOf, runCompiled } from './support.ts';

/** Kernels without those that go through workgroup memory, which a GPU's plan prefers where both can do the work. */
export const directKernels = standardKernels.filter(({ id }) => !/\.(staged|winograd)$/.test(id));

/** Kernels that rather do anything than write row-major. */
export const eagerKernels = standardKernels.map(
  (kernel): Kernel => ({
    ...kernel,
    cost: (problem, params) =>
      kernel.cost(problem, params) * (problem.formats.writes === 'channels-last' ? 1e-6 : 1e12),
  }),
);

/** Runs a case and compares, unless all of it is row-major. Gives the tactics that were chosen. */
export async function expectSameInFormats(
  one: Case,
  kernels: readonly Kernel[] = standardKernels,
): Promise<readonly Tactic[]> {
  const tactics: Tactic[] = [];
  const choose = ([first]: readonly Tactic[]) => {
    if (first) tactics.push(first);
    return first;
  };
  const compiled = compile(graphOf(one), { target: PORTABLE, kernels, choose });
  if (!tactics.some(({ formats }) => [formats.reads, formats.writes].includes('channels-last'))) return [];
  const { device } = await testDevice();
  const feeds = feedsOf(one);
  expectSame(await runCompiled(device, compiled, feeds), await expectedOf(graphOf(one), feeds), one.name);
  return tactics;
}
