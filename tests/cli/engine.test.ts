// build, inspect and run on models made here: what is printed, what is written, what comes out.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EngineSummary, inspectEngine } from '@trtx/engine';
import { GraphBuilder, type Tensor } from '@trtx/ir';
import { exportModel } from '@trtx/onnx';
import { importFile } from '@trtx/onnx/node';
import { ReferenceRunner } from '@trtx/reference';
import { expect, it } from 'vitest';
import { encodeNpy } from '../../apps/cli/src/tensors/npy.ts';
import { randomTensor } from '../../apps/cli/src/tensors/random.ts';
import { expectClose } from '../support/compare.ts';
import { filesIn, folder, trtx, trtxJson } from './command.ts';
import { readNpy } from './tensors.ts';
import { pictureModel, tinyInput, tinyModel, tinyOutput, unknownModel } from './tiny.ts';

it('builds a model, tells what the engine is, and runs it', async () => {
  const dir = folder();
  const [model, engine, out] = ['tiny.onnx', 'tiny.trtx', 'out'].map((name) => join(dir, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(model, tinyModel());

  const build = await trtx('build', model, '-o', engine);
  expect(build.status).toBe(0);
  expect(build.err).toMatch(/^trtx: read .*\nadapter: .+\ntrtx: optimize \(O2\)\ntrtx: kernels .*\ntrtx: write .*\n$/);
  expect(build.out).toMatch(/^.*tiny\.trtx: .* built in .*\n {2}input +x: float32\[2, 3\]\n/);
  expect(filesIn(dir)).toEqual(['tiny.onnx', 'tiny.trtx']);

  const inspect = await trtxJson<EngineSummary>('inspect', engine);
  expect(inspect).toEqual({
    status: 0,
    data: { kind: 'engine', file: engine, ...JSON.parse(JSON.stringify(inspectEngine(readFileSync(engine)))) },
  });
  for (const key of [
    'dispatches',
    'kernels',
    'pipelines',
    'arenaBytes',
    'liveBytesPeak',
    'weightBytes',
    'hostNodes',
    'requires',
  ])
    expect(inspect.data).toHaveProperty(key);
  expect(inspect.data.inBounds).toBe(true);
  const text = (await trtx('inspect', engine)).out;
  expect(text).toMatch(/dispatches +\d+, \d+ pipelines\n.*kernels/s);
  expect(text).toMatch(/^ *accesses +in bounds, whatever the inputs$/m);
  const wild = new GraphBuilder('wild');
  wild.output('y', wild.Gather(wild.input('x', 'float32', [4]), wild.input('i', 'int32', [3])));
  writeFileSync(join(dir, 'wild.onnx'), exportModel(wild.graph));
  await trtx('build', join(dir, 'wild.onnx'), '-o', join(dir, 'wild.trtx'));
  expect((await trtx('inspect', join(dir, 'wild.trtx'))).out).toMatch(/^ *accesses +checked by the device in map$/m);

  writeFileSync(join(dir, 'x.npy'), encodeNpy(tinyInput));
  const run = await trtx('run', engine, '--input', `x=@${join(dir, 'x.npy')}`, '--output', out);
  expect(run.status).toBe(0);
  expect(run.out).toMatch(/^y {2}float32\[2, 4\] {2}min 0, max \d+, mean .* {2}.*y\.npy\nloaded in .*, run in .*\n$/);
  expectClose(readNpy(join(out, 'y.npy')), tinyOutput);
});

it('builds the same bytes every time, without an adapter too', async () => {
  const dir = folder();
  const model = join(dir, 'tiny.onnx');
  writeFileSync(model, tinyModel());
  const bytes: Buffer[] = [];
  for (const name of ['a.trtx', 'b.trtx']) {
    const { status, data } = await trtxJson('build', model, '-o', join(dir, name), '--portable', '-O', '1');
    expect({ status, ...data }).toMatchObject({
      status: 0,
      adapter: 'portable (the WebGPU defaults)',
      output: join(dir, name),
      buildMs: expect.any(Number),
      requires: { features: [], limits: {} },
      dispatches: expect.any(Number),
    });
    bytes.push(readFileSync(join(dir, name)));
    expect(data.bytes).toBe(bytes.at(-1)!.length);
  }
  expect(bytes[0]!.equals(bytes[1]!)).toBe(true);
});

it('builds for a range of shapes, and runs raw and random inputs of several', async () => {
  const dir = folder();
  const [model, engine, out] = ['p.onnx', 'p.trtx', 'out'].map((name) => join(dir, name)) as [string, string, string];
  writeFileSync(model, pictureModel());
  const ends = ['--min-shapes', 'image:1x3x8x8', '--opt-shapes', 'image:1x3x8x16', '--max-shapes', 'image:1x3x32x16'];
  const { data } = await trtxJson<EngineSummary>('build', model, '-o', engine, ...ends);
  expect(data.symbols).toEqual([
    { name: 'H', min: 8, max: 32, multipleOf: 1 },
    { name: 'W', min: 8, max: 16, multipleOf: 1 },
  ]);
  expect((await trtx('inspect', engine)).out).toMatch(/dimension +H: 8 to 32\n/);

  const check = async (image: Tensor, ...args: string[]) => {
    const { status } = await trtxJson('run', engine, '-o', out, ...args);
    expect(status).toBe(0);
    const expected = await new ReferenceRunner((await importFile(model)).graph).run(new Map([['image', image]]));
    expectClose(readNpy(join(out, 'features.npy')), expected.get('features')!, { absolute: 1e-5 });
  };
  await check(randomTensor('float32', [1, 3, 9, 13], 5), '-i', 'image=random:5', '--shapes', 'image:1x3x9x13');
  const image = randomTensor('float32', [1, 3, 32, 8], 6);
  writeFileSync(join(dir, 'x.bin'), image.data as Float32Array);
  await check(image, '-i', `image=@${join(dir, 'x.bin')}:float32:1x3x32x8`);

  const open = await trtxJson<{ error: object }>('run', engine, '-o', out, '-i', 'image=random');
  expect(open.status).toBe(2);
  expect(open.data.error).toMatchObject({
    code: 'PROFILE',
    tensor: 'image',
    hint: expect.stringMatching(/--shapes 'image:1x3x/),
  });
  const far = await trtxJson<{ error: object }>(
    'run',
    engine,
    '-o',
    out,
    '-i',
    'image=random',
    '--shapes',
    'image:1x3x64x8',
  );
  expect(far).toMatchObject({ status: 1, data: { error: { code: 'SHAPE_OUT_OF_PROFILE', tensor: 'image' } } });
});

it('builds several profiles, lists them, and runs the one that holds the shapes or is asked for', async () => {
  const dir = folder();
  const [model, engine, out] = ['p.onnx', 'p.trtx', 'out'].map((name) => join(dir, name)) as [string, string, string];
  writeFileSync(model, pictureModel());
  const small = ['--profile', 'small', '--shapes', 'image:1x3x8x{8..16}'];
  const large = ['--profile', 'large', '--min-shapes', 'image:1x3x8x16', '--max-shapes', 'image:1x3x32x32'];
  const { data } = await trtxJson<EngineSummary>('build', model, '-o', engine, ...small, ...large);
  expect(data.profiles).toMatchObject([
    { name: 'small', inputs: [{ shape: '[1, 3, 8, W]' }], symbols: [{ name: 'W', min: 8, max: 16 }] },
    { name: 'large', inputs: [{ shape: '[1, 3, H, W]' }], symbols: [{ name: 'H', min: 8, max: 32 }, { min: 16 }] },
  ]);
  const { out: text } = await trtx('inspect', engine);
  expect(text).toMatch(/profile +small\n.*dimension +W: 8 to 16\n.*arena.*profile +large\n.*dimension +H: 8 to 32\n/s);

  const run = (size: string, ...args: string[]) =>
    trtxJson<{ error: object }>(
      'run',
      engine,
      '-o',
      out,
      '-i',
      'image=random:5',
      '--shapes',
      `image:1x3x${size}`,
      ...args,
    );
  for (const [size, ...args] of [['8x9'], ['32x30'], ['8x16', '--profile', 'large']] as const) {
    expect((await run(size, ...args)).status).toBe(0);
    const image = randomTensor('float32', [1, 3, ...size.split('x').map(Number)], 5);
    const expected = await new ReferenceRunner((await importFile(model)).graph).run(new Map([['image', image]]));
    expectClose(readNpy(join(out, 'features.npy')), expected.get('features')!, { absolute: 1e-5 });
  }
  expect(await run('8x15', '--profile', 'large')).toMatchObject({
    status: 1,
    data: { error: { code: 'SHAPE_OUT_OF_PROFILE', tensor: 'image' } },
  });
  const outside = await run('9x8');
  expect(outside.data.error).toMatchObject({
    details: [/^small: image dimension 2 /, /^large: image dimension 3 /].map((line) => expect.stringMatching(line)),
  });
  expect(await run('8x8', '--profile', 'huge')).toMatchObject({
    status: 1,
    data: { error: { code: 'PROFILE_UNKNOWN' } },
  });
  // Only what is fixed in all profiles needs no --shapes.
  const open = await trtxJson<{ error: object }>('run', engine, '-o', out, '-i', 'image=random');
  expect(open.data.error).toMatchObject({ code: 'PROFILE', tensor: 'image' });
});

it('inspects a model: what it has, and all that is unsupported', async () => {
  const dir = folder();
  const model = join(dir, 'engine.trtx');
  writeFileSync(model, unknownModel());
  const { status, data } = await trtxJson('inspect', model);
  expect({ status, ...data }).toMatchObject({
    status: 0,
    kind: 'model',
    inputs: [{ name: 'x', type: 'float32', dims: [2, 3] }],
    outputs: [{ name: 'y' }],
    opsets: { 'ai.onnx': 22, 'com.example': 1 },
    ops: { Relu: 1, 'com.example::Frobnicate': 2, 'com.example::Transmogrify': 1 },
    parameters: 0,
    unsupported: [
      { op: 'Frobnicate', count: 2, nodes: ['Frobnicate_0', 'Frobnicate_1'] },
      { op: 'Transmogrify', count: 1 },
    ],
  });
  const { out } = await trtx('inspect', model);
  expect(out).toMatch(/unsupported +2 ops\n +Frobnicate .*\n +Transmogrify .*\n$/);
});
