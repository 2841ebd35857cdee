// @trtx/debug: what models compute, compared, and who is to blame where it is wrong.

export { type Check, type DifferenceOptions, differs, differsFrom, type Prepare, runOnce } from './check.ts';
export type { DebugErrorCode } from './codes.ts';
export type { Contents, Histograms } from './compare/contents.ts';
export { compareStages, departingIn, remembering, type StagesOptions, type StagesReport } from './compare/stages.ts';
export {
  type CompareOptions,
  compareValues,
  type Incomparable,
  type TensorComparison,
  type ValuesReport,
} from './compare/values.ts';
export {
  type Comparison,
  compareTensors,
  FLOAT16_TOLERANCE,
  MIN_COSINE,
  type Tolerance,
} from './compare-tensors.ts';
export { type BisectPassesOptions, bisectPasses, type PassFault, type PassStep } from './passes/bisect-passes.ts';
export {
  type Precision,
  type PrecisionFault,
  type PrecisionFinding,
  type PrecisionOptions,
  type PrecisionStep,
  precisionOf,
} from './precision/precision.ts';
export type { Part } from './reduce/part.ts';
export { type ReduceOptions, type Reduction, type ReductionStep, reduceGraph } from './reduce/reduce.ts';
export type { Maker, Subject } from './subject.ts';
export {
  type BuiltSubject,
  type BuiltSubjectOptions,
  builtSubject,
  type EngineSubjectOptions,
  engineSubject,
} from './subjects/engine.ts';
export { type ReferenceSubjectOptions, referenceSubject } from './subjects/reference.ts';
export { findWrongTactics, type TacticsOptions, type TacticsReport, type WrongGroup } from './tactics/find.ts';
export type { TacticVerdict } from './tactics/piece.ts';
