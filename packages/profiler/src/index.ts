// @trtx/profiler: what engines cost.
export { type BenchOptions, bench } from './bench.ts';
export type { ProfilerErrorCode } from './codes.ts';
export { diffEngines, type EngineDiff, type LayerDiff, type LayerSide, type Sides, type SizeName } from './diff.ts';
export { INSIDE_FEATURE, type PassMode } from './dispatch-timer.ts';
export type { DispatchFacts } from './facts.ts';
export { type ArenaRange, type Layer, type LayerEnd, type LayerTensor, layersOf, type PlanLayers } from './layers.ts';
export { loadTimed } from './load.ts';
export { type Measurement, medianOf, PERCENTILES, type Statistics, statisticsOf } from './measurement.ts';
export { type Observed, observeDevice } from './observe.ts';
export { type PairOptions, type Pairs, timePairs } from './pairs.ts';
export { type DevicePeak, devicePeak, type PeakStore, type Roof, roofOf } from './peak.ts';
export { type DispatchProfile, type ProfileOptions, type ProfileReport, profile } from './profile.ts';
export { type DispatchSummary, type ProfileSummary, summarizeProfile, type TimeSummary } from './profile-summary.ts';
export type { BenchReport, LoadTimes, Note, RunTimes } from './report.ts';
export { type TapOptions, type TappedTensor, tapTensors } from './tap.ts';
export { type Span, Timeline } from './timeline.ts';
export { type Trace, type TraceEvent, traceOf } from './trace.ts';
