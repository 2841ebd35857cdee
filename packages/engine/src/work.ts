// What a plan tells of its dispatches for reports, profilers and comparisons alone: arithmetic, bytes, where results lie and
// what arenas hold. The runtime reads none of it.
import type { ExprNode, PlanRange, Size, SourceType, StorageType } from './terms.ts';

/** What a dispatch computes and moves at the least: sizes refer to `PlanWork.exprs`. What is absent is not known. */
export interface DispatchWork {
  /** Arithmetic operations: a multiplication and an addition are two. */
  readonly flops?: Size;
  /** Bytes of what it reads and of what it writes, each once. */
  readonly reads?: Size;
  readonly writes?: Size;
  /** What it writes, as far as its sizes are known when a run begins. */
  readonly results?: readonly WrittenTensor[];
  /** Names of what it reads but constants: inputs, what the host gives, and results of dispatches. */
  readonly operands?: readonly string[];
  /**
   * Some of the tactics that would have done as well, the best first: labels, and what each was to cost by what the one taken
   * was to; where the one taken was timed, what each took by what that took.
   */
  readonly alternatives?: readonly (readonly [label: string, cost: number])[];
  /** Where tactics were taken by measured times. */
  readonly timing?: DispatchTiming;
  /**
   * How far its accesses are in bounds whatever the inputs: `clamped` where indices had to be brought there, `open` where they
   * may be out of bounds on a device that does not check; absent where all are proved to be in bounds.
   */
  readonly bounds?: 'clamped' | 'open';
}

/** How a dispatch's tactic was taken by measured times. */
export interface DispatchTiming {
  /** The key of what the dispatch computes, by which a timing cache has all times. */
  readonly problem: string;
  /** Tactics that there were, and how many of them had been timed. */
  readonly tactics: number;
  readonly timed: number;
  /** Median of the one taken, in microseconds; absent where it was not timed, and the cost model decided. */
  readonly us?: number;
}

/** A tensor, or a part of one, where a dispatch writes it. Sizes refer to `PlanWork.exprs`. */
export interface WrittenTensor {
  /** In the graph that codegen was given: that of the source model's value where the passes have left it. */
  readonly name: string;
  readonly dtype: SourceType;
  readonly shape: readonly Size[];
  readonly storage: StorageType;
  /** Where its memory begins. */
  readonly at: PlanRange;
  /** Elements from there to its first; absent for 0. */
  readonly offset?: Size;
  /** Elements from one to the next along each axis; absent where they lie in row-major order. */
  readonly strides?: readonly Size[];
}

/** A range of an arena while it holds a tensor. */
export interface HeldMemory {
  readonly name: string;
  readonly at: PlanRange;
  /** At the profile's maximum. */
  readonly bytes: number;
  /** Numbers, in the order of `PlanWork.dispatches`, of the first dispatch during which it is held and of the last. */
  readonly first: number;
  readonly last: number;
}

export interface PlanWork {
  /** As `Plan.exprs`, over the same symbols. */
  readonly exprs: readonly ExprNode[];
  /** In the order of `walkSteps`. */
  readonly dispatches: readonly DispatchWork[];
  /** What arenas hold when. */
  readonly memory?: readonly HeldMemory[];
}
