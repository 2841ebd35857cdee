// What a model runs on: a real adapter when there is one, else a software adapter when one is installed, else the
// reference.

import { isTrtxError, TrtxError } from '@trtx/errors';
import { type Graph, type Profile, type Runner, specialize } from '@trtx/ir';
import { optimize } from '@trtx/passes';
import { ReferenceRunner } from '@trtx/reference';
import { type DeviceOffer, type NodeDevice, requestNodeDevice } from '@trtx/runtime/node';
import type { BuildOptions } from '../build.ts';
import { EngineRunner, type RunnerOptions } from '../runner.ts';

export type BackendKind = 'webgpu' | 'reference';

export type BackendRunnerOptions = Omit<RunnerOptions, 'device' | 'software'>;

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

/**
 * Opens a backend; without `kind`, the best there is. `offer` tells what a device has: all of its adapter, or the minimum.
 * @throws TrtxError NO_ADAPTER or WEBGPU_MISSING where WebGPU is asked for and there is none
 */
export async function openBackend(kind?: BackendKind, offer?: DeviceOffer): Promise<Backend> {
  const gpu = kind === 'reference' ? null : await findDevice(kind === 'webgpu', offer);
  if (gpu) return webgpuBackend(gpu);
  if (kind === 'webgpu')
    throw new TrtxError('NO_ADAPTER', 'this machine has no WebGPU adapter', {
      hint: 'Install a GPU driver, or use --backend reference.',
    });
  return referenceBackend();
}

/** Where the package `webgpu` cannot be loaded there is no adapter, which is an error only if one is needed. */
async function findDevice(needed: boolean, offer?: DeviceOffer): Promise<NodeDevice | null> {
  try {
    return await requestNodeDevice({ offer });
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
    prepare: (graph, options) =>
      EngineRunner.create(graph, { ...options, device: gpu.device, software: gpu.isFallback }),
    release: () => gpu.release(),
  };
}

function referenceBackend(): Backend {
  return {
    kind: 'reference',
    description: 'reference (CPU, float64 accumulation)',
    async prepare(graph: Graph, options: { profile?: Profile } & Pick<BuildOptions, 'level' | 'passes'> = {}) {
      if (options.profile) specialize(graph, options.profile);
      optimize(graph, { ...options.passes, level: options.level ?? 2 });
      return new ReferenceRunner(graph);
    },
    release() {},
  };
}
