// Networks in float16, beside what ONNX Runtime computes from their files in float32.

import { cloneGraph } from '@trtx/ir';
import { exportModel, NOT_IN_ONNX_RUNTIME } from '@trtx/onnx';
import { optimize, toFloat16 } from '@trtx/passes';
import { ReferenceRunner, toFloat64 } from '@trtx/reference';
import { expect } from 'vitest';
import { closeness } from './closeness.ts';
import { originalOf, ownOpset, runFile } from './optimized.ts';

const COSINE = 0.999;

/**
 * Expects a model to compute nearly the same in float16: its exported file in ONNX Runtime or, with `onReference`, on the
 * reference, which rounds each tensor.
 */
export async function expectFloat16(name: string, onReference = false): Promise<void> {
  const { graph, model, inputs, expected } = await originalOf(name);
  const half = cloneGraph(graph);
  optimize(half);
  const { converted, constants } = toFloat16(half);
  expect(converted.length).toBeGreaterThan(0);
  expect(constants.filter(({ saturated }) => saturated > 0)).toEqual([]);
  const outputs = onReference
    ? await new ReferenceRunner(half).run(new Map(inputs))
    : await runFile(exportModel(half, { opset: ownOpset(model), avoid: NOT_IN_ONNX_RUNTIME }), inputs);
  for (const [output, tensor] of expected) {
    expect(outputs.get(output)!.dtype).toBe(tensor.dtype);
    const { cosine } = closeness(toFloat64(outputs.get(output)!), toFloat64(tensor));
    expect(cosine, output).toBeGreaterThanOrEqual(COSINE);
  }
}
