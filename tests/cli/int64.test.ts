// --int64: 64-bit integers on the GPU, where a run finds out that 32 bits do not hold one, or on the host.

import { join } from 'node:path';
import { GraphBuilder } from '@trtx/ir';
import { exportModel } from '@trtx/onnx';
import { expect, it } from 'vitest';
import { encodeNpy } from '../../apps/cli/src/tensors/npy.ts';
import { folder, trtx, trtxJson } from './command.ts';
import { FAILED, failure, MISUSED, write } from './failure.ts';
import { readNpy } from './tensors.ts';

/** Squares, of which nothing proves that 32 bits hold them. */
function squares(): Uint8Array {
  const b = new GraphBuilder('squares');
  const x = b.input('x', 'int64', [2]);
  b.output('y', b.Mul(x, x, {}, { name: 'square' }));
  return exportModel(b.graph);
}

const numbers = (...values: bigint[]) =>
  encodeNpy({ dtype: 'int64', dims: [values.length], data: BigInt64Array.from(values) });

it('is checked on the GPU, or computed on the host', async () => {
  const dir = folder();
  const model = write(dir, 'squares.onnx', squares());
  const [small, large] = [write(dir, 'small.npy', numbers(-3n, 46340n)), write(dir, 'large.npy', numbers(5n, 46341n))];
  const out = join(dir, 'out');
  const squared = () => readNpy(join(out, 'y.npy')).data;
  const engine = async (name: string, ...more: string[]) => {
    const file = join(dir, name);
    expect(await trtx('build', model, '-o', file, '-q', ...more)).toMatchObject({ status: 0 });
    return file;
  };
  const run = (file: string, input: string) => ['run', file, '-o', out, '-i', `x=@${input}`];

  const checked = await engine('checked.trtx', '--int64', 'checked');
  const overflow = await failure(FAILED, 'INT64_OVERFLOW', run(checked, large), dir);
  expect(overflow).toMatchObject({ node: expect.stringContaining('square'), hint: expect.anything() });
  expect((await trtxJson(...run(checked, small))).status).toBe(0);
  expect(squared()).toEqual(BigInt64Array.of(9n, 46340n ** 2n));

  const hosted = await engine('hosted.trtx', '--int64', 'host');
  expect((await trtxJson(...run(hosted, large))).status).toBe(0);
  expect(squared()).toEqual(BigInt64Array.of(25n, 46341n ** 2n));
  for (const [file, place] of [[checked, 'gpu'], [hosted, 'host']] as const) // biome-ignore format: pairs
    expect(await trtxJson('inspect', file, '--placement')).toMatchObject({
      data: { nodes: [{ node: 'square', place }] },
    });
});

it('is refused anywhere else', async () => {
  const dir = folder();
  const model = write(dir, 'squares.onnx', squares());
  const args = ['build', model, '-o', join(dir, 'out.trtx'), '--int64', 'wherever'];
  expect((await failure(MISUSED, 'USAGE', args, dir)).message).toMatch(/wherever.*checked.*host/s);
});
