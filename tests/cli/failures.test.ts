// What goes wrong is told in a way that helps, with the right exit status, and leaves no file behind.

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEngine, writeEngine } from '@trtx/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeNpy } from '../../apps/cli/src/tensors/npy.ts';
import { hasShared, hydrated, sharedModel } from '../support/models.ts';
import { type Failure, filesIn, folder, trtx, trtxJson } from './command.ts';
import { tinyEngine, tinyModel, unknownModel } from './tiny.ts';

const FAILED = 1;
const MISUSED = 2;

let engine: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  engine = await tinyEngine();
});

/** Expects a command to fail with this error and nothing to be written; the error. */
async function failure(status: number, code: string, args: readonly string[], dir: string): Promise<Failure['error']> {
  const before = filesIn(dir);
  const { status: actual, data } = await trtxJson<Failure>(...args);
  expect(Object.keys(data)).toContain('error');
  expect({ status: actual, code: data.error.code }, data.error.message).toEqual({ status, code });
  expect(data.error.message).not.toMatch(/\n\s+at /);
  expect(filesIn(dir)).toEqual(before);
  return data.error;
}

function write(dir: string, name: string, bytes: Uint8Array | string): string {
  const path = join(dir, name);
  writeFileSync(path, bytes);
  return path;
}

describe('build', () => {
  const build = (dir: string, model: string, ...more: string[]) => [
    'build',
    model,
    '-o',
    join(dir, 'out.trtx'),
    ...more,
  ];

  it('of what is no model', async () => {
    const dir = folder();
    await failure(MISUSED, 'FILE_READ', build(dir, join(dir, 'none.onnx')), dir);
    await failure(MISUSED, 'FILE_READ', build(dir, dir), dir);
    const text = write(dir, 'text.onnx', 'This is no model, though it has a name like one.\n');
    expect((await failure(MISUSED, 'ONNX_PARSE', build(dir, text), dir)).hint).toMatch(/no ONNX model/);
    const built = write(dir, 'tiny.trtx', engine);
    expect((await failure(MISUSED, 'NOT_A_MODEL', build(dir, built), dir)).hint).toMatch(/trtx run/);
  });

  it('of a model that is cut off', async () => {
    const dir = folder();
    const whole = tinyModel();
    for (const share of [0, 0.5, 0.95]) {
      const model = write(dir, 'cut.onnx', whole.subarray(0, Math.floor(whole.length * share)));
      const { status, data } = await trtxJson<Failure>(...build(dir, model));
      expect(status).toBe(MISUSED);
      expect(data.error.code).toMatch(/^ONNX_(PARSE|MODEL)$/);
      expect(data.error.hint).toBeTruthy();
      expect(filesIn(dir)).toEqual(['cut.onnx']);
    }
  });

  it('of a model with unknown ops, which are reported together', async () => {
    const dir = folder();
    const error = await failure(FAILED, 'UNSUPPORTED_OPS', build(dir, write(dir, 'u.onnx', unknownModel())), dir);
    expect(error.details).toEqual([
      expect.stringMatching(/com\.example Frobnicate.* 2: .*Frobnicate_0, Frobnicate_1/),
      expect.stringMatching(/com\.example Transmogrify.* 1: .*Transmogrify_3/),
    ]);
    expect(error.node).toBe('Frobnicate_0');
    expect(error.hint).toBeTruthy();
  });

  it('to a place where nothing can be written', async () => {
    const dir = folder();
    const model = write(dir, 'tiny.onnx', tinyModel());
    const missing = join(dir, 'none', 'out.trtx');
    const error = await failure(MISUSED, 'FILE_WRITE', ['build', model, '-o', missing], dir);
    expect(error).toMatchObject({ file: missing, hint: expect.stringMatching(/folder/) });
    await failure(MISUSED, 'FILE_WRITE', ['build', model, '-o', dir], dir);
    await failure(MISUSED, 'USAGE', ['build', model, '-o', model], dir);
  });

  it('with shapes that are none, or not of this model', async () => {
    const dir = folder();
    const model = write(dir, 'tiny.onnx', tinyModel());
    const nan = await failure(MISUSED, 'PROFILE', build(dir, model, '--shapes', 'x:2xNaN'), dir);
    expect(nan).toMatchObject({ tensor: 'x', message: expect.stringMatching(/NaN/), hint: expect.anything() });
    const unknown = await failure(MISUSED, 'PROFILE', build(dir, model, '--shapes', 'z:2x3'), dir);
    expect(unknown).toMatchObject({ message: expect.stringMatching(/no input z/), hint: expect.stringMatching(/x/) });
    expect(await failure(MISUSED, 'PROFILE', build(dir, model, '--shapes', 'x:2x4'), dir)).toMatchObject({
      tensor: 'x',
    });
    expect(await failure(MISUSED, 'PROFILE', build(dir, model, '--shapes', 'x:2'), dir)).toMatchObject({ tensor: 'x' });
  });
});

