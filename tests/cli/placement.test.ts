// inspect --placement: each node of a model with GPU, build or host, of the model and of its engine alike.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NodePlacement } from '@trtx/engine';
import { GraphBuilder } from '@trtx/ir';
import { exportModel } from '@trtx/onnx';
import { expect, it } from 'vitest';
import { folder, trtx, trtxJson } from './command.ts';

interface Placement {
  readonly gpu: number;
  readonly build: number;
  readonly host: number;
  readonly nodes: readonly NodePlacement[];
}

/** A node for each place. */
function mixedModel(): Uint8Array {
  const b = new GraphBuilder('mixed');
  const x = b.input('x', 'float32', ['N', 4]);
  const one = b.constant('float32', [], [1]);
  b.output('y', b.Relu(b.Mul(x, b.Add(one, one, {}, { name: 'two' })), {}, { name: 'relu' }));
  const texts = b.input('s', 'string', [2]);
  b.output('t', b.StringConcat(texts, texts, {}, { name: 'join' }));
  return exportModel(b.graph);
}

it('lists the nodes of a model, and of the engine built from it', async () => {
  const dir = folder();
  const [model, engine] = [join(dir, 'mixed.onnx'), join(dir, 'mixed.trtx')];
  writeFileSync(model, mixedModel());
  const shapes = ['--shapes', 'x:{1..8}x4'];

  const { out, err, status } = await trtx('inspect', model, '--placement', '-q', ...shapes);
  expect({ err, status }).toEqual({ err: '', status: 0 });
  expect(out.replace(/ +/g, ' ')).toBe(
    [
      ' build two Add fold-constants/constant-inputs',
      ' GPU Mul Mul map',
      ' GPU relu Relu map',
      ' host join StringConcat the GPU has no texts, which s is (step 1)',
      '4 nodes: 2 on the GPU, 1 done at build, 1 on the host at each run',
      '',
    ].join('\n'),
  );

  expect((await trtx('build', model, '-o', engine, '--portable', ...shapes)).status).toBe(0);
  const { data } = await trtxJson<Placement>('inspect', engine, '--placement');
  expect(data).toEqual({
    ...(await trtxJson<Placement>('inspect', model, '--placement', ...shapes)).data,
    file: engine,
  });
  expect(data).toMatchObject({ kind: 'placement', gpu: 2, build: 1, host: 1 });
  expect(data.nodes.at(-1)).toMatchObject({ node: 'join', place: 'host', steps: [1] });
});

it('asks for the shapes of a model, and refuses to build for the host with the same reason', async () => {
  const dir = folder();
  const model = join(dir, 'mixed.onnx');
  writeFileSync(model, mixedModel());
  expect(await trtxJson('inspect', model, '--placement')).toMatchObject({
    status: 2,
    data: { error: { code: 'PROFILE_MISSING', tensor: 'x' } },
  });
  const engine = join(dir, 'mixed.trtx');
  expect(await trtxJson('build', model, '-o', engine, '--portable', '--no-host', '--shapes', 'x:2x4')).toMatchObject({
    status: 1,
    data: {
      error: {
        code: 'UNSUPPORTED_NODES',
        details: ['s: the input is string', 'join (StringConcat): the GPU has no texts, which s is'],
        hint: expect.stringContaining('--no-host'),
      },
    },
  });
});
