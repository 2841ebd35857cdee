// Contractions through workgroup memory: no software adapter would take them, so that they are asked for.

import { type Compiled, compile, PORTABLE, type Tactic } from '@trtx/codegen';
import { preferring } from './chosen.ts';
import { type Case, expectedOf, expectSame, feedsOf, graphOf, runCompiled } from './support.ts';

/**
 * Compiles a case, as for a GPU with the limits of a device, with the staged tactic of such a number wherever there are some,
 * of which it gives the tiles.
 */
function compileStaged(
  one: Case,
  number: number,
  { limits }: Pick<GPUDevice, 'limits'>,
): { readonly compiled: Compiled; readonly tiles: readonly string[] } {
  const { maxComputeWorkgroupStorageSize } = limits;
  const target = { ...PORTABLE, limits: { ...PORTABLE.limits, maxComputeWorkgroupStorageSize } };
  const tiles: string[] = [];
  const choose = (tactics: readonly Tactic[]) => {
    const staged = tactics.filter(({ kernel }) => kernel.id.endsWith('.staged'));
    // In the order of the list of tiles, not of their costs.
    staged.sort((a, b) => JSON.stringify(a.params).localeCompare(JSON.stringify(b.params)));
    const found = staged[number % Math.max(staged.length, 1)];
    if (found) tiles.push(JSON.stringify(found.params));
    return found ?? tactics[0];
  };
  return { compiled: compile(graphOf(one), { target, choose, kernels: preferring(/\.staged$/) }), tiles };
}

/** Expects of a case what the reference gives, with such tactics. Returns the tiles, none where no staged tactic applies. */
export async function expectStaged(device: GPUDevice, one: Case, number: number): Promise<readonly string[]> {
  const { compiled, tiles } = compileStaged(one, number, device);
  if (tiles.length === 0) return tiles;
  const feeds = feedsOf(one);
  expectSame(await runCompiled(device, compiled, feeds), await expectedOf(graphOf(one), feeds), tiles.join(', '));
  return tiles;
}
