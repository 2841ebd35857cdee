// The whole build: profile, passes, code generation, engine file. Of several profiles each is built by itself, and the plans
// are joined.

import { type Compiled, type CompileOptions, compile, PORTABLE, type Target } from '@trtx/codegen';
import { type EngineFile, joinProfiles, type Plan, type SourceNode, writeEngine } from '@trtx/engine';
import { isTrtxError, type Logger } from '@trtx/errors';
import { cloneGraph, type Graph, type Profile, specialize } from '@trtx/ir';
import { type Float16Options, type OptimizeOptions, type OptimizeReport, optimize } from '@trtx/passes';
import { extensionsOf, type Plugin } from '@trtx/plugin';
import { hostOps } from '@trtx/reference';
import { builtWith } from './built.ts';
import { type Float16Build, requireFloat32, workInFloat16 } from './float16.ts';
import { kernelsFor, optimizeOptions, refuseHosted } from './plugins.ts';
import { inProfile, type OptimizationProfile, requireBounded, requireProfiles } from './profile.ts';
import { tellFloat16, tellPlan, tellTarget } from './records.ts';
import { explained, sourceNodesOf } from './source-nodes.ts';
import { ForcedTactics, type TacticChoices } from './tactics.ts';
import { MissedTimings } from './tune/misses.ts';
import { BUILDER } from './version.ts';
import { requireWorkspace } from './workspace.ts';

export type BuildStage = 'optimize' | 'kernels' | 'write';

export interface BuildProgress {
  readonly stage: BuildStage;
  readonly done: number;
  readonly total: number;
  /** What was finished last. */
  readonly label: string;
}

export interface BuildOptions {
  /** Sizes or ranges of dynamic input dimensions. Every dynamic dimension needs one. */
  readonly profile?: Profile;
  /**
   * Instead of `profile`, several such: a run takes the first one that holds its shapes, or a context is made for one. Each
   * has kernels and memory of its own, and ranges do not have to be apart.
   */
  readonly profiles?: readonly OptimizationProfile[];
  /** Optimization level, 0 to 3; 2 by default. */
  readonly level?: OptimizeOptions['level'];
  /**
   * Works in float16 where that is good enough: `true` is what `toFloat16` of @trtx/passes does by default, inputs and outputs
   * of the model keep their types. Sums and statistics are float32.
   */
  readonly fp16?: boolean | Float16Options;
  /** What to build for: a device's `targetOf`, or by default what every WebGPU device has. */
  readonly target?: Target;
  /** The kernels that compete, instead of those of @trtx; those of plugins are added to them. */
  readonly kernels?: CompileOptions['kernels'];
  /** What they emit is in the engine, which runs without them. The importer takes `importOptions(plugins)`. */
  readonly plugins?: readonly Plugin[];
  /** Fails with a list of the nodes that the host would have to compute at run time. */
  readonly noHost?: boolean;
  /**
   * What becomes of 64-bit integers of which nothing proves that 32 bits hold them: `checked` on the GPU, where a run that
   * passes 32 bits fails with `INT64_OVERFLOW` (the default), or all that touches them left to the `host`.
   */
  readonly int64?: CompileOptions['int64'];
  /** Leaves the weights out of the file: it has to be given some by `refit` before it can be loaded. */
  readonly strip?: boolean;
  /** Bytes that intermediate tensors may take, in each profile, of each context's memory. */
  readonly workspace?: number;
  /** The nodes of the source model, for reports; by default those that the graph says that its nodes came from. */
  readonly sourceNodes?: readonly SourceNode[];
  /** Tactics to take, by node, where there are several. */
  readonly tactics?: TacticChoices;
  /** Chooses among the tactics of a group, cheapest first, where `tactics` names none: the first by default. */
  readonly choose?: CompileOptions['choose'];
  /** What was measured on the device that is built for: `TimingCache.device`, or of what `tune` reports. */
  readonly timings?: CompileOptions['timings'];
  /** Fails where there is a choice for which `timings` has no time, instead of leaving it to the cost model. */
  readonly errorOnCacheMiss?: boolean;
  /** Further options of the pass manager. */
  readonly passes?: Omit<OptimizeOptions, 'level'>;
  /** Called with what `fp16` did, for each profile. */
  readonly onFloat16?: (report: Float16Build) => void;
  readonly onProgress?: (progress: BuildProgress) => void;
  /** Takes records of what is chosen: target, passes, tactics, memory, nodes on the host. Without one nothing is told. */
  readonly logger?: Logger;
  /**
   * Called between passes and code generation, for each profile: with the graph as kernels will be made of it, which it may
   * look at.
   */
  readonly onOptimized?: (graph: Graph, report: OptimizeReport) => void;
}

export interface BuiltEngine {
  readonly plan: Plan;
  /** The engine file, as chunks. */
  readonly file: EngineFile;
}

/**
 * Builds an engine. The graph is changed in place: specialized, optimized and legalized; with `profiles` it stays as it is.
 * @throws TrtxError PROFILE_MISSING, PROFILE, UNSUPPORTED_NODES, SHAPE_UNBOUNDED, TENSOR_TOO_LARGE, FLOAT16_TYPED,
 *   FLOAT16_UNKNOWN, PLUGIN_ON_HOST, TACTIC_UNKNOWN, TIMING_CACHE_MISS, WORKSPACE, and as `extensionsOf` of @trtx/plugin
 */
