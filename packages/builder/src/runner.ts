// A graph built for a device and ready to run: the builder's side of the `Runner` contract.

import type { Graph, Runner, Tensor, Tensors } from '@trtx/ir';
import { hostOps as referenceOps } from '@trtx/reference';
import { Engine, type ExecutionContext, type HostOps, type LoadProgress, type TensorData } from '@trtx/runtime';
import { type BuildOptions, build, bytesOf } from './build.ts';
import { requireInBounds } from './in-bounds.ts';
import { targetOf } from './target.ts';

export interface RunnerOptions extends Omit<BuildOptions, 'target'> {
  readonly device: GPUDevice;
  /** The adapter's `info.isFallbackAdapter`. */
  readonly software?: boolean;
  /** Whether the device leaves out its checks of accesses. */
  readonly unchecked?: boolean;
  /** Functions for nodes that the host computes; by default the reference kernels. */
  readonly hostOps?: HostOps;
  readonly onLoad?: (progress: LoadProgress) => void;
}

/** Runs an engine that was built from a graph. */
export class EngineRunner implements Runner {
  readonly #context: ExecutionContext;
  readonly #dtypes: ReadonlyMap<string, Tensor['dtype']>;

  private constructor(readonly engine: Engine) {
    this.#context = engine.createContext();
    this.#dtypes = new Map(engine.plan.outputs.map(({ name, dtype }) => [name, dtype]));
  }

  /** Builds the graph, which is changed in place, and loads the engine. */
  static async create(graph: Graph, options: RunnerOptions): Promise<EngineRunner> {
    const { device, software = false, unchecked = false, hostOps = referenceOps(), onLoad, ...rest } = options;
    const { plan, file } = build(graph, { ...rest, target: targetOf(device, software, unchecked) });
    if (unchecked) requireInBounds(plan);
    return new EngineRunner(
      await Engine.load(bytesOf(file), { device, hostOps, onProgress: onLoad, logger: rest.logger }),
    );
  }

  async run(inputs: Tensors): Promise<Map<string, Tensor>> {
    const given = Object.fromEntries(
      [...inputs].map(([name, { data, dims }]) => [name, { data: data as TensorData | readonly string[], dims }]),
    );
    const outputs = await this.#context.run(given);
    return new Map(
      Object.entries(outputs).map(([name, { data, dims }]) => {
        return [name, { dtype: this.#dtypes.get(name)!, dims, data: data as Tensor['data'] }];
      }),
    );
  }

  async dispose(): Promise<void> {
    await this.engine.dispose();
  }
}
