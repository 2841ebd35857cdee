// @trtx/builder: from model to engine.
export {
  type BuildOptions,
  type BuildProgress,
  type BuildStage,
  type BuiltEngine,
  build,
  buildPlan,
  bytesOf,
} from './build.ts';
export { type KeptOptions, optionsOf } from './built.ts';
export { type Float16Build, float16Warnings } from './float16.ts';
export { requireInBounds } from './in-bounds.ts';
export { type OptimizationProfile, profileAround, profileOf, requireBounded } from './profile.ts';
export { type RefitOptions, refit } from './refit.ts';
export { EngineRunner, type RunnerOptions } from './runner.ts';
export {
  type OpSupport,
  type Support,
  type SupportKind,
  type SupportOptions,
  supportOf,
  supportOfOp,
} from './support.ts';
export type { TacticChoices } from './tactics.ts';
export { type DescribedDevice, targetOf } from './target.ts';
export { type BuildTunedOptions, buildTuned, type TunedEngine } from './tune/build-tuned.ts';
export { DeviceTimings, TimingCache, tacticName } from './tune/cache.ts';
export { type DeviceKey, deviceKey } from './tune/device-key.ts';
export { DeviceTimer } from './tune/device-timer.ts';
export type { DeviceRecords, ProblemRecords, TacticRecord } from './tune/records.ts';
export type { Lap, TacticTimer } from './tune/timer.ts';
export { type TuneOptions, type TuningReport, tune } from './tune/tune.ts';
export type { TunerOptions, TuningCounts, TuningProgress } from './tune/tuner.ts';