export function build(graph: Graph, options: BuildOptions = {}): BuiltEngine {
  const { plan, blobs } = buildPlan(graph, options);
  const file = writeEngine({ plan, blobs: blobs.map((bytes) => bytes()), builder: BUILDER, stripped: options.strip });
  options.onProgress?.({ stage: 'write', done: 1, total: 1, label: `${file.size} bytes` });
  options.logger?.({ severity: 'info', message: `an engine file of ${file.size} bytes` });
  return { plan, file };
}

/**
 * Builds all but the file: what an engine would do. The graph is changed as by `build`.
 * @throws TrtxError as `build`
 */
export function buildPlan(graph: Graph, options: BuildOptions = {}): Compiled {
  const { plan, blobs } = buildProfiles(graph, options);
  return { plan: { ...plan, built: builtWith(options) }, blobs };
}

function buildProfiles(graph: Graph, options: BuildOptions): Compiled {
  const { profiles, profile, onProgress, logger, ...rest } = options;
  if (!profiles) return buildOne(graph, options);
  const names = requireProfiles(profiles, profile);
  const built = profiles.map(({ name, shapes }, i) => {
    const { plan, blobs } = inProfile(names[i]!, () =>
      buildOne(cloneGraph(graph), {
        ...rest,
        profile: shapes,
        onProgress: (progress) => onProgress?.({ ...progress, label: `${names[i]}: ${progress.label}` }),
        logger: logger && ((record) => logger({ ...record, message: `profile ${names[i]}: ${record.message}` })),
      }),
    );
    return { plan: name === undefined ? plan : { ...plan, profile: name }, blobs };
  });
  return joinProfiles(built as [Compiled, ...Compiled[]]);
}

function buildOne(graph: Graph, options: BuildOptions): Compiled {
  try {
    return buildSteps(graph, options);
  } catch (error) {
    if (!isTrtxError(error)) options.logger?.({ severity: 'internal-error', message: String(error) });
    throw error;
  }
}

function buildSteps(graph: Graph, options: BuildOptions): Compiled {
  const { level = 2, onProgress, logger = () => {} } = options;
  specializeFor(graph, options);
  tellTarget(logger, options.target ?? PORTABLE);
  const before = sourceNodesOf(graph);
  onProgress?.({ stage: 'optimize', done: 0, total: 1, label: `O${level}` });
  const { report, float16 } = optimizeFor(graph, options, logger);
  onProgress?.({ stage: 'optimize', done: 1, total: 1, label: `O${level}` });
  if (float16) {
    tellFloat16(logger, float16);
    options.onFloat16?.(float16);
  }
  options.onOptimized?.(graph, report);
  const missed = new MissedTimings(options.choose);
  const forced = new ForcedTactics(options.tactics, options.errorOnCacheMiss ? missed.choose : options.choose);
  const { plan, blobs } = compile(graph, {
    ...codegenOptions(options),
    choose: forced.choose,
    onProgress: (done, total, label) => onProgress?.({ stage: 'kernels', done, total, label }),
  });
  forced.requireMet();
  missed.requireNone();
  refuseHosted(plan, extensionsOf(options.plugins));
  tellPlan(logger, plan);
  requireWorkspace(plan, options.workspace ?? Number.POSITIVE_INFINITY);
  const imported = new Set(before.map(({ node }) => node));
  const sourceNodes = explained(options.sourceNodes ?? before, { plan, graph, trace: report.trace, imported });
  return { plan: { ...plan, sourceNodes }, blobs };
}

/** Puts a profile's shapes into a graph. @throws TrtxError PROFILE_MISSING, FLOAT16_TYPED, and as `specialize` */
export function specializeFor(graph: Graph, { profile, fp16 }: BuildOptions): void {
  if (profile) specialize(graph, profile);
  requireBounded(graph);
  if (fp16) requireFloat32(graph);
}

/** What was done to a graph before kernels are made of it. */
interface Optimized {
  readonly report: OptimizeReport;
  /** What `fp16` did. */
  readonly float16?: Float16Build;
}

/** Makes of a graph with its shapes what kernels are made of. @throws TrtxError as the passes */
export function optimizeFor(graph: Graph, options: BuildOptions, logger?: Logger): Optimized {
  const report = optimize(graph, { ...optimizeOptions(options, extensionsOf(options.plugins)), logger });
  return options.fp16 ? { report, float16: workInFloat16(graph, options.fp16) } : { report };
}

/** What kernels are made with. */
export function codegenOptions(options: BuildOptions): CompileOptions {
  const { target = PORTABLE, noHost, int64, timings } = options;
  const kernels = kernelsFor(options, extensionsOf(options.plugins));
  // Of plugins' ops there are no functions where engines run.
  return { target, kernels, noHost, int64, timings, onHost: new Set(hostOps().keys()) };
}

/** The engine file as one array. */
export function bytesOf(file: EngineFile): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(file.size);
  let at = 0;
  for (const chunk of file.chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
