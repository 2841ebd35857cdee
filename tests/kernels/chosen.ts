// Kernels that are asked for, as for a GPU: no software adapter would take them.

import { compile, type Kernel, standardKernels, type Tactic, type Target, tacticLabel } from '@trtx/codegen';
import { type Case, expectedOf, expectSame, feedsOf, graphOf, runCompiled } from './support.ts';

/** All kernels, those but some so dear that formats are what these read and write. */
export function preferring(kernels: RegExp): readonly Kernel[] {
  return standardKernels.map(
    (kernel): Kernel =>
      kernels.test(kernel.id) ? kernel : { ...kernel, cost: (problem, params) => 1e6 * kernel.cost(problem, params) },
  );
}

/**
 * Expects of a case what the reference gives, with the tactic of such a number of those of some kernels, wherever there are
 * some. Returns their labels.
 */
export async function expectChosen(
  device: GPUDevice,
  one: Case,
  kernels: RegExp,
  number: number,
  target: Target,
  tolerance?: { readonly relative: number; readonly absolute: number },
): Promise<readonly string[]> {
  const ways: string[] = [];
  const choose = (tactics: readonly Tactic[]) => {
    const found = tactics.filter(({ kernel }) => kernels.test(kernel.id));
    // In the order of the list, not of their costs.
    found.sort((a, b) => JSON.stringify(a.params).localeCompare(JSON.stringify(b.params)));
    const tactic = found[number % Math.max(found.length, 1)];
    if (tactic) ways.push(tacticLabel(tactic));
    return tactic ?? tactics[0];
  };
  const compiled = compile(graphOf(one), { target, choose, kernels: preferring(kernels) });
  const feeds = feedsOf(one);
  expectSame(
    await runCompiled(device, compiled, feeds),
    await expectedOf(graphOf(one), feeds),
    ways.join(', '),
    tolerance,
  );
  return ways;
}
