import { Engine } from '@trtx/runtime';
import { expect, it } from 'vitest';
import { useDevice } from '../../../runtime/src/testing/gpu.ts';
import { bytesOf } from '../build.ts';
import { profileOf } from '../profile.ts';
import { matmulGraph } from '../testing/models.ts';
import { buildTuned } from './build-tuned.ts';

const gpu = useDevice();

it('builds what computes rightly, from what was timed on the device', async () => {
  const { device } = gpu;
  const profile = profileOf(new Map([['x', [2, 3]]]));
  const { plan, file, tuning } = await buildTuned(matmulGraph(), { device, software: true, profile, budget: 20 });
  expect(tuning).toMatchObject({ problems: 1, timed: 1, failed: 0 });
  expect(plan.work!.dispatches[0]!.timing).toMatchObject({ us: expect.any(Number) });
  const engine = await Engine.load(bytesOf(file), { device });
  const { y } = await engine.createContext().run({ x: { data: Float32Array.of(1, 0, 0, 0, 0, 1), dims: [2, 3] } });
  expect(y!.data).toEqual(Float32Array.of(0, 0, 0, 0, 3, 4, 5, 6));
  await engine.dispose();
});
