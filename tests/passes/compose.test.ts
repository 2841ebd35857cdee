// Real networks cut apart and put together again, run by ONNX Runtime.

import { type Graph, verify } from '@trtx/ir';
import { exportModel } from '@trtx/onnx';
import { importFile } from '@trtx/onnx/node';
import { extract, merge } from '@trtx/passes';
import { expect, it } from 'vitest';
import { randomTensor } from '../../apps/cli/src/tensors/random.ts';
import { expectClose } from '../support/compare.ts';
import { OCR } from '../support/models.ts';
import { runModelWithOnnxRuntime } from '../support/onnx-oracle.ts';

const run = (graph: Graph, inputs: Parameters<typeof runModelWithOnnxRuntime>[1]) =>
  runModelWithOnnxRuntime(exportModel(graph), inputs);

/** The first value behind which nothing reads what comes before it. */
function waist(graph: Graph): string {
  const order = graph.topological();
  const half = order.slice(0, Math.floor(order.length / 2));
  for (let i = half.length; i < order.length; i++) {
    const before = new Set(order.slice(0, i + 1));
    const open = [...before].flatMap(({ outputs }) =>
      outputs.filter((value) => [...value.users.keys()].some((user) => !before.has(user))),
    );
    if (open.length === 1) return open[0]!.name;
  }
  throw new Error('no waist');
}

it('the classifier of PP-OCR in two halves, and whole again', async () => {
  const { graph } = await importFile(OCR.classifier);
  const x = randomTensor('float32', [1, 3, 48, 192], 1);
  const [[output, expected]] = [...(await run(graph, { x }))] as [[string, typeof x]];
  const middle = waist(graph);
  const head = extract(graph, { outputs: [middle] });
  const tail = extract(graph, { inputs: [middle] });
  for (const part of [head, tail]) verify(part);
  expect(head.nodes.size + tail.nodes.size).toBe(graph.nodes.size);
  const inner = (await run(head, { x })).get(middle)!;
  const again = (await run(tail, { [middle]: inner })).get(output)!;
  expectClose(again, expected);
  const whole = merge([head, tail], { connect: { [middle]: middle } });
  verify(whole);
  expect(whole.nodes.size).toBe(graph.nodes.size);
  expectClose((await run(whole, { x })).get(output)!, expected);
});

it('the classifier and the recognizer side by side, with what they have in common once', async () => {
  const parts = await Promise.all([OCR.classifier, OCR.recognizer].map(async (path) => (await importFile(path)).graph));
  const both = merge(parts, { prefixes: ['classifier', 'recognizer'] });
  verify(both);
  const apart = parts.reduce((sum, part) => sum + part.constants().length, 0);
  expect(both.constants().length).toBeLessThan(apart);
  const inputs = {
    'classifier/x': randomTensor('float32', [1, 3, 48, 192], 1),
    'recognizer/x': randomTensor('float32', [2, 3, 48, 64], 2),
  };
  const found = await run(both, inputs);
  for (const [i, name] of (['classifier', 'recognizer'] as const).entries()) {
    const [[output, expected]] = [...(await run(parts[i]!, { x: inputs[`${name}/x`] }))] as [[string, never]];
    expectClose(found.get(output)!, expected);
  }
});
