// Which nodes need float32: the graph in float16 on the reference, beside float32. Nodes are kept in float32, those where
// numbers leave float16's range first, until the outputs are good enough; then as many as may are given back to float16.

import { type Graph, isFloat, type Node, type Tensor, type Tensors, type Value } from '@trtx/ir';
import type { Float16Options } from '@trtx/passes';
import { type ReferenceKernels, tensorOf, toFloat64 } from '@trtx/reference';
import { compareTensors, type Tolerance } from '../compare-tensors.ts';
import { minimize } from '../search/minimize.ts';
import { exactTensors, type HalfRun, halfRun, type NodeLoss } from './half-run.ts';

export type PrecisionFault = 'overflow' | 'nan' | 'loss';

/** A tensor that is wrong in float16 though nothing that it was computed of is. */
export interface PrecisionFinding {
  readonly kind: PrecisionFault;
  readonly tensor: string;
  readonly node: string;
  readonly op: string;
  /** Names of the nodes of the source model. */
  readonly origins: readonly string[];
  /** Elements that are infinite or no number; 0 where digits were lost alone. */
  readonly notFinite: number;
  /** ‖float16 − float32‖ / ‖float32‖ of the others. */
  readonly error: number;
  /** The largest magnitude in float32. */
  readonly largest: number;
}

/** One run in float16. */
export interface PrecisionStep {
  /** 1 for the first run. */
  readonly run: number;
  /** Nodes that were kept in float32. */
  readonly keep: number;
  readonly ok: boolean;
}

export interface PrecisionOptions extends Omit<Float16Options, 'borders'> {
  /** Of the outputs; 0.01 each by default. */
  readonly tolerance?: Tolerance;
  /** The relative error from which a tensor counts as `loss`; 0.01 by default. */
  readonly loss?: number;
  /** Runs in float16 that the search may take; 32 by default. */
  readonly maxRuns?: number;
  readonly kernels?: ReferenceKernels;
  readonly onStep?: (step: PrecisionStep) => void;
}

export interface Precision {
  /** Whether the outputs are within the tolerance with `keep`. */
  readonly ok: boolean;
  /** Names of nodes to keep in float32, for `toFloat16` and `trtx optimize --fp16 --keep`; those of the options included. */
  readonly keep: readonly string[];
  /** Of the graph with nothing kept but what the options say, in the order of computation. */
  readonly findings: readonly PrecisionFinding[];
  readonly runs: number;
  /** False where `maxRuns` ended the search: fewer nodes may do. */
  readonly complete: boolean;
}

/** The largest finite float16. */
const LARGEST = 65504;

/**
 * Finds the nodes that have to stay in float32. The graph stays as it is; all its tensors are held in memory once.
 * @param graph as `toFloat16` is to get it, after `optimize`
 * @throws TrtxError as `toFloat16` and the reference
 */
export async function precisionOf(graph: Graph, inputs: Tensors, options: PrecisionOptions = {}): Promise<Precision> {
  const exact = await exactTensors(graph, inputs, options.kernels);
  const search = new Search(graph, inputs, exact, options);
  const first = await search.run([]);
  const found = await search.grow(first);
  const keep = search.isWithin(found.run) ? await search.shrink(found.keep) : found.keep;
  return {
    ok: search.isWithin(found.run),
    keep: [...(options.keep ?? []), ...keep],
    findings: search.findings(first),
    runs: search.runs,
    complete: search.mayRun,
  };
}

class Search {
  runs = 0;
  readonly #ranges = new Map<string, number>();

  constructor(
    readonly graph: Graph,
    readonly inputs: Tensors,
    readonly exact: ReadonlyMap<string, Tensor>,
    readonly options: PrecisionOptions,
  ) {}

  get mayRun(): boolean {
    return this.runs < (this.options.maxRuns ?? 32);
  }

  async run(keep: readonly string[]): Promise<HalfRun> {
    const { kernels, extent, keep: always = [], onStep } = this.options;
    const run = await halfRun(this.graph, this.inputs, this.exact, { extent, keep: [...always, ...keep] }, kernels);
    this.runs++;
    onStep?.({ run: this.runs, keep: keep.length, ok: this.isWithin(run) });
    return run;
  }

