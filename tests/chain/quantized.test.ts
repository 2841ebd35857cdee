// Graphs of @trtx/quantizer in engines: with the nodes that it made, and with weights turned back into floats at build.

import { EngineRunner, profileOf } from '@trtx/builder';
import { cloneGraph, type Graph, type Tensors } from '@trtx/ir';
import { quantizeInt8, quantizeWeights } from '@trtx/quantizer';
import { ReferenceRunner, toFloat64 } from '@trtx/reference';
import { expect, it } from 'vitest';
import { pictureNet, pictures, textNet, tokens } from '../../packages/quantizer/src/testing/networks.ts';
import { testDevice } from '../support/chain.ts';
import { closeness } from '../support/closeness.ts';

async function expectLikeReference(graph: Graph, inputs: Tensors, cosine: number): Promise<void> {
  const expected = (await new ReferenceRunner(graph).run(inputs)).get('y')!;
  const { device, isFallback } = await testDevice();
  for (const skip of [[], ['fold-constants']]) {
    const copy = cloneGraph(graph);
    const profile = profileOf(new Map([...inputs].map(([name, { dims }]) => [name, dims])));
    const runner = await EngineRunner.create(copy, { device, software: isFallback, profile, passes: { skip } });
    const actual = (await runner.run(inputs)).get('y')!;
    await runner.dispose();
    expect(actual.dims).toEqual(expected.dims);
    expect(closeness(toFloat64(actual), toFloat64(expected)).cosine).toBeGreaterThanOrEqual(cosine);
  }
}

const WEIGHTS = [
  { type: 'int4' },
  { type: 'uint4', symmetric: false, block: 16 },
  { type: 'int8', block: 'channel' },
  { type: 'float4e2m1' },
] as const;

it.each(WEIGHTS)('weights: %j', async (options) => {
  for (const [make, inputs] of [
    [pictureNet, pictures(1, 2)],
    [textNet, tokens(3, 1, 49, 7, 7)],
  ] as const) {
    const graph = make();
    quantizeWeights(graph, options);
    await expectLikeReference(graph, inputs, 0.999999);
  }
});

it('int8, but for codes that the order of sums decides', async () => {
  for (const activations of [undefined, { type: 'uint8', symmetric: true }] as const) {
    const graph = pictureNet();
    await quantizeInt8(graph, [pictures(2, 2), pictures(3, 2)], { activations });
    await expectLikeReference(graph, pictures(4, 2), 0.9999);
  }
});
