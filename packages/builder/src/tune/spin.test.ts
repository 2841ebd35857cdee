import { expect, it } from 'vitest';
import { watchDevice } from '../../../runtime/src/testing/device.ts';
import { useDevice } from '../../../runtime/src/testing/gpu.ts';
import { Spin } from './spin.ts';

const gpu = useDevice();

it('is steady once it has run for a while and takes no longer than it did', async () => {
  const watched = watchDevice(gpu.device);
  let time = 0;
  const spin = new Spin(watched.device, () => time);
  const encoder = watched.device.createCommandEncoder();
  spin.record(encoder.beginComputePass());
  watched.device.queue.submit([encoder.finish()]);
  await watched.device.queue.onSubmittedWorkDone();
  // Too short to tell: more of it is taken.
  expect(spin.isSteady(300)).toBe(false);
  expect([9000, 9000].map((us) => spin.isSteady(us))).toEqual([false, false]);
  time = 500;
  expect([2000, 2500, 2100].map((us) => spin.isSteady(us))).toEqual([true, false, true]);
  // The clock is lower than it was, and stays so.
  const later = Array.from({ length: 30 }, () => spin.isSteady(2600));
  expect([later[0], later.at(-1)]).toEqual([false, true]);
  spin.dispose();
  expect(watched.live.size).toBe(0);
});
