// --device-features, and what an engine says that it needs of a device.

import { join } from 'node:path';
import { parseEngine, writeEngine } from '@trtx/engine';
import { expect, it } from 'vitest';
import { folder, trtx } from './command.ts';
import { FAILED, failure, MISUSED, write } from './failure.ts';
import { tinyEngine, tinyModel } from './tiny.ts';

it('builds for the features that are wanted', async () => {
  const dir = folder();
  const model = write(dir, 'tiny.onnx', tinyModel());
  const builtFor = async (...args: string[]) => {
    const build = await trtx('build', model, '-o', join(dir, 'tiny.trtx'), '--log-level', 'info', ...args);
    expect(build.status).toBe(0);
    return /built for a device with (.*)/
      .exec(build.err)![1]!
      .split(', ')
      .filter((name) => !/^core-|time/.test(name));
  };
  expect(await builtFor('--device-features', 'none')).toEqual([]);
  expect(await builtFor('--device-features', 'subgroups')).toEqual(['subgroups']);
  expect(await builtFor('--device-features', 'default')).toContain('subgroups');
  expect(await builtFor()).toEqual(await builtFor('--device-features', 'experimental'));
});

it('refuses features that the adapter lacks, and what is none', async () => {
  const dir = folder();
  const build = ['build', write(dir, 'tiny.onnx', tinyModel()), '-o', join(dir, 'tiny.trtx'), '--device-features'];
  const error = await failure(FAILED, 'DEVICE_UNSUITABLE', [...build, 'subgroups,shader-f64'], dir);
  expect(error.details).toEqual(['feature shader-f64']);
  expect(error.hint).toContain('subgroups');
  await failure(MISUSED, 'USAGE', [...build, 'none,subgroups'], dir);
});

it.each([['tactics'], ['reduce', '-o', 'part.onnx'], ['passes', '--a', 'webgpu']])(
  'debug %s builds for them too',
  async (...command) => {
    const dir = folder();
    const model = write(dir, 'tiny.onnx', tinyModel());
    const args = ['debug', ...command.slice(0, 1), model, ...command.slice(1)];
    await failure(FAILED, 'DEVICE_UNSUITABLE', [...args, '--device-features', 'subgroups,shader-f64'], dir);
  },
);

it('an engine tells what it needs, and a device what of it it lacks', async () => {
  const dir = folder();
  const { plan, blobs } = parseEngine(await tinyEngine());
  const requires = {
    features: ['subgroups'],
    limits: { subgroupMinSize: 2 ** 20, subgroupMaxSize: 2 ** 20 },
    matrices: [{ componentType: 'f16', resultComponentType: 'f32', M: 16, N: 16, K: 16 }],
  };
  const { chunks } = writeEngine({ plan: { ...plan, requires }, blobs, builder: 'test' });
  const engine = write(dir, 'more.trtx', Buffer.concat(chunks));
  expect((await trtx('inspect', engine)).out).toMatch(
    /requires +subgroups, subgroupMaxSize 1048576, subgroupMinSize 1048576, subgroup matrix .*"M":16.*\n/,
  );
  const run = ['run', engine, '-i', 'x=random', '-o', join(dir, 'out')];
  const error = await failure(FAILED, 'DEVICE_UNSUITABLE', run, dir);
  expect(error.details).toEqual([
    expect.stringMatching(/^subgroup matrix .*"M":16.*"f16".*"f32"/),
    expect.stringMatching(/^subgroupMinSize of 1048576, the device has \d+$/),
  ]);
});
