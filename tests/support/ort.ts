// onnxruntime-node as a runner: the oracle that nobody here wrote.

import type { DType, Runner, Tensor, Tensors } from '@trtx/ir';
import * as ort from 'onnxruntime-node';

/**
 * Runs a model, given as a file's path or as bytes, on ONNX Runtime's CPU provider with its optimizations off, unless `level` says
 * otherwise: these alone move the scores of line detection by more than whole networks are allowed.
 */
export async function ortRunner(model: string | Uint8Array, level: 'disabled' | 'all' = 'disabled'): Promise<Runner> {
  const options = { graphOptimizationLevel: level, logSeverityLevel: 3 } as const;
  const session = await (typeof model === 'string'
    ? ort.InferenceSession.create(model, options)
    : ort.InferenceSession.create(model, options));
  return {
    async run(inputs: Tensors) {
      const feeds = Object.fromEntries(
        [...inputs].map(([name, { dtype, dims, data }]) => [
          name,
          new ort.Tensor(dtype as 'float32', data as Float32Array, dims),
        ]),
      );
      const outputs = await session.run(feeds);
      return new Map(
        Object.entries(outputs).map(([name, t]): [string, Tensor] => {
          return [name, { dtype: t.type as DType, dims: [...t.dims], data: t.data as Float32Array }];
        }),
      );
    },
    dispose: () => session.release(),
  };
}
