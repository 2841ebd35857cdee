// The autotuner: times the tactics of a graph's problems on a device, and keeps all results in a timing cache.

import { type CompileOptions, type ProblemOptions, problemsOf, type TuningProblem } from '@trtx/codegen';
import { cloneGraph, type Graph } from '@trtx/ir';
import { type BuildOptions, codegenOptions, optimizeFor, specializeFor } from '../build.ts';
import { targetOf } from '../target.ts';
import { type DeviceTimings, TimingCache, tacticName } from './cache.ts';
import { deviceKey } from './device-key.ts';
import { DeviceTimer } from './device-timer.ts';
import type { TacticTimer } from './timer.ts';
import { Tuner, type TunerOptions, type TuningCounts } from './tuner.ts';

export interface TuneOptions
  extends TunerOptions,
    Pick<
      BuildOptions,
      'profile' | 'profiles' | 'level' | 'target' | 'kernels' | 'plugins' | 'noHost' | 'int64' | 'fp16' | 'passes'
    > {
  readonly device: GPUDevice;
  /** What implements WebGPU, with its version: part of what times are kept by. */
  readonly implementation?: string;
  /** What is known, and is added to. */
  readonly cache?: TimingCache;
  /** What measures; by default the device. */
  readonly timer?: TacticTimer;
  /** Milliseconds since some time. */
  readonly now?: () => number;
}

export interface TuningReport extends TuningCounts {
  readonly cache: TimingCache;
  /** What the cache has of this device: `timings` of `build`. */
  readonly timings: DeviceTimings;
  readonly seconds: number;
}

/** How often formats are chosen anew by what was measured. What that brings up is few, and soon known. */
const MOST_TURNS = 5;

/**
 * Times tactics for a build with the same options. The graph stays as it is.
 * @throws TrtxError as `build`
 */
export async function tune(graph: Graph, options: TuneOptions): Promise<TuningReport> {
  const {
    device,
    software = false,
    implementation,
    cache = new TimingCache(),
    now = () => performance.now(),
  } = options;
  const target = options.target ?? targetOf(device, software);
  const start = now();
  const timings = cache.device(deviceKey(device, target, implementation));
  const timer = options.timer ?? new DeviceTimer(device, !options.software);
  const tuner = new Tuner(timer, timings, options, { now, start });
  try {
    const optimized = optimizedFor(graph, { ...options, target, timings });
    let isDone = false;
    // Formats follow the times, and groups whose neighbours chose other formats than they did are problems of their own.
    for (let turn = 0; turn < MOST_TURNS && !isDone; turn++)
      isDone = await tuner.run(problemsFor(optimized, (key, tactics) => tuner.missing(key, tactics)));
    return { cache, timings, ...tuner.report(), seconds: (now() - start) / 1000 };
  } finally {
    timer.dispose();
  }
}

type Select = NonNullable<ProblemOptions['select']>;

/** What kernels are made of, for a profile. */
interface Optimized {
  readonly graph: Graph;
  readonly options: CompileOptions;
}

function optimizedFor(graph: Graph, options: BuildOptions): Optimized[] {
  const { profiles, profile } = options;
  const shapes = profiles ? profiles.map((each) => each.shapes) : [profile];
  return shapes.map((one) => {
    const clone = cloneGraph(graph);
    const own = { ...options, profile: one, profiles: undefined };
    specializeFor(clone, own);
    optimizeFor(clone, own);
    return { graph: clone, options: codegenOptions(own) };
  });
}

/** The problems of all profiles, each once, that have something to choose. */
function problemsFor(optimized: readonly Optimized[], select: Select): TuningProblem[] {
  const all = optimized.flatMap(({ graph, options }) =>
    problemsOf(cloneGraph(graph), { ...options, variants: true, select }),
  );
  const distinct = new Map<string, TuningProblem>();
  for (const problem of all) {
    const name = [problem.key, ...problem.tactics.map(tacticName)].join('\n');
    const known = distinct.get(name);
    distinct.set(name, known ? { ...known, count: known.count + problem.count } : problem);
  }
  return [...distinct.values()].filter(({ isOpen }) => isOpen);
}
