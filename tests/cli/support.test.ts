// inspect --support: how each op of a model is computed, in one go, also of models that cannot be imported.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { encodeModel } from '../support/onnx-oracle.ts';
import { folder, trtx, trtxJson } from './command.ts';
import { tinyEngine, tinyInput, tinyModel, unknownModel } from './tiny.ts';

function file(name: string, bytes: Uint8Array): string {
  const path = join(folder(), name);
  writeFileSync(path, bytes);
  return path;
}

it('says how a model is computed', async () => {
  const { out, status } = await trtx('inspect', file('tiny.onnx', tinyModel()), '--support');
  expect(status).toBe(0);
  expect(out.replace(/ +/g, ' ')).toMatchInlineSnapshot(`
    " GPU MatMul × 1 ai.onnx 21 matmul.direct, matmul.staged, matmul.gemv, matmul.gemv-blocks, matmul.matrix
     GPU Relu × 1 ai.onnx 21 generated from its expression
    supported: 2 on the GPU
    "
  `);
});

it('lists all that is missing, before what is not', async () => {
  const path = file('unknown.onnx', unknownModel());
  const { out, status } = await trtx('inspect', path, '--support');
  expect(status).toBe(1);
  expect(out.replace(/ +/g, ' ')).toMatchInlineSnapshot(`
    " needs a plugin Frobnicate × 2 com.example 1 it has no definition
     needs a plugin Transmogrify × 1 com.example 1 it has no definition
     GPU Relu × 1 ai.onnx 22 generated from its expression
    not supported: 3 that need a plugin, 1 on the GPU
    "
  `);
  expect(await trtxJson('inspect', path, '--support')).toMatchObject({
    status: 1,
    data: {
      kind: 'support',
      file: path,
      supported: false,
      nodes: { gpu: 1, build: 0, host: 0, plugin: 3, none: 0 },
      ops: [
        { op: 'Frobnicate', domain: 'com.example', version: 1, count: 2, inBodies: 0, kind: 'plugin' },
        { op: 'Transmogrify', kind: 'plugin', count: 1 },
        { op: 'Relu', domain: 'ai.onnx', version: 22, kind: 'gpu' },
      ],
    },
  });
});

it('puts on the host what types keep off the GPU, of some nodes of an op', async () => {
  const words = { dtype: 'string', dims: [2], data: ['a', 'b'] } as const;
  const nodes = [
    { op: 'Equal', inputs: ['x', 'x'], outputs: ['a'] },
    { op: 'Equal', inputs: ['s', 's'], outputs: ['b'] },
  ];
  const path = file('words.onnx', encodeModel(nodes, { x: tinyInput, s: words }));
  const { status, data } = await trtxJson('inspect', path, '--support');
  expect({ status, ...data }).toMatchObject({
    status: 0,
    supported: true,
    ops: [
      { op: 'Equal', kind: 'host', count: 1, reason: 'the GPU has no texts, which s is' },
      { op: 'Equal', kind: 'gpu', count: 1 },
    ],
  });
});

it('knows what is written out in other ops', async () => {
  const nodes = [{ op: 'FastGelu', domain: 'com.microsoft', inputs: ['x'], outputs: ['y'] }];
  const path = file('gelu.onnx', encodeModel(nodes, { x: tinyInput }, { domains: { 'com.microsoft': 1 } }));
  const { status, data } = await trtxJson('inspect', path, '--support');
  expect({ status, ...data }).toMatchObject({
    status: 0,
    supported: true,
    ops: [{ op: 'FastGelu', domain: 'com.microsoft', kind: 'gpu', reason: 'written out in other ops' }],
  });
});

it('says why else a model cannot be imported', async () => {
  const nodes = [{ op: 'MatMul', inputs: ['x', 'x'], outputs: ['y'] }];
  const { data, status } = await trtxJson(
    'inspect',
    file('bad.onnx', encodeModel(nodes, { x: tinyInput })),
    '--support',
  );
  expect({ status, ...data }).toMatchObject({
    status: 1,
    supported: false,
    nodes: { gpu: 1, none: 0 },
    error: { code: 'SHAPE', node: 'MatMul_0 (MatMul)' },
  });
});

it('is about models', async () => {
  expect(await trtxJson('inspect', file('tiny.trtx', await tinyEngine()), '--support')).toMatchObject({
    status: 2,
    data: { error: { code: 'NOT_A_MODEL' } },
  });
});
