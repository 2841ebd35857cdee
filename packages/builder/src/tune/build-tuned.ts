// Tuning and building in one call.

import type { Graph } from '@trtx/ir';
import { type BuildOptions, type BuiltEngine, build } from '../build.ts';
import { targetOf } from '../target.ts';
import { type TuneOptions, type TuningReport, tune } from './tune.ts';

export interface BuildTunedOptions
  extends TuneOptions,
    Omit<BuildOptions, keyof TuneOptions | 'timings' | 'errorOnCacheMiss'> {}

export interface TunedEngine extends BuiltEngine {
  readonly tuning: TuningReport;
}

/**
 * Times the tactics of a graph on a device and builds its engine with the fastest. The graph is changed as by `build`.
 * @throws TrtxError as `build`
 */
export async function buildTuned(graph: Graph, options: BuildTunedOptions): Promise<TunedEngine> {
  const target = options.target ?? targetOf(options.device, options.software ?? false);
  const tuning = await tune(graph, { ...options, target });
  return { ...build(graph, { ...options, target, timings: tuning.timings }), tuning };
}
