// What goes wrong in a build is told in a way that helps, with the right exit status, and leaves no file behind.

import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasShared, hydrated, sharedModel } from '../support/models.ts';
import { type Failure, filesIn, folder, trtxJson } from './command.ts';
import { FAILED, failure, MISUSED, write } from './failure.ts';
import { tinyEngine, tinyModel, unknownModel } from './tiny.ts';

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
    const built = write(dir, 'tiny.trtx', await tinyEngine());
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

  it('with less workspace than it needs', async () => {
    const dir = folder();
    const model = write(dir, 'tiny.onnx', tinyModel());
    await failure(MISUSED, 'USAGE', build(dir, model, '--workspace', '64MiX'), dir);
    const { status } = await trtxJson(...build(dir, model, '--workspace', '64MiB'));
    expect(status).toBe(0);
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
