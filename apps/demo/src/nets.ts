/**
 * The engine behind the demo: makes the three networks of PP-OCR runnable. This is the only file of the command that
 * knows which engine that is.
 */
import { MODELS } from './models.ts';
import type { Nets } from './tensor.ts';
import { ortNet } from './testing/ort-nets.ts';

export interface BuiltNets extends Nets {
  /** What the networks run on, for people to read. */
  adapter: string;
}

/** `done` of `total` networks are ready; `name` is the one in work. */
export interface BuildProgress {
  name: string;
  done: number;
  total: number;
}

/** Builds all three networks, one after the other. */
export async function buildNets(onProgress: (progress: BuildProgress) => void = () => {}): Promise<BuiltNets> {
  const build = (name: keyof Nets, done: number) => {
    onProgress({ name, done, total: 3 });
    return ortNet(MODELS[name]);
  };
  return {
    detector: await build('detector', 0),
    classifier: await build('classifier', 1),
    recognizer: await build('recognizer', 2),
    adapter: 'CPU (onnxruntime-node)',
  };
}
