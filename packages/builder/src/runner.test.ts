import { DEFAULT_LIMITS } from '@trtx/codegen';
import { parseProfile, type Tensor } from '@trtx/ir';
import { type NodeDevice, requestNodeDevice } from '@trtx/runtime/node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EngineRunner } from './runner.ts';
import { targetOf } from './target.ts';
import { matmulGraph } from './testing/models.ts';

let gpu: NodeDevice;
beforeAll(async () => {
  const found = await requestNodeDevice();
  if (!found) throw new Error('no WebGPU adapter; run the tests with `npm run vitest`');
  gpu = found;
});
afterAll(() => gpu.release());

const x = (dims: number[]): Tensor => ({
  dtype: 'float32',
  dims,
  data: Float32Array.from({ length: dims[0]! * dims[1]! }, (_, i) => i),
});

it('runs a graph on a device, at every shape of its profile', async () => {
  const stages = new Set<string>();
  const runner = await EngineRunner.create(matmulGraph(), {
    device: gpu.device,
    software: gpu.isFallback,
    profile: parseProfile('x:{1..8}x3'),
    onProgress: ({ stage }) => stages.add(stage),
    onLoad: ({ stage }) => stages.add(stage),
  });
  expect([...stages]).toEqual(expect.arrayContaining(['optimize', 'kernels', 'write', 'weights', 'pipelines']));
  for (const rows of [1, 2, 8]) {
    const y = (await runner.run(new Map([['x', x([rows, 3])]]))).get('y')!;
    const expected = Float32Array.from({ length: rows * 4 }, (_, i) => {
      const [row, column] = [Math.floor(i / 4), i % 4];
      let sum = 0;
      for (let k = 0; k < 3; k++) sum += (row * 3 + k) * (k * 4 + column - 5);
      return Math.max(0, sum);
    });
    expect(y).toEqual({ dtype: 'float32', dims: [rows, 4], data: expected });
  }
  await expect(runner.run(new Map([['x', x([9, 3])]]))).rejects.toMatchObject({ code: 'SHAPE_OUT_OF_PROFILE' });
  await expect(runner.run(new Map())).rejects.toMatchObject({ code: 'INPUT_MISSING', place: { tensor: 'x' } });
  await runner.dispose();
});

it('targetOf reads off what a device has', () => {
  const { features, limits, software } = targetOf(gpu.device, gpu.isFallback);
  expect(software).toBe(gpu.isFallback);
  expect([...features].sort()).toEqual([...gpu.device.features].sort());
  expect(Object.keys(limits).sort()).toEqual(Object.keys(DEFAULT_LIMITS).sort());
  for (const [name, least] of Object.entries(DEFAULT_LIMITS))
    expect(limits[name as keyof typeof limits], name).toBeGreaterThanOrEqual(least);
});
