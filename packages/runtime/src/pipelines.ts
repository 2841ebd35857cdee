// Compiles all pipelines of an engine, in parallel: this is what takes the time when it is loaded.
import { dispatchesOf } from '@trtx/engine';
import { isTrtxError, quote, TrtxError } from '@trtx/errors';
import type { LoadProgress } from './progress.ts';
import type { Residency } from './residency.ts';
import { checked, scoped, settle } from './scope.ts';
import { STAGE_COMPUTE } from './usage.ts';

const BUFFER_TYPES = { uniform: 'uniform', read: 'read-only-storage', read_write: 'storage' } as const;

/** One layout for each different list of bindings: pipelines that share it can share bind groups. */
function makeLayouts({ device, programs }: Residency): GPUBindGroupLayout[] {
  return programs[0]!.layouts.map((kinds) =>
    device.createBindGroupLayout({
      entries: kinds.map((kind, binding) => ({
        binding,
        visibility: STAGE_COMPUTE,
        buffer: { type: BUFFER_TYPES[kind] },
      })),
    }),
  );
}

/**
 * The pipelines of the plan, in its order, and the layouts of their bindings. Waits for all of them even if one fails.
 * Throws `SHADER_INVALID`, `PIPELINE_FAILED`, `DEVICE_LOST` or `GPU_FAILED`.
 */
export async function compilePipelines(
  residency: Residency,
  onProgress: (progress: LoadProgress) => void,
): Promise<GPUComputePipeline[]> {
  const { device, programs } = residency;
  const { plan, layoutOf } = programs[0]!;
  const layouts = await checked(residency, 'making layouts', () => {
    residency.layouts = makeLayouts(residency);
    return residency.layouts.map((layout) => device.createPipelineLayout({ bindGroupLayouts: [layout] }));
  });
  const modules = plan.modules.map((code) => {
    // A fault in the WGSL shows when a pipeline is made of it; the scope keeps it from being reported as uncaught too.
    const { result, verdict } = scoped(residency, 'making a module', () => device.createShaderModule({ code }));
    verdict.catch(() => {});
    return result;
  });
  const labels = labelsOf(residency);
  let done = 0;
  return settle(
    plan.pipelines.map(async ({ module, entryPoint }, i) => {
      const label = labels[i]!;
      const start = performance.now();
      try {
        const pipeline = await residency.guard(
          device.createComputePipelineAsync({
            label,
            layout: layouts[layoutOf[i]!]!,
            compute: { module: modules[module]!, entryPoint },
          }),
          `compiling ${label}`,
        );
        residency.log({ severity: 'verbose', message: 'compiled', kernel: label, ms: performance.now() - start });
        onProgress({ stage: 'pipelines', done: ++done, total: plan.pipelines.length, label });
        return pipeline;
      } catch (error) {
        throw await explain(residency, modules[module]!, plan.modules[module]!, label, error);
      }
    }),
  );
}

/** A label for each pipeline, of a dispatch that uses it. */
function labelsOf({ programs }: Residency): string[] {
  const labels = programs[0]!.plan.pipelines.map(({ entryPoint }) => entryPoint);
  for (const { plan } of programs) {
    for (const { pipeline, label } of dispatchesOf(plan.steps)) labels[pipeline] = label;
  }
  return labels;
}

/** Says which line of WGSL is at fault, if that is what it was. */
async function explain(
  residency: Residency,
  module: GPUShaderModule,
  code: string,
  kernel: string,
  cause: unknown,
): Promise<unknown> {
  if (residency.error) return residency.error;
  if (!isTrtxError(cause) || cause.code !== 'GPU_FAILED') return cause;
  const info = await module.getCompilationInfo().catch(() => undefined);
  const errors = info?.messages.filter(({ type }) => type === 'error') ?? [];
  const first = errors[0];
  if (!first)
    return new TrtxError('PIPELINE_FAILED', String((cause.cause as Error)?.message).trim(), {
      kernel,
      cause,
      hint: 'build the engine for this device',
    });
  const line = code.split('\n')[first.lineNum - 1]?.trim() ?? '';
  return new TrtxError('SHADER_INVALID', `WGSL line ${first.lineNum}: ${first.message}: ${quote(line)}`, {
    kernel,
    cause,
    details: errors.slice(1).map(({ lineNum, message }) => `line ${lineNum}: ${message}`),
    hint: 'the kernel is wrong, or the device lacks a feature of WGSL',
  });
}
