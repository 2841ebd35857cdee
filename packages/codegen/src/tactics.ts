// Choosing a kernel and its parameters for each group: those that apply, the cheapest by the cost model first.

import { type OpDef, opName } from '@trtx/ir';
import { type FormatUse, ROW_MAJOR_ONLY } from './format/format.ts';
import { decodedInputs } from './group/codes.ts';
import type { Kernel, Problem } from './kernel.ts';

export interface Tactic {
  readonly kernel: Kernel;
  readonly params: unknown;
  readonly formats: FormatUse;
  readonly cost: number;
  /** Microseconds that it took on the device, where it was timed. */
  readonly us?: number;
}

/** Every kernel and parameter choice for a problem, cheapest first; equal costs stay in the kernels' order. */
export function tacticsFor(kernels: readonly Kernel[], problem: Problem): Tactic[] {
  const { anchor } = problem.group;
  const isChecked = anchor !== null && problem.grouping.ranges?.isChecked(anchor) === true;
  const decoded = decodedInputs(problem.group);
  const found: Tactic[] = [];
  for (const kernel of kernels) {
    if (!isFor(kernel, anchor?.op) || (isChecked && !kernel.checks)) continue;
    if (!decoded.every((input) => kernel.decodes?.includes(input)) || !kernel.applies(problem)) continue;
    for (const formats of kernel.formats?.(problem) ?? ROW_MAJOR_ONLY) {
      const formatted = { ...problem, formats };
      for (const params of kernel.params(formatted))
        found.push({ kernel, params, formats, cost: kernel.cost(formatted, params) });
    }
  }
  return found.sort((a, b) => a.cost - b.cost);
}

/** Whether a kernel can anchor groups with this op; without an op, groups that have no anchor. */
export function isFor({ ops }: Kernel, op: OpDef | undefined): boolean {
  if (typeof ops === 'function') return op !== undefined && ops(op);
  return op ? ops.includes(opName(op)) : ops.length === 0;
}

/** Name of a tactic in reports: `conv.direct rows=4 vectors=2 lanes=16`, with the format that it writes if not row-major. */
export function tacticLabel({ kernel, params, formats: { writes } }: Tactic): string {
  const pairs = Object.entries((params ?? {}) as Record<string, unknown>).map(([key, value]) => `${key}=${value}`);
  return [kernel.id, ...pairs, ...(writes === 'row-major' ? [] : [writes])].join(' ');
}