describe.runIf(hasShared)('build of models from ../shared', () => {
  it('without a range for what is dynamic', async () => {
    const dir = folder();
    const { model } = hydrated('espcn');
    const error = await failure(MISUSED, 'PROFILE_MISSING', ['build', model, '-o', join(dir, 'out.trtx')], dir);
    expect(error).toMatchObject({ tensor: 'input', hint: expect.stringMatching(/--shapes 'input:1x1x\{/) });
  });

  it('with external data that is missing, or outside of the folder of the model', async () => {
    const dir = folder();
    const inner = join(dir, 'inner');
    mkdirSync(inner);
    const { model } = hydrated('espcn');
    const bytes = readFileSync(model);
    const out = ['-o', join(dir, 'out.trtx')];
    const moved = write(inner, 'moved.onnx', bytes);
    expect((await failure(MISUSED, 'ONNX_EXTERNAL', ['build', moved, ...out], dir)).file).toBe('weights.bin');

    copyFileSync(join(model, '..', 'weights.bin'), join(dir, 'eights.b'));
    // A name of the same length, so that the file stays well-formed.
    const escaping = Buffer.from(bytes.toString('latin1').replaceAll('weights.bin', '../eights.b'), 'latin1');
    const error = await failure(
      MISUSED,
      'ONNX_EXTERNAL',
      ['build', write(inner, 'escape.onnx', escaping), ...out],
      dir,
    );
    expect(error).toMatchObject({ message: expect.stringContaining('../eights.b'), hint: expect.anything() });
  });

  it('of a real model whose pre-processing is in ops of another project', async () => {
    const dir = folder();
    const model = sharedModel('superres', 'supres.onnx');
    const error = await failure(FAILED, 'UNSUPPORTED_OPS', ['build', model, '-o', join(dir, 'out.trtx')], dir);
    expect(error.details).toHaveLength(2);
  });
});

describe('run', () => {
  const npy = (dims: number[], dtype: 'float32' | 'float64' = 'float32') => {
    const count = dims.reduce((a, b) => a * b, 1);
    return encodeNpy({ dtype, dims, data: dtype === 'float32' ? new Float32Array(count) : new Float64Array(count) });
  };

  it('with inputs that do not fit', async () => {
    const dir = folder();
    const file = write(dir, 'tiny.trtx', engine);
    const run = (...more: string[]) => ['run', file, '-o', join(dir, 'out'), ...more];
    const input = (name: string, bytes: Uint8Array | string) => ['-i', `x=@${write(dir, name, bytes)}`];

    const shape = await failure(FAILED, 'TENSOR_SHAPE', run(...input('a.npy', npy([2, 4]))), dir);
    expect(shape).toMatchObject({ tensor: 'x' });
    await failure(FAILED, 'TENSOR_SHAPE', run(...input('b.npy', npy([6]))), dir);
    const type = await failure(FAILED, 'TENSOR_TYPE', run(...input('c.npy', npy([2, 3], 'float64'))), dir);
    expect(type).toMatchObject({ tensor: 'x', hint: expect.stringMatching(/astype\(numpy\.float32\)/) });
    const missing = await failure(MISUSED, 'INPUT_MISSING', run(), dir);
    expect(missing).toMatchObject({ tensor: 'x', hint: expect.stringMatching(/--input x=/) });
    const unknown = await failure(MISUSED, 'TENSOR_UNKNOWN', run('-i', 'x=random', '-i', 'z=random'), dir);
    expect(unknown).toMatchObject({ tensor: 'z', hint: expect.stringMatching(/x/) });
  });

  it('with files that are no tensors', async () => {
    const dir = folder();
    const file = write(dir, 'tiny.trtx', engine);
    const run = (...more: string[]) => ['run', file, '-o', join(dir, 'out'), ...more];
    const text = write(dir, 'text.npy', 'hello');
    expect(await failure(MISUSED, 'TENSOR_FILE', run('-i', `x=@${text}`), dir)).toMatchObject({
      tensor: 'x',
      file: text,
    });
    const cut = write(dir, 'cut.npy', npy([2, 3]).subarray(0, -4));
    expect(await failure(MISUSED, 'TENSOR_FILE', run('-i', `x=@${cut}`), dir)).toMatchObject({ file: cut });
    const raw = write(dir, 'x.bin', new Uint8Array(20));
    const size = await failure(MISUSED, 'TENSOR_FILE', run('-i', `x=@${raw}:float32:2x3`), dir);
    expect(size).toMatchObject({ file: raw, message: expect.stringMatching(/20 bytes.*24/) });
    await failure(MISUSED, 'FILE_READ', run('-i', `x=@${join(dir, 'none.npy')}`), dir);
    await failure(MISUSED, 'USAGE', run('-i', `x=${raw}`), dir);
  });

  it('of an engine with a byte flipped, or cut off', async () => {
    const dir = folder();
    const args = ['-i', 'x=random', '-o', join(dir, 'out')];
    for (const at of [0, 20, 300, engine.length - 30]) {
      const damaged = engine.slice();
      damaged[at]! ^= 0x10;
      const file = write(dir, 'damaged.trtx', damaged);
      const code = at === 0 ? 'NOT_AN_ENGINE' : 'ENGINE_DAMAGED';
      expect((await failure(MISUSED, code, ['run', file, ...args], dir)).message).toBeTruthy();
    }
    const cut = write(dir, 'cut.trtx', engine.subarray(0, engine.length - 5));
    await failure(MISUSED, 'ENGINE_DAMAGED', ['run', cut, ...args], dir);
    const model = write(dir, 'tiny.onnx', tinyModel());
    expect((await failure(MISUSED, 'NOT_AN_ENGINE', ['run', model, ...args], dir)).hint).toMatch(/trtx build/);
  });

  it('of an engine for a device with more features', async () => {
    const dir = folder();
    const { plan, blobs } = parseEngine(engine);
    const requires = { features: ['chromium-experimental-subgroup-matrix'], limits: { maxBufferSize: 2 ** 50 } };
    const { chunks } = writeEngine({ plan: { ...plan, requires }, blobs, builder: 'test' });
    const file = write(dir, 'more.trtx', Buffer.concat(chunks));
    const error = await failure(
      FAILED,
      'DEVICE_UNSUITABLE',
      ['run', file, '-i', 'x=random', '-o', join(dir, 'out')],
      dir,
    );
    expect(error.details).toEqual([
      expect.stringContaining('chromium-experimental-subgroup-matrix'),
      expect.stringContaining('maxBufferSize'),
    ]);
    expect(error.hint).toBeTruthy();
  });
});

describe('verify', () => {
  it('with folders that have no tensors, or those of another model', async () => {
    const dir = folder();
    const model = write(dir, 'tiny.onnx', tinyModel());
    const verify = ['verify', model, '--inputs', dir, '--expect', dir, '--backend', 'reference'];
    await failure(MISUSED, 'FILE_READ', verify, dir);
    write(dir, 'index.json', '[{"name": "z", "file": "z.bin", "dtype": "float32", "dims": [1]}]');
    write(dir, 'z.bin', new Uint8Array(4));
    expect(await failure(MISUSED, 'TENSOR_UNKNOWN', verify, dir)).toMatchObject({ tensor: 'z' });
    write(dir, 'index.json', '{"name": "z"}');
    expect(await failure(MISUSED, 'TENSOR_FILE', verify, dir)).toMatchObject({ file: join(dir, 'index.json') });
    write(dir, 'index.json', '[]');
    expect(await failure(MISUSED, 'INPUT_MISSING', verify, dir)).toMatchObject({ tensor: 'x' });
  });
});

describe('arguments', () => {
  it.each([
    [['build', 'model.onnx']],
    [['build', '-o', 'x.trtx']],
    [['build', 'a.onnx', '-o', 'x.trtx', '-O', '4']],
    [['build', 'a.onnx', '-o', 'x.trtx', '--shapes', 'x:1', '--min-shapes', 'x:1']],
    [['run', 'x.trtx']],
    [['verify', 'a.onnx', '--inputs', '.', '--expect', '.', '--backend', 'cuda']],
    [['frobnicate']],
    [['inspect', 'x', '--frobnicate']],
  ])('%j', async (args) => {
    const error = await failure(MISUSED, 'USAGE', args, folder());
    expect(error.hint).toBeTruthy();
  });

  it('without --json an error is one block on stderr, with a stack only where it is asked for', async () => {
    const args = ['inspect', join(folder(), 'none')];
    const { status, out, err } = await trtx(...args);
    expect({ status, out }).toEqual({ status: MISUSED, out: '' });
    expect(err).toMatch(/^FILE_READ: there is no such file \(file .*none\)\n$/);
    expect((await trtx(...args, '--verbose')).err).toMatch(/^TrtxError: FILE_READ.*\n\s+at .*\n/);
  });
});
