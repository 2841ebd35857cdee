// What goes wrong in a run, in a check or with the arguments is told in a way that helps, and leaves no file behind.

import { join } from 'node:path';
import { parseEngine, writeEngine } from '@trtx/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeNpy } from '../../apps/cli/src/tensors/npy.ts';
import { folder, trtx } from './command.ts';
import { FAILED, failure, MISUSED, write } from './failure.ts';
import { tinyEngine, tinyModel } from './tiny.ts';

let engine: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  engine = await tinyEngine();
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
    expect(err).toMatch(/^FILE_READ: there is no such file \(file .*none\)\n {2}hint: Check the path\.\n$/);
    expect((await trtx(...args, '--verbose')).err).toMatch(/^TrtxError: FILE_READ.*\n\s+at .*\n/s);
  });
});
