// Engines that are built with `fp16`, against what ONNX Runtime computes in float32.

import { EngineRunner } from '@trtx/builder';
import { parseProfile, type Tensor } from '@trtx/ir';
import { importModel } from '@trtx/onnx';
import { expect, it } from 'vitest';
import { inputsOf, nodes, options } from '../../packages/onnx/src/testing/transformer.ts';
import { random } from '../../packages/reference/src/testing/check.ts';
import { testDevice } from '../support/chain.ts';
import { expectFloat16, expectNearlySame } from '../support/float16.ts';
import { hasShared } from '../support/models.ts';
import { encodeModel, type OracleNode, type OracleOptions, runWithOnnxRuntime } from '../support/onnx-oracle.ts';

type Inputs = Readonly<Record<string, Tensor>>;

/** Runs the nodes here, in float16, and there; at a range of shapes where there is a profile. */
async function compare(nodes: readonly OracleNode[], inputs: Inputs, options: OracleOptions, profile?: string) {
  const { device, isFallback: software } = await testDevice();
  const { graph } = await importModel(encodeModel(nodes, inputs, options));
  const converted: string[] = [];
  const runner = await EngineRunner.create(graph, {
    device,
    software,
    profile: profile ? parseProfile(profile) : undefined,
    fp16: true,
    onFloat16: (report) => converted.push(...report.converted),
  });
  const outputs = await runner.run(new Map(Object.entries(inputs)));
  expectNearlySame(outputs, await runWithOnnxRuntime(nodes, inputs, options));
  await runner.dispose();
  return converted;
}

const convolutions: readonly OracleNode[] = [
  { op: 'Conv', inputs: ['x', 'w0', 'b0'], outputs: ['c'], attributes: { pads: [1, 1, 1, 1], strides: [2, 2] } },
  { op: 'Relu', inputs: ['c'], outputs: ['r'] },
  { op: 'MaxPool', inputs: ['r'], outputs: ['p'], attributes: { kernel_shape: [2, 2], strides: [2, 2] } },
  { op: 'Conv', inputs: ['p', 'w1'], outputs: ['d'], attributes: { group: 5, pads: [1, 1, 1, 1] } },
  { op: 'Sigmoid', inputs: ['d'], outputs: ['s'] },
  { op: 'Mul', inputs: ['d', 's'], outputs: ['m'] },
  { op: 'Concat', inputs: ['p', 'm'], outputs: ['j'], attributes: { axis: 1 } },
  { op: 'GlobalAveragePool', inputs: ['j'], outputs: ['g'] },
  { op: 'Flatten', inputs: ['g'], outputs: ['f'] },
  { op: 'Gemm', inputs: ['f', 'w2', 'b2'], outputs: ['y'] },
  { op: 'Softmax', inputs: ['y'], outputs: ['z'] },
];

it('convolutions of odd sizes', async () => {
  const constants = {
    w0: random([5, 3, 3, 3], { seed: 1 }),
    b0: random([5], { seed: 2 }),
    w1: random([5, 1, 3, 3], { seed: 3 }),
    w2: random([10, 7], { seed: 4 }),
    b2: random([7], { seed: 5 }),
  };
  const x = random([1, 3, 17, 13], { seed: 6 });
  const fixed = { constants, outputs: ['j', 'z'] };
  expect((await compare(convolutions, { x }, fixed)).length).toBeGreaterThan(4);
  await compare(convolutions, { x }, { ...fixed, shapes: { x: [1, 3, 'H', 'W'] } }, 'x:1x3x{8..20}x{8..20}');
});

it('a layer of a transformer, at a range of shapes', async () => {
  const profile = 'x:{1..2}x{1..4}x32,mask:{1..2}x{2..12},pk:{1..2}x4x{1..8}x8,pv:{1..2}x4x{1..8}x8';
  expect(await compare(nodes, inputsOf(2, 3, 5), options, profile)).not.toEqual([]);
});

it.runIf(hasShared)('squeezenet1_1', () => expectFloat16('squeezenet1_1', 'engine'));
