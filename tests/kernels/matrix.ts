// Contractions on subgroup matrices, which no software adapter has: cases in float16, compiled as for a GPU that has them.

import {
  type Compiled,
  compile,
  type Kernel,
  PORTABLE,
  ROW_MAJOR_ONLY,
  standardKernels,
  type Tactic,
  type Target,
  tacticLabel,
} from '@trtx/codegen';
import type { Plan } from '@trtx/engine';
import { type Case, expectedOf, expectSame, feedsOf, graphOf, inType, runCompiled } from './support.ts';

const shape = { m: 16, k: 16, operand: 'f16', result: 'f32' } as const;

/** A GPU with subgroup matrices of every shape that kernels use. */
export const MATRIX_TARGET: Target = {
  ...PORTABLE,
  features: new Set(['shader-f16', 'subgroups', 'chromium-experimental-subgroup-matrix']),
  limits: { ...PORTABLE.limits, maxComputeInvocationsPerWorkgroup: 1024, maxComputeWorkgroupStorageSize: 49152 },
  subgroups: { min: 32, max: 32 },
  matrices: [16, 8].map((n) => ({ ...shape, n })),
};

/** Names of the kernels that need subgroup matrices. */
export const MATRIX_KERNELS = standardKernels.flatMap(({ id }) => (id.endsWith('.matrix') ? [id] : [])).sort();

/** The case in float16, if it has a contraction or an attention. */
export function halfCase(one: Case): Case | undefined {
  return /^(MatMul|Gemm|Conv|Attention):/.test(one.name) ? inType(one, 'float16') : undefined;
}

/** What a tactic is called, whatever formats it is for. */
export function matrixLabel(tactic: Tactic): string {
  return tacticLabel({ ...tactic, formats: ROW_MAJOR_ONLY[0]! });
}

/**
 * Compiles a case with the matrix tactic of such a number wherever there are some, of which it gives the labels, without
 * formats, as of all that were offered.
 */
export function compileMatrix(
  one: Case,
  number: number,
  target = MATRIX_TARGET,
  kernels: readonly Kernel[] = standardKernels,
  isWanted = (_: Tactic): boolean => true,
): { readonly compiled: Compiled; readonly tiles: readonly string[]; readonly offered: readonly string[] } {
  const tiles: string[] = [];
  const offered: string[] = [];
  const choose = (tactics: readonly Tactic[]) => {
    const found = tactics.filter((tactic) => tactic.kernel.id.endsWith('.matrix') && isWanted(tactic));
    // In the order of the list of tiles, not of their costs.
    found.sort((a, b) => JSON.stringify(a.params).localeCompare(JSON.stringify(b.params)));
    const tactic = found[number % Math.max(found.length, 1)];
    offered.push(...found.map(matrixLabel));
    if (tactic) tiles.push(matrixLabel(tactic));
    return tactic ?? tactics[0];
  };
  return { compiled: compile(graphOf(one), { target, choose, kernels }), tiles, offered };
}

/** Expects of a case what the reference gives, in float16's precision. Returns the tiles, none where no matrix tactic applies. */
export async function expectMatrix(
  device: GPUDevice,
  one: Case,
  number: number,
  target = MATRIX_TARGET,
  { adapt = (plan: Plan) => plan, isWanted = (_: Tactic): boolean => true } = {},
): Promise<readonly string[]> {
  const { compiled, tiles } = compileMatrix(one, number, target, standardKernels, isWanted);
  if (tiles.length === 0) return tiles;
  const feeds = feedsOf(one);
  const expected = await expectedOf(graphOf(one), feeds);
  const { blobs, plan } = compiled;
  expectSame(await runCompiled(device, { blobs, plan: adapt(plan) }, feeds), expected, tiles.join(', '), {
    relative: 2e-3,
    absolute: 2e-3,
  });
  return tiles;
}
