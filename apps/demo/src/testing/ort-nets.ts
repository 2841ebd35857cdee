/** The three networks on onnxruntime-node: what tests compare with. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { MODELS } from '../models.ts';
import type { Net, Nets } from '../tensor.ts';

/** Loads an ONNX file with one input and one output. */
export async function ortNet(path: string): Promise<Net> {
  const session = await InferenceSession.create(path);
  const [input] = session.inputNames;
  const [output] = session.outputNames;
  return async ({ data, dims }) => {
    const results = await session.run({ [input]: new Tensor('float32', data, dims) });
    return { data: results[output].data as Float32Array, dims: [...results[output].dims] };
  };
}

export async function ortNets(): Promise<Nets> {
  return {
    detector: await ortNet(MODELS.detector),
    classifier: await ortNet(MODELS.classifier),
    recognizer: await ortNet(MODELS.recognizer),
  };
}
