// --fp16: of build, verify, bench and profile.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GraphBuilder } from '@trtx/ir';
import { exportModel } from '@trtx/onnx';
import { expect, it } from 'vitest';
import { encodeNpy } from '../../apps/cli/src/tensors/npy.ts';
import { expectClose } from '../support/compare.ts';
import { folder, trtx, trtxJson } from './command.ts';
import { failure, MISUSED, write } from './failure.ts';
import { readNpy, writeFolder } from './tensors.ts';
import { tinyInput, tinyModel, tinyOutput } from './tiny.ts';

interface Built {
  readonly float16: { readonly converted: readonly string[]; readonly casts: number };
  readonly inputs: readonly object[];
}

/** y = relu(x · w), with weights that are 0 in float16. */
function tinyWeights(): Uint8Array {
  const b = new GraphBuilder('small');
  const x = b.input('x', 'float32', [2, 3]);
  b.output('y', b.Relu(b.MatMul(x, b.constant('float32', [3, 4], [1, ...new Array<number>(11).fill(1e-9)], 'w'))));
  return exportModel(b.graph);
}

it('builds in float16, tells what that did, and runs it', async () => {
  const dir = folder();
  const [model, engine] = [write(dir, 'tiny.onnx', tinyModel()), join(dir, 'tiny.trtx')];
  const { data } = await trtxJson<Built>('build', model, '-o', engine, '--fp16');
  expect(data).toMatchObject({
    float16: { converted: expect.arrayContaining([expect.stringContaining('MatMul')]), kept: [], findings: [] },
    inputs: [{ name: 'x', dtype: 'float32', storage: 'f32' }],
  });
  writeFileSync(join(dir, 'x.npy'), encodeNpy(tinyInput));
  expect((await trtx('run', engine, '-i', `x=@${join(dir, 'x.npy')}`, '-o', join(dir, 'out'))).status).toBe(0);
  expectClose(readNpy(join(dir, 'out', 'y.npy')), tinyOutput, { relative: 1e-3 });

  const kept = await trtxJson<Built>('build', model, '-o', engine, '--fp16', '--keep', 'MatMul');
  expect(kept.data).toMatchObject({ float16: { kept: [{ reason: 'asked for' }, {}] } });
});

it('warns on the terminal of what is lost', async () => {
  const dir = folder();
  const model = write(dir, 'small.onnx', tinyWeights());
  const { status, out } = await trtx('build', model, '-o', join(dir, 'small.trtx'), '--fp16');
  expect(status).toBe(0);
  expect(out).toMatch(/\n2 nodes in float16 with 2 casts, 0 in float32\n/);
  expect(out).toMatch(/\n\[warning\] float16: 11 elements of 1 constants become 0\n/);
});

it('verifies with the tolerance of float16, on either backend', async () => {
  const dir = folder();
  const model = write(dir, 'tiny.onnx', tinyModel());
  const off = { ...tinyOutput, data: (tinyOutput.data as Float32Array).map((value) => value * 1.005) };
  const expected = writeFolder(join(dir, 'out'), new Map([['y', off]]));
  const folders = ['--inputs', writeFolder(join(dir, 'in'), new Map([['x', tinyInput]])), '--expect', expected];
  for (const backend of ['webgpu', 'reference']) {
    const verify = ['verify', model, ...folders, '--backend', backend];
    const half = await trtxJson<{ ok: boolean } & Built>(...(verify as [string]), '--fp16');
    expect(half).toMatchObject({
      status: 0,
      data: { ok: true, float16: { casts: 2 } },
    });
    expect((await trtx(...verify)).status).toBe(1);
    expect((await trtx(...verify, '--fp16', '--rtol', '1e-4', '--atol', '1e-4')).status).toBe(1);
  }
});

it('times and profiles models in float16', async () => {
  const model = write(folder(), 'tiny.onnx', tinyModel());
  const bench = await trtx('bench', model, '--fp16', '--duration', '0.05', '--warm-up', '5');
  expect(bench.out).toMatch(/^2 nodes in float16 with 2 casts, 0 in float32\nbuild /);
  const profile = await trtxJson<Built>('profile', model, '--fp16', '--duration', '0.1');
  expect(profile.data.float16.converted).toHaveLength(2);
});

it('is refused where there is nothing to convert', async () => {
  const dir = folder();
  const model = write(dir, 'tiny.onnx', tinyModel());
  const engine = join(dir, 'tiny.trtx');
  await trtx('build', model, '-o', engine);
  await failure(MISUSED, 'USAGE', ['bench', engine, '--fp16'], dir);
  await failure(MISUSED, 'USAGE', ['build', model, '-o', join(dir, 'b.trtx'), '--keep', 'MatMul'], dir);
  await failure(MISUSED, 'FLOAT16_UNKNOWN', ['build', model, '-o', join(dir, 'b.trtx'), '--fp16', '--keep', 'no'], dir);
  const b = new GraphBuilder('typed');
  b.output('y', b.Relu(b.input('x', 'float16', [2])));
  const typed = write(dir, 'typed.onnx', exportModel(b.graph));
  const error = await failure(MISUSED, 'FLOAT16_TYPED', ['build', typed, '-o', join(dir, 'b.trtx'), '--fp16'], dir);
  expect(error.message).toMatch(/no tensor of the model is float32: they are float16/);
});
