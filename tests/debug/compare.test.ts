// `trtx compare` and `trtx debug tactics` as processes, on small models.

import { join } from 'node:path';
import { GraphBuilder } from '@trtx/ir';
import { expect, it } from 'vitest';
import { type Failure, folder, trtx, trtxJson } from '../cli/command.ts';
import { layersGraph, plantedPlugin, writeModel } from './models.ts';

interface Report {
  readonly ok: boolean;
  readonly tensors: readonly { name: string; ok: boolean; maxAbs: number | null }[];
  readonly departures: readonly { name: string; nodes: string[]; maker?: { tactic: string; nodes: string[] } }[];
  readonly notes: readonly { code: string }[];
}

it('compares with ONNX Runtime, which has all tensors of the model', async () => {
  const model = writeModel(folder(), layersGraph());
  const { status, data } = await trtxJson<Report>('compare', model, '--b', 'ort');
  expect({ status, ...data }).toMatchObject({ status: 0, ok: true, departures: [], notes: [] });
  expect(data.tensors.map(({ name }) => name)).toEqual(expect.arrayContaining(['r', 'b', 'y']));
});

it('names a planted fault: tensor, nodes, kernel, and what of the build is to blame', async () => {
  const dir = folder();
  const [model, plugin] = [writeModel(dir, layersGraph()), await plantedPlugin(dir)];
  const { status, out } = await trtx('compare', model, '--plugin', plugin);
  expect(status).toBe(1);
  expect(out).toMatch(/^departs at b\[8, 16\]: \d+ of 128 elements are outside the tolerance/m);
  expect(out).toMatch(/^ +nodes +second$/m);
  expect(out).toMatch(/^ +kernel +planted\.matmul .*, dispatch 1$/m);
  expect(out).toMatch(/^to blame: kernels/m);

  const tactics = await trtxJson<object>('debug', 'tactics', model, '--plugin', plugin, '--most', '2');
  expect(tactics).toMatchObject({
    status: 1,
    data: {
      wrong: [{ nodes: ['second'], tactics: [{ verdict: 'wrong' }, { verdict: 'right' }] }],
      untried: [],
    },
  });
});

it('compares an engine in float16, with the tolerance of that, and tries its tactics', async () => {
  const dir = folder();
  const [model, plugin] = [writeModel(dir, layersGraph()), await plantedPlugin(dir)];
  const { status, data } = await trtxJson<Report & { float16: object }>('compare', model, '--fp16');
  expect({ status, ...data }).toMatchObject({
    status: 0,
    ok: true,
    tolerance: { rtol: 1e-2, atol: 1e-2, cosine: 0.999 },
    float16: { converted: expect.arrayContaining(['first', 'second']) },
    incomparable: [],
  });
  // The first is float16 in the engine, and float32 in the reference.
  expect(data.tensors.map(({ name }) => name)).toEqual(['r', 'y']);
  const kept = await trtxJson<{ float16: object }>('compare', model, '--fp16', '--keep', 'second');
  expect(kept.data).toMatchObject({
    float16: { kept: expect.arrayContaining([{ node: 'second', reason: 'asked for' }]) },
  });

  const narrow = ['--fp16', '--rtol', '3e-3', '--atol', '3e-3', '--plugin', plugin];
  const tactics = await trtxJson<object>('debug', 'tactics', model, ...narrow, '--most', '2');
  expect(tactics).toMatchObject({
    status: 1,
    data: { float16: {}, wrong: [{ nodes: ['second'], tactics: [{ verdict: 'wrong' }, { verdict: 'right' }] }] },
  });

  const plain = await trtxJson<Failure>('compare', model, '--a', 'reference', '--b', 'ort', '--fp16');
  expect(plain).toMatchObject({ status: 2, data: { error: { code: 'USAGE' } } });
});

it('compares with an engine file, and only what is named', async () => {
  const dir = folder();
  const model = writeModel(dir, layersGraph());
  const engine = join(dir, 'model.trtx');
  expect(await trtxJson('build', model, '-o', engine)).toMatchObject({ status: 0 });
  const { status, data } = await trtxJson<Report>(
    'compare',
    model,
    '--a',
    'reference',
    '--b',
    engine,
    '--outputs',
    'y',
  );
  expect({ status, ...data }).toMatchObject({ status: 0, ok: true, tensors: [{ name: 'y' }] });
});

it('says so where tensors have other shapes, or nothing in common', async () => {
  const dir = folder();
  const model = writeModel(dir, layersGraph());
  const b = new GraphBuilder('other');
  b.output('y', b.Relu(b.input('x', 'float32', [8, 32])));
  const other = writeModel(dir, b.graph, 'other.onnx');
  const engine = join(dir, 'other.trtx');
  expect(await trtxJson('build', other, '-o', engine)).toMatchObject({ status: 0 });
  const shapes = await trtxJson<object>('compare', model, '--b', engine);
  expect(shapes).toMatchObject({
    status: 1,
    data: { ok: false, incomparable: [{ name: 'y', isOutput: true, reason: expect.stringContaining('[8, 16]') }] },
  });
  const none = await trtxJson<Failure>('compare', model, '--b', engine, '--outputs', 'nowhere');
  expect(none).toMatchObject({ status: 2, data: { error: { code: 'TENSOR_UNKNOWN', tensor: 'nowhere' } } });
  const way = await trtxJson<Failure>('compare', model, '--b', model);
  expect(way).toMatchObject({ status: 2, data: { error: { code: 'USAGE' } } });
});

it('says so where outputs are NaN, on both sides too', async () => {
  const b = new GraphBuilder('roots');
  b.output('y', b.Sqrt(b.input('x', 'float32', [64])));
  const model = writeModel(folder(), b.graph);
  const { status, data } = await trtxJson<Report>('compare', model);
  expect({ status, ...data }).toMatchObject({ status: 1, ok: true, notes: [{ code: 'NOT_A_NUMBER', tensor: 'y' }] });
  expect((await trtx('compare', model)).out).toMatch(/note: the output y has \d+ NaN in webgpu and in reference/);
});
