import { cloneGraph } from '@trtx/ir';
import { ReferenceRunner } from '@trtx/reference';
import { expect, it } from 'vitest';
import { pictureNet, pictures, textNet } from '../testing/networks.ts';
import { quantizeWeights } from '../weights/quantize-weights.ts';
import { compareLayers } from './compare.ts';

const LAYERS = ['first', 'each', 'groups', 'point', 'up', 'scores'];

it('tells what each layer of a quantized copy lost', async () => {
  const [before, after] = [pictureNet(), pictureNet()];
  quantizeWeights(after, { type: 'int4', keep: ['first'] });
  const layers = await compareLayers(before, after, [pictures(1, 2), pictures(2, 1)]);
  expect(layers.map(({ node }) => node)).toEqual(LAYERS);
  expect(layers[0]).toMatchObject({ op: 'Conv', tensor: 'first', sqnrDb: null, cosine: 1 });
  for (const { sqnrDb } of layers.slice(1)) expect(sqnrDb! > 10 && sqnrDb! < 30).toBe(true);
});

it('compares what it is asked to, on the runner that it is given', async () => {
  const before = pictureNet();
  let made = 0;
  const runner = (graph: typeof before) => {
    made++;
    return new ReferenceRunner(graph);
  };
  const layers = await compareLayers(before, cloneGraph(before), [pictures(1, 1)], { nodes: ['up', 'flat'], runner });
  expect(layers.map(({ node, cosine }) => [node, cosine])).toEqual([
    ['up', 1],
    ['flat', 1],
  ]);
  expect(made).toBe(2);
});

it('refuses another graph', async () => {
  await expect(compareLayers(pictureNet(), textNet(), [])).rejects.toThrow(/COMPARE.*tensor first/);
});
