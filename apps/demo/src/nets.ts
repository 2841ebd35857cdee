/**
 * The engine behind the demo: makes the three networks of PP-OCR runnable. This is the only file of the command that
 * knows which engine that is.
 */
import { type Backend, type BackendKind, openBackend } from '@trtx/builder/node';
import { parseProfile, type Runner } from '@trtx/ir';
import { importFile } from '@trtx/onnx/node';
import { CLASSIFIER_SHAPE } from './classify.ts';
import { DETECTOR_SHAPE } from './detect.ts';
import { MODELS } from './models.ts';
import { RECOGNIZER_SHAPE } from './recognize.ts';
import type { Net, Nets } from './tensor.ts';

export interface BuiltNets extends Nets {
  /** What the networks run on, for people to read. */
  adapter: string;
  /** Frees the engines and the device. */
  release(): Promise<void>;
}

/** Where a build stands: `done` of `total` steps of `stage` of the network `name`. */
export interface BuildProgress {
  name: string;
  stage: 'optimize' | 'kernels' | 'write' | 'pipelines' | 'weights';
  done: number;
  total: number;
}

const SHAPES: Record<keyof Nets, string> = {
  detector: DETECTOR_SHAPE,
  classifier: CLASSIFIER_SHAPE,
  recognizer: RECOGNIZER_SHAPE,
};

/** Builds all three networks, one after the other, on the best backend there is or on the one that is asked for. */
export async function buildNets(
  onProgress: (progress: BuildProgress) => void = () => {},
  kind?: BackendKind,
): Promise<BuiltNets> {
  const backend = await openBackend(kind);
  const runners: Runner[] = [];
  const build = async (name: keyof Nets) => {
    const runner = await prepare(backend, name, onProgress);
    runners.push(runner);
    return netOf(runner);
  };
  return {
    detector: await build('detector'),
    classifier: await build('classifier'),
    recognizer: await build('recognizer'),
    adapter: backend.description,
    async release() {
      for (const runner of runners) await runner.dispose?.();
      backend.release();
    },
  };
}

async function prepare(
  backend: Backend,
  name: keyof Nets,
  onProgress: (progress: BuildProgress) => void,
): Promise<Runner> {
  const { graph } = await importFile(MODELS[name]);
  return backend.prepare(graph, {
    profile: parseProfile(SHAPES[name]),
    onProgress: ({ stage, done, total }) => onProgress({ name, stage, done, total }),
    onLoad: ({ stage, done, total }) => onProgress({ name, stage, done, total }),
  });
}

/** A runner with one input and one output, both float32, as a function. */
function netOf(runner: Runner): Net {
  return async ({ data, dims }) => {
    const outputs = await runner.run(new Map([['x', { dtype: 'float32', data, dims }]]));
    const [output] = outputs.values();
    return { data: output!.data as Float32Array, dims: [...output!.dims] };
  };
}
