// Tensors of the GPU that go through sequences and optionals stay on the GPU.

import { EngineRunner } from '@trtx/builder';
import { GraphBuilder } from '@trtx/ir';
import { exportModel } from '@trtx/onnx';
import { expect, it } from 'vitest';
import { watchDevice } from '../../packages/runtime/src/testing/device.ts';
import { testDevice } from '../support/chain.ts';
import { expectClose } from '../support/compare.ts';
import { runModelWithOnnxRuntime } from '../support/onnx-oracle.ts';
import { floats } from './programs.ts';

/** Puts Tanh(x), Tanh(Tanh(x)), … into a sequence, changes it in each way there is, and takes two out again. */
function network(): GraphBuilder {
  const b = new GraphBuilder('held');
  const x = b.input('x', 'float32', [4, 3]);
  const at = (position: number) => b.constant('int64', [], [position]);
  const steps = [x];
  for (let i = 0; i < 4; i++) steps.push(b.Tanh(b.MatMul(b.Transpose(steps.at(-1)!, { perm: [1, 0] }), steps.at(-1)!)));
  const [, first, second, third, fourth] = steps;
  const all = b.SequenceInsert(b.SequenceConstruct([first!, second!]), third!, at(0));
  const some = b.SequenceErase(b.SequenceInsert(all, fourth!), at(1));
  const optional = b.OptionalGetElement(b.Optional(b.SequenceAt(some, at(-1))));
  b.output('y', b.Softmax(b.Add(b.SequenceAt(some, at(0)), optional)));
  b.output('length', b.SequenceLength(some));
  return b;
}

it('nothing is read back but the outputs', async () => {
  const x = floats(
    [4, 3],
    Array.from({ length: 12 }, (_, i) => Math.sin(i)),
  );
  const expected = await runModelWithOnnxRuntime(exportModel(network().graph), { x });
  const { device, isFallback: software } = await testDevice();
  const watched = watchDevice(device);
  const runner = await EngineRunner.create(network().graph, { device: watched.device, software });
  const outputs = await runner.run(new Map([['x', x]]));
  for (const [name, tensor] of expected) expectClose(outputs.get(name)!, tensor, {}, name);
  expect(watched.calls.get('mapAsync')).toBe(1);
  await runner.dispose();
  expect(watched.live.size).toBe(0);
});
