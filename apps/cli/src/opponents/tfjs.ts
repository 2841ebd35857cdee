// TensorFlow.js, made for browsers: on the adapter at hand by its WebGPU backend, or on the CPU. It takes models of its own
// format, which have their channels last.

import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DType, Tensor, Tensors } from '@trtx/ir';
import { importEntry, provideGpu } from './browser.ts';
import { channelsFirst, channelsLast, isChannelsLast } from './layout.ts';
import { guarded, type OpenOpponent } from './opponent.ts';

const CORE = '@tensorflow/tfjs-core';

/** Of its API, what is used here. */
interface Tfjs {
  readonly version_core: string;
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  tensor(data: unknown, dims: readonly number[], dtype: string): TfTensor;
  readonly io: { fromMemory(artifacts: object): object };
}

interface TfTensor {
  readonly shape: readonly number[];
  readonly dtype: string;
  data(): Promise<Tensor['data']>;
  dispose(): void;
}

interface TfModel {
  readonly inputs: readonly { readonly shape?: readonly (number | null)[] }[];
  predict(inputs: readonly TfTensor[]): TfTensor | readonly TfTensor[];
  dispose(): void;
}

interface ModelFile {
  readonly format?: string;
  readonly modelTopology: object;
  readonly weightsManifest: readonly { readonly paths: readonly string[]; readonly weights: readonly object[] }[];
}

export const openTfjs: OpenOpponent = async (path, backend, signal) => {
  if (backend === 'webgpu') await provideGpu(signal);
  const tf = await importEntry<Tfjs>(CORE);
  await importEntry(`@tensorflow/tfjs-backend-${backend}`);
  const name = `TensorFlow.js ${tf.version_core} (${backend})`;
  const model = await guarded(name, async () => {
    if (!(await tf.setBackend(backend))) throw new Error(`there is no backend ${backend} here`);
    await tf.ready();
    return loadModel(tf, path);
  });
  /** What runs are given again and again is put in its layout once. */
  const prepared = new WeakMap<Tensors, readonly Tensor[]>();
  return {
    name,
    async run(inputs) {
      const known = prepared.get(inputs) ?? prepare(inputs, model);
      prepared.set(inputs, known);
      const isLast = [...inputs.values()].some((tensor, i) => tensor !== known[i]);
      return guarded(name, async () => {
        const given = known.map(({ data, dims, dtype }) => tf.tensor(data, dims, dtype));
        const results = [model.predict(given)].flat() as TfTensor[];
        const outputs = new Map<string, Tensor>();
        for (const [i, result] of results.entries()) {
          const tensor = { dtype: result.dtype as DType, dims: [...result.shape], data: await result.data() };
          outputs.set(String(i), isLast ? channelsFirst(tensor) : tensor);
        }
        for (const tensor of [...given, ...results]) tensor.dispose();
        return outputs;
      });
    },
    release: async () => model.dispose(),
  };
};

async function loadModel(tf: Tfjs, path: string): Promise<TfModel> {
  const { format, modelTopology, weightsManifest } = JSON.parse(await readFile(path, 'utf8')) as ModelFile;
  const files = weightsManifest.flatMap(({ paths }) => paths.map((file) => readFile(join(dirname(path), file))));
  const bytes = Uint8Array.from(Buffer.concat(await Promise.all(files)));
  const source = tf.io.fromMemory({
    modelTopology,
    weightSpecs: weightsManifest.flatMap(({ weights }) => weights),
    weightData: bytes.buffer,
  });
  if (format === 'layers-model') {
    const layers = await importEntry<{ loadLayersModel(from: object): Promise<TfModel> }>('@tensorflow/tfjs-layers');
    return layers.loadLayersModel(source);
  }
  const graph = await importEntry<{ loadGraphModel(from: object): Promise<TfModel> }>('@tensorflow/tfjs-converter');
  return graph.loadGraphModel(source);
}

/** The tensors of the model's inputs, in their order. */
function prepare(inputs: Tensors, model: TfModel): Tensor[] {
  return [...inputs.values()].map((tensor, i) => {
    return isChannelsLast(model.inputs[i]?.shape, tensor.dims) ? channelsLast(tensor) : tensor;
  });
}
