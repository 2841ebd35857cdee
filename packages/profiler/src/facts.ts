// What the plan tells of each dispatch, for the shapes of a run.
import { type Dispatch, evaluate, kernelId, type Plan, type Size, walkSteps } from '@trtx/engine';

export interface DispatchFacts {
  /** Among all dispatches and copies of the plan. */
  readonly op: number;
  readonly kernel: string;
  /** The kernel with its parameters. */
  readonly tactic: string;
  /** Nodes of the source model. */
  readonly nodes: readonly string[];
  /** Index into `plan.modules`. */
  readonly module: number;
  readonly workgroupSize: readonly number[];
  /** Arithmetic operations of one call; absent where not known, as are bytes. */
  readonly flops?: number;
  readonly bytesRead?: number;
  readonly bytesWritten?: number;
}

/** Facts of all dispatches, in the plan's order. @param dims of the inputs */
export function factsOf(plan: Plan, dims: readonly (readonly number[])[]): DispatchFacts[] {
  const known = sizesOf(plan, dims);
  return numberedDispatches(plan).map(({ op, pipeline, label, nodes }, i) => {
    const { module, entryPoint } = plan.pipelines[pipeline]!;
    const { flops, reads, writes } = plan.work?.dispatches[i] ?? {};
    const told = Object.entries({ flops: known(flops), bytesRead: known(reads), bytesWritten: known(writes) });
    return {
      op,
      kernel: kernelId(label),
      tactic: label,
      nodes,
      module,
      workgroupSize: workgroupSizeOf(plan.modules[module]!, entryPoint),
      ...Object.fromEntries(told.filter(([, value]) => value !== undefined)),
    };
  });
}

/** All dispatches, each with its number among dispatches and copies. */
export function numberedDispatches({ steps }: Plan): (Dispatch & { readonly op: number })[] {
  let op = 0;
  return [...walkSteps(steps)].flatMap((step) => {
    if (step.kind === 'copy') op++;
    return step.kind === 'dispatches' ? step.dispatches.map((dispatch) => ({ ...dispatch, op: op++ })) : [];
  });
}

export type Sizes = (size: Size | undefined) => number | undefined;

/** What sizes of `plan.work` are for these shapes; undefined for those that only a run tells. @param dims of the inputs */
export function sizesOf(plan: Plan, dims: readonly (readonly number[])[]): Sizes {
  const values = plan.work ? evaluate(plan.work.exprs, symbolsOf(plan, dims)) : [];
  return (size) => {
    const value = typeof size === 'object' ? values[size.expr]! : size;
    return value !== undefined && Number.isFinite(value) ? value : undefined;
  };
}

/** Dimensions in units of their `multipleOf`; NaN for those that only a run tells. */
function symbolsOf({ symbols }: Plan, dims: readonly (readonly number[])[]): number[] {
  return symbols.map((symbol) => {
    return 'value' in symbol ? Number.NaN : dims[symbol.input]![symbol.axis]! / symbol.multipleOf;
  });
}

/** As numbers stand in the WGSL; those that are not numbers are left out. */
function workgroupSizeOf(wgsl: string, entryPoint: string): number[] {
  const [, size = ''] = new RegExp(`@workgroup_size\\(([^)]*)\\)\\s*fn\\s+${entryPoint}\\b`).exec(wgsl) ?? [];
  return size
    .split(',')
    .map((part) => Number.parseInt(part, 10))
    .filter(Number.isFinite);
}
