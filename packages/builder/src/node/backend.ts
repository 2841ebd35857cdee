// What a model runs on: a real adapter when there is one, else a software adapter when one is installed, else the
// reference.

import { isTrtxError, TrtxError } from '@trtx/errors';
import { type Graph, type Runner, specialize, standardOps } from '@trtx/ir';
import { optimize } from '@trtx/passes';
import { extensionsOf } from '@trtx/plugin';
import { hostOps, type ReferenceKernels, ReferenceRunner, standardKernels } from '@trtx/reference';
import { type NodeDevice, type NodeDeviceOptions, requestNodeDevice } from '@trtx/runtime/node';
import { requireFloat32, workInFloat16 } from '../float16.ts';
import { optimizeOptions, referenceFor } from '../plugins.ts';
import { EngineRunner, type RunnerOptions } from '../runner.ts';

export type BackendKind = 'webgpu' | 'reference';

export interface BackendRunnerOptions extends Omit<RunnerOptions, 'device' | 'software' | 'hostOps'> {
  /** What computes on the CPU: all nodes, or those that an engine has for the host. `standardKernels` by default. */
  readonly hostKernels?: ReferenceKernels;
}

export interface Backend {
  readonly kind: BackendKind;
  /** The adapter in words, or that it is the reference. To be printed. */
  readonly description: string;
  /** Absent for the reference. */
  readonly gpu?: NodeDevice;
  /** Makes a graph ready to run. The graph is changed in place. */
  prepare(graph: Graph, options?: BackendRunnerOptions): Promise<Runner>;
  release(): void;
}

/** What to ask of an adapter and its device. */
export type BackendDevice = Pick<NodeDeviceOptions, 'offer' | 'features' | 'unchecked' | 'flags' | 'logger'>;

/**
 * Opens a backend; without `kind`, the best there is.
 * @throws TrtxError NO_ADAPTER or WEBGPU_MISSING where WebGPU is asked for and there is none; DEVICE_UNSUITABLE where the
 *   adapter lacks features that are asked for by name
 */
export async function openBackend(kind?: BackendKind, device: BackendDevice = {}): Promise<Backend> {
  const gpu = kind === 'reference' ? null : await findDevice(kind === 'webgpu', device);
  if (gpu) return webgpuBackend(gpu);
  if (kind === 'webgpu')
    throw new TrtxError('NO_ADAPTER', 'this machine has no WebGPU adapter', {
      hint: 'Install a GPU driver, or use --backend reference.',
    });
  return referenceBackend();
}

/** Where the package `webgpu` cannot be loaded there is no adapter, which is an error only if one is needed. */
async function findDevice(needed: boolean, device: BackendDevice): Promise<NodeDevice | null> {
  try {
    return await requestNodeDevice(device);
  } catch (error) {
    if (!needed && isTrtxError(error) && error.code === 'WEBGPU_MISSING') return null;
    throw error;
  }
}

function webgpuBackend(gpu: NodeDevice): Backend {
  return {
    kind: 'webgpu',
    description: `${gpu.description}${gpu.isFallback ? ' (software)' : ''}`,
    gpu,
    prepare: (graph, { hostKernels = standardKernels, ...options } = {}) =>
      EngineRunner.create(graph, {
        ...options,
        hostOps: hostOps(standardOps, hostKernels),
        device: gpu.device,
        software: gpu.isFallback,
        unchecked: gpu.isUnchecked,
      }),
    release: () => gpu.release(),
  };
}

function referenceBackend(): Backend {
  return {
    kind: 'reference',
    description: 'reference (CPU, float64 accumulation)',
    async prepare(graph, options: BackendRunnerOptions = {}) {
      const extensions = extensionsOf(options.plugins);
      if (options.profile) specialize(graph, options.profile);
      if (options.fp16) requireFloat32(graph);
      optimize(graph, { ...optimizeOptions(options, extensions), logger: options.logger });
      if (options.fp16) options.onFloat16?.(workInFloat16(graph, options.fp16));
      return new ReferenceRunner(graph, { kernels: referenceFor(options, extensions) });
    },
    release() {},
  };
}
