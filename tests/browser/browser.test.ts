import type { HostTensor } from '@trtx/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { arenaPlan, copyPlan, engineOf } from '../../packages/runtime/src/testing/plans.ts';
import { type BrowserRunner, startBrowserRunner } from './harness.ts';

/** The platforms that tools/software-gpu has a browser for. */
const supported = process.platform === 'linux' && process.arch === 'x64';

describe.runIf(supported)('headless Chromium', () => {
  let browser: BrowserRunner;
  beforeAll(async () => {
    browser = await startBrowserRunner();
  });
  afterAll(() => browser?.close());

  const { plan, blobs, expected } = arenaPlan();
  const data = Float32Array.from({ length: 777 }, (_, i) => i / 8);
  const inputs: Record<string, HostTensor> = { x: { data, dims: [777] } };
  const outputs = { z: { data: expected(data), dims: [777] } };

  it.each(['page', 'worker'] as const)('runs an engine in a %s, under a strict policy', async (where) => {
    const result = await browser.run(engineOf(plan, blobs), inputs, { where });
    expect(result.outputs).toEqual(outputs);
    expect(result.adapter).toMatch(/swiftshader/i);
    expect(result.codes).toEqual([]);
  });

  it.each(['page', 'worker'] as const)('survives the loss of its device in a %s', async (where) => {
    const result = await browser.run(engineOf(plan, blobs), inputs, { where, loseDevice: true });
    expect(result.outputs).toEqual(outputs);
    expect([...result.codes].sort()).toEqual(['DEVICE_LOST', 'heard DEVICE_LOST']);
  });

  it('converts what JavaScript and the GPU store in different ways', async () => {
    const longs = BigInt64Array.of(-1n, 5n, 2n ** 31n - 1n);
    const halves = Uint16Array.of(0x3c00, 1, 0x8000);
    const engine = engineOf(
      copyPlan([
        { dtype: 'int64', storage: 'i32' },
        { dtype: 'float16', storage: 'u16x2' },
      ]),
    );
    const feeds = { x0: { data: longs, dims: [3] }, x1: { data: halves, dims: [3] } };
    const result = await browser.run(engine, feeds, { where: 'worker' });
    expect(result.outputs).toEqual({ y0: feeds.x0, y1: feeds.x1 });
  });

  it('tells what went wrong there', async () => {
    const damaged = engineOf(plan, blobs);
    damaged[damaged.length - 1]! ^= 1;
    await expect(browser.run(damaged, inputs, { where: 'worker' })).rejects.toThrow(/in the worker: .*ENGINE_DAMAGED/);
  });
});
