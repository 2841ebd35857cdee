import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cacheInputs, cacheModel } from '../support/cache.ts';
import { expectClose } from '../support/compare.ts';
import { runModelWithOnnxRuntime } from '../support/onnx-oracle.ts';
import { folder, trtxJson } from './command.ts';
import { readNpy } from './tensors.ts';

it('builds for sizes from 0, and runs with nothing and with more', async () => {
  const dir = folder();
  const [model, engine, out] = ['m.onnx', 'm.trtx', 'out'].map((name) => join(dir, name)) as [string, string, string];
  writeFileSync(model, cacheModel());
  const ends = ['--min-shapes', 'past:1x2x0x4,x:1x2x1x4', '--max-shapes', 'past:1x2x9x4,x:1x2x3x4'];
  const { status, data } = await trtxJson<{ symbols: object[] }>('build', model, '-o', engine, ...ends);
  expect({ status, symbols: data.symbols }).toMatchObject({
    status: 0,
    symbols: [{ name: 'P', min: 0, max: 9 }, { min: 1 }],
  });
  for (const past of [0, 5]) {
    const given = cacheInputs(past, 2);
    const args = Object.entries(given).flatMap(([name, { dims, data }]) => {
      const file = join(dir, `${name}.bin`);
      writeFileSync(file, data as Float32Array);
      return ['-i', `${name}=@${file}:float32:${dims.join('x')}`];
    });
    expect((await trtxJson('run', engine, '-o', out, ...args)).status).toBe(0);
    for (const [name, tensor] of await runModelWithOnnxRuntime(cacheModel(), given))
      expectClose(readNpy(join(out, `${name}.npy`)), tensor, {}, `${name} after ${past}`);
  }
});
