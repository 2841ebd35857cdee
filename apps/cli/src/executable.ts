// What can be run: an engine file as it is, or a model, whose engine is built in memory.

import { type BuildOptions, build, bytesOf, type Float16Build, requireInBounds, targetOf } from '@trtx/builder';
import { type Plan, profilesOf, readPlan, walkSteps } from '@trtx/engine';
import { TrtxError } from '@trtx/errors';
import { standardOps } from '@trtx/ir';
import { importOptions } from '@trtx/plugin';
import { hostOps } from '@trtx/reference';
import type { HostOps, LoadSource } from '@trtx/runtime';
import { fileSource, type NodeDevice } from '@trtx/runtime/node';
import { kernelsFor } from './host-kernels.ts';
import { isEngineFile, loadModel } from './model.ts';
import type { Session } from './session.ts';
import { type TuningOptions, timingsFor } from './tuning.ts';
import type { ValueOptions } from './values.ts';

export interface Executable {
  readonly source: LoadSource;
  readonly plan: Plan;
  /** Functions for what the host computes. */
  readonly hostOps: HostOps;
  /** Of the build; absent for an engine file. */
  readonly buildMs?: number;
  /** What `fp16` did, where it was asked for. */
  readonly float16?: Float16Build;
  close(): Promise<void>;
}

export type ModelOptions = Pick<BuildOptions, 'profile' | 'level' | 'plugins' | 'tactics' | 'fp16'> & {
  readonly tuning?: TuningOptions;
  readonly values?: ValueOptions;
};

/**
 * Opens an engine file, or builds a model for the device with `options`.
 * @throws TrtxError FILE_READ, PACKAGE_MISSING, USAGE for `fp16` of an engine, OUT_OF_BOUNDS where the device does not check the
 *   accesses of what may be out of bounds, and as the importer and `build`
 */
export async function openExecutable(
  file: string,
  gpu: NodeDevice,
  { tuning = {}, values = {}, ...options }: ModelOptions,
  session: Session,
): Promise<Executable> {
  if (await isEngineFile(file)) {
    const { constant, valueRanges } = values;
    if (options.fp16 || constant || valueRanges)
      throw new TrtxError(
        'USAGE',
        `an engine has the ${options.fp16 ? 'types' : 'constants and ranges'} that it was built with`,
        {
          file,
          hint: 'Name the ONNX model: its engine is built first.',
        },
      );
    const source = await fileSource(file);
    try {
      const plan = await readPlan(source);
      return { source, plan, hostOps: await hostOpsOf(plan), close: () => source.close() };
    } catch (error) {
      await source.close();
      throw error;
    }
  }
  const start = performance.now();
  session.progress.show('read', 0, 1, file);
  const { graph, nodes } = await loadModel(
    file,
    session.log,
    { profile: options.profile, ...importOptions(options.plugins ?? []) },
    values,
  );
  let float16: Float16Build | undefined;
  const target = targetOf(gpu.device, gpu.isFallback, gpu.isUnchecked);
  const { timings, errorOnCacheMiss } = await timingsFor(graph, options, { gpu, target }, tuning, session);
  const { plan, file: built } = build(graph, {
    ...options,
    target,
    timings,
    errorOnCacheMiss,
    sourceNodes: nodes,
    logger: session.log,
    onFloat16: (report) => {
      float16 = report;
    },
    onProgress: ({ stage, done, total, label }) => session.progress.show(stage, done, total, label),
  });
  if (gpu.isUnchecked) requireInBounds(plan);
  const source = bytesOf(built);
  const buildMs = performance.now() - start;
  return { source, plan, hostOps: await hostOpsOf(plan), buildMs, float16, close: async () => {} };
}

/** Functions for what the host computes. @throws TrtxError PACKAGE_MISSING */
export async function hostOpsOf(plan: Plan): Promise<HostOps> {
  const steps = profilesOf(plan).flatMap((one) => [...walkSteps(one.steps)]);
  const kernels = await kernelsFor(steps.flatMap((step) => (step.kind === 'host' ? [step.op] : [])));
  return hostOps(standardOps, kernels);
}
