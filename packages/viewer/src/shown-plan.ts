// A plan and its profile as pages show them: plain data, which knows of no engine. `PlanLayers` and `ProfileSummary` of
// @trtx/profiler are such data.

export interface ShownPlan {
  /** In the plan's order. */
  readonly layers: readonly ShownLayer[];
  /** All that dispatches read and write, but for weights. */
  readonly tensors: readonly ShownTensor[];
  readonly inputs: readonly ShownEnd[];
  readonly outputs: readonly ShownEnd[];
  /** Nodes that the host computes at each run. */
  readonly hostNodes: readonly string[];
  /** Bytes of each buffer for intermediates. */
  readonly arenas: readonly number[];
  readonly memory: readonly ShownRange[];
  /** WGSL. */
  readonly modules: readonly string[];
}

/** An input or output of the plan. */
export interface ShownEnd {
  readonly name: string;
  /** A place in `ShownPlan.tensors`. */
  readonly tensor: number;
}

/** A dispatch. */
export interface ShownLayer {
  readonly kernel: string;
  /** The kernel with its parameters. */
  readonly tactic: string;
  /** Nodes of the source model. */
  readonly nodes: readonly string[];
  /** A place in `ShownPlan.modules`. */
  readonly module: number;
  readonly workgroupSize: readonly number[];
  /** Of one call, as are bytes; absent where not known. */
  readonly flops?: number;
  readonly bytesRead?: number;
  readonly bytesWritten?: number;
  /** Places in `ShownPlan.tensors`. */
  readonly reads: readonly number[];
  readonly writes: readonly number[];
  /** Other tactics, with what each was to cost by what the one taken was to. */
  readonly alternatives?: readonly (readonly [tactic: string, cost: number])[];
  /** How many tactics were timed, and what this one took, in microseconds. */
  readonly timing?: { readonly timed: number; readonly us?: number };
}

export interface ShownTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** How its elements lie in memory: `row-major`, `channels-last`. */
  readonly format: string;
  readonly bytes: number;
}

/** Bytes of an arena that are in use from the dispatch `first` to the dispatch `last`, both inclusive. */
export interface ShownRange {
  readonly name: string;
  /** A place in `ShownPlan.arenas`. */
  readonly arena: number;
  readonly offset: number;
  readonly bytes: number;
  /** Places in `ShownPlan.layers`. */
  readonly first: number;
  readonly last: number;
}

export interface ShownProfile {
  readonly mode: 'inside' | 'apart';
  readonly runs: number;
  /** Milliseconds of a whole run: the median. */
  readonly whole: { readonly ms?: number };
  /** Time of all dispatches by that of a whole run. */
  readonly coverage: number;
  readonly peak?: ShownPeak;
  /** As `ShownPlan.layers`. */
  readonly dispatches: readonly ShownTimes[];
  readonly notes: readonly { readonly text: string }[];
}

/** What the device can do at best. */
export interface ShownPeak {
  readonly flopsPerSecond: number;
  readonly bytesPerSecond: number;
}

export interface ShownTimes {
  /** Milliseconds of a run, over all calls: the median. Absent where the dispatch did not run. */
  readonly ms?: number;
  readonly calls: number;
  /** Its part of the time of all dispatches, from 0 to 1. */
  readonly share: number;
  readonly workgroups?: readonly number[];
  readonly roof?: { readonly ms: number; readonly bound: 'compute' | 'memory' };
}
