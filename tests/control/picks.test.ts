// What picks elements by their values, on the GPU: beside ONNX Runtime, whatever is picked.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineRunner } from '@trtx/builder';
import { GraphBuilder, type Tensor } from '@trtx/ir';
import { exportModel } from '@trtx/onnx';
import { afterAll, expect, it } from 'vitest';
import { testDevice } from '../support/chain.ts';
import { ortRunner } from '../support/ort.ts';

const folder = mkdtempSync(join(tmpdir(), 'trtx-picks-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Some zeros, some not; `every` tells which are not. */
const floats = (dims: number[], every: (i: number) => boolean): Tensor => {
  const count = dims.reduce((a, b) => a * b, 1);
  return { dtype: 'float32', dims, data: Float32Array.from({ length: count }, (_, i) => (every(i) ? i - 7.5 : 0)) };
};

function picks(): GraphBuilder {
  const b = new GraphBuilder('picks');
  const [x, rows] = [b.input('x', 'float32', [13, 7]), b.input('rows', 'float32', ['N', 7])];
  const places = b.NonZero(x);
  b.output('places', places);
  // What follows has the size that the run tells.
  b.output('doubled', b.Mul(b.Cast(places, { to: 'float32' }), b.constant('float32', [], [2])));
  const positive = b.Greater(
    b.ReduceSum(rows, b.constant('int64', [1], [1]), { keepdims: 0 }),
    b.constant('float32', [], [0]),
  );
  const chosen = b.Compress(rows, positive, { axis: 0 });
  b.output('chosen', b.Softmax(chosen, { axis: 1 }));
  b.output('flat', b.Compress(x, b.constant('bool', [5], [1, 0, 0, 1, 1])));
  return b;
}

it('NonZero and Compress on the GPU, whose counts alone go to the host', async () => {
  const file = join(folder, 'picks.onnx');
  writeFileSync(file, exportModel(picks().graph));
  const ort = await ortRunner(file);
  const { device, isFallback: software } = await testDevice();
  const profile = { rows: [{ min: 1, max: 300 }, 7] };
  const engine = await EngineRunner.create(picks().graph, { device, software, profile });
  const hosted = engine.engine.plan.hostNodes.filter(({ step }) => step !== undefined);
  expect(hosted.map(({ op }) => op)).toEqual(['trtx::Steer', 'trtx::Steer']);
  for (const [x, n, row] of [
    [(i: number) => i % 3 === 0, 5, (i: number) => i % 7 === 0],
    [() => true, 300, () => true],
    [() => false, 1, () => false],
    [(i: number) => i === 90, 129, (i: number) => i > 500],
  ] as const) {
    const inputs = new Map([
      ['x', floats([13, 7], x)],
      ['rows', floats([n, 7], row)],
    ]);
    const [outputs, expected] = [await engine.run(inputs), await ort.run(inputs)];
    for (const [name, { dims, data }] of expected) {
      expect(outputs.get(name)!.dims, name).toEqual(dims);
      const found = Array.from(outputs.get(name)!.data as ArrayLike<number>, Number);
      Array.from(data as ArrayLike<number>, Number).forEach((value, i) => {
        expect(found[i], `${name}[${i}]`).toBeCloseTo(value, 5);
      });
    }
  }
  await engine.dispose();
  await ort.dispose?.();
});
