// --plugin: a module of the user's, in a process of the command's; what it emits is in the engine, which runs without it.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { encodeModel } from '../support/onnx-oracle.ts';
import { type Failure, folder, trtx, trtxJson } from './command.ts';
import { readNpy, writeFolder } from './tensors.ts';
import { tinyInput } from './tiny.ts';

/** A plugin that imports nothing: x + x as com.example::Twice, and how Frobnicate is written with it. */
const TWICE = `
const x = { kind: 'arg', index: 0, dtype: 'float32' };
const twice = {
  domain: 'com.example', name: 'Twice', since: 1, summary: 'x + x', attributes: {},
  inputs: [{ name: 'x', types: ['float32'] }], outputs: [{ name: 'y' }],
  trait: { kind: 'pointwise', scalar: () => ({ kind: 'binary', op: 'add', a: x, b: x, dtype: 'float32' }) },
  infer: (at) => [at.input(0)],
};
export const plugin = {
  name: 'twice', version: '1.0.0', apiVersion: { ir: 1, kernels: 1 }, ops: [twice],
  onnx: { 'com.example': { Frobnicate: (node, emit) => [emit.node('com.example::Twice', node.inputs)] } },
};
`;

/** relu(4 · x), of two nodes that a plugin has to define, and one of @trtx. */
const MODEL = encodeModel(
  [
    { op: 'Twice', domain: 'com.example', inputs: ['x'], outputs: ['a'] },
    { op: 'Frobnicate', domain: 'com.example', inputs: ['a'], outputs: ['b'] },
    { op: 'Relu', inputs: ['b'], outputs: ['y'] },
  ],
  { x: tinyInput },
  { domains: { 'com.example': 1 } },
);
const RESULT = { ...tinyInput, data: Float32Array.of(0, 0, 0, 4, 8, 12) };

function files() {
  const dir = folder();
  const path = (name: string, contents: string | Uint8Array) => {
    writeFileSync(join(dir, name), contents);
    return join(dir, name);
  };
  return { dir, model: path('model.onnx', MODEL), plugin: path('twice.mjs', TWICE), path };
}

it('builds one dispatch of what the plugin defines, which runs without it', async () => {
  const { dir, model, plugin } = files();
  const engine = join(dir, 'model.trtx');
  const built = await trtxJson('build', model, '-o', engine, '--plugin', plugin);
  expect(built).toMatchObject({ status: 0, data: { dispatches: 1 } });
  const inputs = writeFolder(join(dir, 'inputs'), new Map([['x', tinyInput]]));
  const out = join(dir, 'out');
  const run = await trtx('run', engine, '--input', `x=@${join(inputs, '0.bin')}:float32:2x3`, '--output', out);
  expect(run).toMatchObject({ status: 0 });
  expect(readNpy(join(out, 'y.npy'))).toEqual(RESULT);
});

it.each(['webgpu', 'reference'])('verifies on %s', async (backend) => {
  const { dir, model, plugin } = files();
  const inputs = writeFolder(join(dir, 'inputs'), new Map([['x', tinyInput]]));
  const outputs = writeFolder(join(dir, 'outputs'), new Map([['y', RESULT]]));
  const args = ['verify', model, '--inputs', inputs, '--expect', outputs, '--backend', backend];
  expect(await trtxJson(...args, '--plugin', plugin)).toMatchObject({ status: 0, data: { ok: true } });
  expect(await trtxJson(...args)).toMatchObject({ status: 1, data: { error: { code: 'UNSUPPORTED_OPS' } } });
});

it('optimizes around nodes of plugins, with their passes', async () => {
  const { dir, model, path } = files();
  const pass = `
  passes: [{ pass: { name: 'own', summary: 'Relu of it is Abs', rules: [{ name: 'abs', ops: ['Relu'], apply: (node, patch) =>
    patch.replace(node.output, patch.node('Abs', node.inputs), 'own') }] } }], ops`;
  const plugin = path('passes.mjs', TWICE.replace(' ops', pass));
  const output = join(dir, 'smaller.onnx');
  const { status, data } = await trtxJson('optimize', model, output, '--plugin', plugin, '--skip', 'own');
  expect({ status, ops: data.ops }).toEqual({
    status: 0,
    ops: {
      'com.example::Twice': { before: 1, after: 2 },
      'com.example::Frobnicate': { before: 1, after: 0 },
      Relu: { before: 1, after: 1 },
    },
  });
  await trtxJson('optimize', model, output, '--plugin', plugin);
  expect((await trtxJson('inspect', output, '--support', '--plugin', plugin)).data).toMatchObject({
    ops: expect.arrayContaining([expect.objectContaining({ op: 'Abs', count: 1 })]),
  });
});

it('tells where nodes of plugins are computed', async () => {
  const { model, plugin } = files();
  const support = await trtxJson('inspect', model, '--support', '--plugin', plugin);
  expect(support).toMatchObject({ status: 0, data: { supported: true, nodes: { gpu: 3, plugin: 0 } } });
  const placement = await trtxJson('inspect', model, '--placement', '--plugin', plugin);
  expect(placement).toMatchObject({ status: 0, data: { gpu: 3, host: 0 } });
  expect((await trtx('inspect', model, '--plugin', plugin)).out).not.toContain('needs a plugin');
});

it.each([
  ['PLUGIN_LOAD', 'export const other = 1;', /exports no plugin/],
  ['PLUGIN_LOAD', 'export const = 1;', /cannot be loaded/],
  ['PLUGIN_API', TWICE.replace('ir: 1', 'ir: 0'), /ir: made for 0/],
  ['PLUGIN_DEFINITION', TWICE.replace("name: 'twice'", "name: ''"), /no name/],
])('%s, with what to do', async (code, source, message) => {
  const { dir, model, path } = files();
  const wrong = path('wrong.mjs', source);
  const args = ['build', model, '-o', join(dir, 'model.trtx'), '--plugin', wrong];
  const { status, data } = await trtxJson<Failure>(...args);
  expect({ status, code: data.error.code, hint: data.error.hint }).toEqual({
    status: 2,
    code,
    hint: expect.any(String),
  });
  expect([data.error.message, ...(data.error.details ?? [])].join('\n')).toMatch(message);
});

it('refuses one plugin twice, and one that is not there', async () => {
  const { dir, model, plugin } = files();
  const args = ['build', model, '-o', join(dir, 'model.trtx'), '--plugin', plugin];
  expect((await trtxJson<Failure>(...args, '--plugin', plugin)).data.error.code).toBe('PLUGIN_CONFLICT');
  expect((await trtxJson<Failure>(...args, '--plugin', './none.mjs')).data.error.code).toBe('PLUGIN_LOAD');
});
