// The two ways from a model to outputs that cases are run on.

import type { DeviceOffer } from '@trtx/builder/node';
import { type Place, type Plan, placeNodes } from '@trtx/engine';
import {
  type Constant,
  type Graph,
  type InputProfile,
  isContainer,
  type Runner,
  standardOps,
  type Tensor,
} from '@trtx/ir';
import { type ImportedModel, importModel } from '@trtx/onnx';
import { optimize } from '@trtx/passes';
import { hostOps, type ReferenceKernels, ReferenceRunner, standardKernels } from '@trtx/reference';
import { isPlain } from './plain.ts';

export type BackendName = 'webgpu' | 'reference';

/** Where the nodes of a model ended up. */
export interface Placement {
  /** Source nodes that dispatches cover. Nodes that build computed are in neither number. */
  readonly gpuNodes: number;
  readonly hostNodes: number;
  /** Whether all its tensors are of types that every GPU computes with; absent where the model could not be read. */
  readonly plain?: boolean;
  /** The numbers by op, as the model names it. */
  readonly places?: PlacesByOp;
}

export type PlacesByOp = Readonly<Record<string, Readonly<Record<Place, number>>>>;

export interface Job {
  readonly model: Uint8Array;
  /** Values of the inputs that steer shapes, axes or control: all that a build may know. */
  readonly constants: ReadonlyMap<string, Constant>;
  /** Values of the other inputs; a build sees their types and dims. */
  readonly inputs: ReadonlyMap<string, Tensor>;
}

export interface Executed extends Placement {
  readonly outputs: ReadonlyMap<string, Tensor>;
}

/** Runs models, one after the other. */
export interface Executor {
  execute(job: Job): Promise<Executed>;
}

/**
 * The executor of a name. `offer` tells what the device has of its adapter.
 * @throws TrtxError NO_ADAPTER, WEBGPU_MISSING
 */
export async function openExecutor(name: BackendName, offer?: DeviceOffer): Promise<Executor> {
  return name === 'webgpu' ? await webgpu(offer) : reference;
}

const reference: Executor = {
  async execute(job) {
    const { graph } = await importJob(job);
    const plain = isPlain(graph);
    optimize(graph, { level: 2 });
    const hostNodes = graph.topological().length;
    const kernels = await kernelsFor(graph);
    return { outputs: await new ReferenceRunner(graph, { kernels }).run(job.inputs), gpuNodes: 0, hostNodes, plain };
  },
};

/** What it needs is loaded here, so that the reference runs without it. */
async function webgpu(offer?: DeviceOffer): Promise<Executor> {
  const [{ EngineRunner }, { openBackend }] = await Promise.all([
    import('@trtx/builder'),
    import('@trtx/builder/node'),
  ]);
  const { gpu } = await openBackend('webgpu', { offer });
  const { device, isFallback: software } = gpu!;
  // A process without a device is of no use: the pool starts another.
  device.lost.then(({ message }) => {
    console.error(`the device was lost: ${message}`);
    process.exit(1);
  });
  return {
    async execute(job) {
      const { graph, nodes: sourceNodes } = await importJob(job);
      const plain = isPlain(graph);
      const host = hostOps(standardOps, await kernelsFor(graph));
      const runner = await EngineRunner.create(graph, { device, software, level: 2, hostOps: host, sourceNodes });
      try {
        const outputs = await (runner as Runner).run(job.inputs);
        return { outputs, plain, ...placementOf(runner.engine.plan) };
      } finally {
        await runner.dispose();
      }
    },
  };
}

/** Those of the reference; where pictures are decoded, with the package that does. It is loaded for no other model. */
async function kernelsFor(graph: Graph): Promise<ReferenceKernels> {
  if (!graph.topological().some(({ op }) => op.name === 'ImageDecoder')) return standardKernels;
  const { openImageDecoder } = await import('@trtx/image-decoder/node');
  return standardKernels.with([(await openImageDecoder()).kernel]);
}

function importJob({ model, constants, inputs }: Job): Promise<ImportedModel> {
  const profile = Object.fromEntries([...inputs].map(([name, tensor]) => [name, axesOf(tensor)]));
  return importModel(model, { constants, profile });
}

/** The sizes of a tensor, or those that all tensors of a sequence have; a build sees them and no element. */
function axesOf(tensor: Tensor): InputProfile {
  if (!isContainer(tensor.dtype)) return tensor.dims;
  const items = (tensor.data as readonly Tensor[]).map(axesOf);
  const [first = []] = items;
  return first.map((size, axis) => (items.every((item) => item[axis] === size) ? size : null));
}

function placementOf(plan: Plan): Placement {
  const places: Record<string, Record<Place, number>> = {};
  const total = { gpu: 0, build: 0, host: 0 };
  for (const { op = '', place } of placeNodes(plan)) {
    places[op] ??= { gpu: 0, build: 0, host: 0 };
    places[op][place]++;
    total[place]++;
  }
  return { gpuNodes: total.gpu, hostNodes: total.host, places };
}
