// Networks in float16, beside what ONNX Runtime computes from their files in float32.

import { EngineRunner, profileOf } from '@trtx/builder';
import { cloneGraph, type Tensor, type Tensors } from '@trtx/ir';
import { exportModel, NOT_IN_ONNX_RUNTIME } from '@trtx/onnx';
import { optimize, toFloat16 } from '@trtx/passes';
import { ReferenceRunner, toFloat64 } from '@trtx/reference';
import { expect } from 'vitest';
import { testDevice } from './chain.ts';
import { closeness } from './closeness.ts';
import { type Original, originalOf, ownOpset, runFile } from './optimized.ts';

const COSINE = 0.999;

/**
 * Expects a model to compute nearly the same in float16: its exported file in ONNX Runtime (`file`); on the reference, which
 * rounds each tensor; or as an engine that is built with `fp16`, on the adapter of the tests.
 */
export async function expectFloat16(name: string, by: 'file' | 'reference' | 'engine' = 'file'): Promise<void> {
  const original = await originalOf(name);
  expectNearlySame(await (by === 'engine' ? ofEngine(original) : ofGraph(original, by)), original.expected);
}

/** Expects the same types, and nearly the same direction. */
export function expectNearlySame(outputs: Tensors, expected: Tensors): void {
  for (const [output, tensor] of expected) {
    expect(outputs.get(output)!.dtype).toBe(tensor.dtype);
    const { cosine } = closeness(toFloat64(outputs.get(output)!), toFloat64(tensor));
    expect(cosine, output).toBeGreaterThanOrEqual(COSINE);
  }
}

async function ofGraph({ graph, model, inputs }: Original, by: 'file' | 'reference'): Promise<Map<string, Tensor>> {
  const half = cloneGraph(graph);
  optimize(half);
  const { converted, constants } = toFloat16(half);
  expect(converted.length).toBeGreaterThan(0);
  expect(constants.filter(({ saturated }) => saturated > 0)).toEqual([]);
  if (by === 'reference') return new ReferenceRunner(half).run(new Map(inputs));
  return runFile(exportModel(half, { opset: ownOpset(model), avoid: NOT_IN_ONNX_RUNTIME }), inputs);
}

async function ofEngine({ graph, inputs }: Original): Promise<Map<string, Tensor>> {
  const { device, isFallback } = await testDevice();
  const runner = await EngineRunner.create(graph, {
    device,
    software: isFallback,
    profile: profileOf(new Map([...inputs].map(([name, { dims }]) => [name, dims]))),
    fp16: true,
    onFloat16: ({ converted }) => expect(converted.length).toBeGreaterThan(0),
  });
  try {
    return await runner.run(inputs);
  } finally {
    await runner.dispose();
  }
}
