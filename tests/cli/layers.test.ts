// inspect --layers, --html and --diff of engines.

import { join } from 'node:path';
import { build, bytesOf } from '@trtx/builder';
import { importModel } from '@trtx/onnx';
import { type EngineDiff, type Layer, layersOf, type PlanLayers } from '@trtx/profiler';
import { expect, it } from 'vitest';
import { folder, trtx, trtxJson } from './command.ts';
import { failure, MISUSED, write } from './failure.ts';
import { pageData } from './page-data.ts';
import { tinyEngine, tinyModel } from './tiny.ts';

it('lists the layers of an engine, and writes its page', async () => {
  const dir = folder();
  const engine = write(dir, 'tiny.trtx', await tinyEngine());
  const html = join(dir, 'page.html');
  const { data } = await trtxJson<{ profiles: readonly PlanLayers[] }>('inspect', engine, '--layers', '--html', html);
  const [{ layers, tensors }] = data.profiles as [PlanLayers];
  expect(data).toMatchObject({ kind: 'layers', file: engine, page: { file: html } });
  expect(layers).toMatchObject([{ kernel: expect.any(String), reads: [0], writes: [1], flops: 56, bytesRead: 72 }]);
  expect(tensors).toMatchObject([{ name: 'x' }, { shape: [2, 4], format: 'row-major', bytes: 32 }]);
  expect(pageData(html)).toMatchObject({ title: 'tiny.trtx', layers: [{ flops: 56, bytes: 104 }], notes: [] });
  const { out } = await trtx('inspect', engine, '--layers');
  expect(out).toMatch(/^# +nodes +tactic +MFLOP +reads +writes +results +other tactics, by cost\n0 .*float32\[2, 4\]/);
  const model = write(dir, 'tiny.onnx', tinyModel());
  await failure(MISUSED, 'NOT_AN_ENGINE', ['inspect', model, '--layers'], dir);
  await failure(MISUSED, 'USAGE', ['inspect', engine, '--html', engine], dir);
});

it('tells two engines apart', async () => {
  const dir = folder();
  const before = write(dir, 'a.trtx', await tinyEngine());
  const graphOf = async () => (await importModel(tinyModel(), { name: 'tiny' })).graph;
  const [{ nodes, alternatives }] = layersOf(build(await graphOf()).plan).layers as [Layer];
  const tactics = new Map([[nodes[0]!, alternatives![0]![0]]]);
  const after = write(dir, 'b.trtx', bytesOf(build(await graphOf(), { tactics }).file));
  const { data } = await trtxJson<EngineDiff>('inspect', '--diff', before, after);
  expect(data).toMatchObject({ kind: 'engine-diff', before, after, sizes: { dispatches: { before: 1, after: 1 } } });
  expect(data.layers).toMatchObject([{ kind: 'tactic' }]);
  expect((await trtx('inspect', '--diff', before, after)).out).toMatch(
    /^tactic .* → .*layers: 0 are the same, 1 are not\n$/s,
  );
  expect((await trtx('inspect', '--diff', before, before)).out).toMatch(/layers: 1 are the same, 0 are not\n$/);
  await failure(MISUSED, 'USAGE', ['inspect', '--diff', before, write(dir, 'm.onnx', tinyModel())], dir);
});
