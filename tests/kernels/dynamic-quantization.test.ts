// Dynamic quantization to the bit: where a scale is off by its last digit, networks of a hundred quantized layers end up
// somewhere else.

import { EngineRunner } from '@trtx/builder';
import type { Tensor } from '@trtx/ir';
import { importModel } from '@trtx/onnx';
import { expect, it } from 'vitest';
import { testDevice } from '../support/chain.ts';
import { encodeModel, type OracleNode, runModelWithOnnxRuntime } from '../support/onnx-oracle.ts';
import { random } from './support.ts';

/** As many ranges, of which most have another quotient than product with the reciprocal. */
const TENSORS = 16;

it('has the codes, scale and zero point of ONNX Runtime', async () => {
  const inputs: Record<string, Tensor> = {};
  const nodes: OracleNode[] = [];
  for (let i = 0; i < TENSORS; i++) {
    inputs[`x${i}`] = random([3, 37], { low: -0.3 * i, high: 7.3 * (i + 1), seed: i + 1 });
    nodes.push({ op: 'DynamicQuantizeLinear', inputs: [`x${i}`], outputs: [`y${i}`, `scale${i}`, `zero${i}`] });
  }
  await expectBits(nodes, inputs);
});

it('has the codes of ONNX Runtime by scales that the build knows', async () => {
  const scales = Array.from({ length: TENSORS }, (_, i) => [`scale${i}`, number(0.0123 * (i + 1))] as const);
  const nodes = scales.map(([scale], i) => ({ op: 'QuantizeLinear', inputs: ['x', scale], outputs: [`y${i}`] }));
  // Halfway between two codes of one scale or the other.
  const x: Tensor = {
    dtype: 'float32',
    dims: [4096],
    data: Float32Array.from({ length: 4096 }, (_, i) => 0.00615 * i),
  };
  await expectBits(nodes, { x }, Object.fromEntries(scales));
});

const number = (value: number): Tensor => ({ dtype: 'float32', dims: [], data: Float32Array.of(value) });

async function expectBits(
  nodes: readonly OracleNode[],
  inputs: Readonly<Record<string, Tensor>>,
  constants: Readonly<Record<string, Tensor>> = {},
): Promise<void> {
  const model = encodeModel(nodes, inputs, { constants });
  const expected = await runModelWithOnnxRuntime(model, inputs);
  const { device, isFallback: software } = await testDevice();
  const runner = await EngineRunner.create((await importModel(model)).graph, { device, software });
  const actual = await runner.run(new Map(Object.entries(inputs)));
  await runner.dispose();
  for (const [name, tensor] of expected) expect(actual.get(name), name).toEqual(tensor);
}
