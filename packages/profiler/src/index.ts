// @trtx/profiler: what engines cost.
export { type BenchOptions, bench } from './bench.ts';
export type { ProfilerErrorCode } from './codes.ts';
export { loadTimed } from './load.ts';
export { type Measurement, medianOf, PERCENTILES, type Statistics, statisticsOf } from './measurement.ts';
export type { BenchReport, LoadTimes, Note, RunTimes } from './report.ts';