  isWithin({ outputs }: HalfRun): boolean {
    const { tolerance = { rtol: 0.01, atol: 0.01 } } = this.options;
    return this.graph.outputs.every(({ name }) => {
      const { wrong, maxAbs, ok } = compareTensors(name, outputs.get(name)!, this.exact.get(name)!, tolerance);
      // The direction as a whole is held to float32's digits there.
      return ok || (wrong === 0 && maxAbs !== null);
    });
  }

  /** Keeps more and more nodes in float32 until the outputs are within the tolerance. */
  async grow(first: HalfRun): Promise<{ run: HalfRun; keep: readonly string[] }> {
    const keep = new Set<string>();
    let run = first;
    while (!this.isWithin(run) && this.mayRun) {
      const more = this.#suspects(run, Math.max(1, keep.size));
      if (more.length === 0) break;
      for (const { name } of more) keep.add(name);
      run = await this.run([...keep]);
    }
    const inOrder = this.graph.topological().flatMap(({ name }) => (keep.has(name) ? [name] : []));
    return { run, keep: inOrder };
  }

  async shrink(keep: readonly string[]): Promise<readonly string[]> {
    // From behind, so that of nodes that each would do those stay that are nearest to the origin.
    const left = await minimize(
      [...keep].reverse(),
      async (left) => this.isWithin(await this.run(left)),
      () => this.mayRun,
    );
    return [...left].reverse();
  }

  findings({ losses }: HalfRun): PrecisionFinding[] {
    const limit = this.options.loss ?? 0.01;
    return losses.flatMap((loss): PrecisionFinding[] => {
      const kind = kindOf(loss, limit);
      if (!kind) return [];
      const { tensor, node, infinite, nan, error } = loss;
      const largest = largestOf(this.exact.get(tensor)!);
      const place = { tensor, node: node.name, op: node.op.name, origins: node.origin };
      return [{ kind, ...place, notFinite: infinite + nan, error, largest }];
    });
  }

  /** What is to be tried in float32 next, of the nodes that worked in float16. */
  #suspects({ losses, converted }: HalfRun, atMost: number): Node[] {
    const worked = new Map(
      [...this.graph.nodes].filter(({ name }) => converted.has(name)).map((node) => [node.name, node]),
    );
    const beyond = [...worked.values()].filter(({ inputs, outputs }) =>
      [...inputs, ...outputs].some((value) => value && this.#largest(value) > LARGEST),
    );
    if (beyond.length > 0) return beyond;
    const broken = losses.find((loss) => isBroken(loss) && !isBroken(loss.before));
    const breaker = [...this.graph.nodes].find(({ name }) => name === broken?.node.name);
    // What it read may have lost all its digits before: 1/x of an x that became 0.
    const makers = breaker ? [breaker, ...breaker.inputs.flatMap((input) => input?.producer ?? [])] : [];
    const breakers = makers.filter(({ name }) => worked.has(name));
    if (breakers.length > 0) return breakers;
    return losses
      .flatMap(({ node, error, before }) => {
        const own = worked.get(node.name);
        return own && error > before.error ? [{ own, added: error - before.error }] : [];
      })
      .sort((a, b) => b.added - a.added)
      .slice(0, atMost)
      .map(({ own }) => own);
  }

  /** The largest finite magnitude of a value in float32; 0 for what is no float. */
  #largest(value: Value): number {
    let found = this.#ranges.get(value.name);
    if (found === undefined) {
      const tensor = value.constant ? tensorOf(value.constant) : this.exact.get(value.name);
      found = tensor && isFloat(tensor.dtype) ? largestOf(tensor) : 0;
      this.#ranges.set(value.name, found);
    }
    return found;
  }
}

function kindOf({ infinite, nan, error, before }: NodeLoss, limit: number): PrecisionFault | undefined {
  if (isBroken(before)) return undefined;
  if (infinite > 0) return 'overflow';
  if (nan > 0) return 'nan';
  return error > limit && before.error <= limit ? 'loss' : undefined;
}

function isBroken({ infinite, nan }: { readonly infinite: number; readonly nan: number }): boolean {
  return infinite + nan > 0;
}

/** The largest finite magnitude. */
function largestOf(tensor: Tensor): number {
  let most = 0;
  for (const value of toFloat64(tensor)) if (Number.isFinite(value)) most = Math.max(most, Math.abs(value));
  return most;
}
