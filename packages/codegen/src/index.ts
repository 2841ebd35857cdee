export { type Compiled, type CompileOptions, compile } from './compile.ts';
export { Emitter } from './emitter.ts';
export { anyResult, type Format, type FormatUse, ROW_MAJOR_ONLY, sameFormat } from './format/format.ts';
export { formGroups } from './group/form.ts';
export type { Group, Grouping } from './group/group.ts';
export { hostOnly } from './host/placement.ts';
export {
  defineKernel,
  type FormattedProblem,
  KERNEL_API,
  type Kernel,
  type Launch,
  type Problem,
  type Stage,
} from './kernel.ts';
export { emitElements, emitResult } from './kernels/elements.ts';
export { standardKernels } from './kernels/index.ts';
export { emitRows, ROW_PARAMS, type Row, type RowParams, type Rows, rowCost, rowsOf } from './kernels/reduction.ts';
export { isWrittenOut } from './legalize/index.ts';
export { type ArenaPlan, type Lifetime, planArena } from './memory/arena.ts';
export { rangesOf } from './place.ts';
export type { Candidate, CandidateBinding, CandidateStage } from './problem/candidate.ts';
export { type ProblemMemory, problemKey } from './problem/key.ts';
export { type ProblemOptions, problemsOf, type TuningProblem } from './problem/problems.ts';
export { beats, byTime, HOPELESS, MARGIN, type Timing, type Timings } from './problem/timings.ts';
export type { Int64, Ranges } from './range/ranges.ts';
export type { Packed, Slot } from './slot.ts';
export { isFor, type Tactic, tacticLabel, tacticsFor } from './tactics.ts';
export {
  DEFAULT_LIMITS,
  type MatrixElement,
  PORTABLE,
  type SubgroupMatrix,
  type SubgroupSizes,
  type Target,
  type TargetLimits,
} from './target.ts';
export * as ix from './wgsl/ix.ts';
export { Position } from './wgsl/position.ts';
