// What a context counts, beside what the device was really asked for. On Dawn's null back end: no result counts.
import type { LogRecord } from '@trtx/errors';
import { describe, expect, it } from 'vitest';
import { Engine } from './engine.ts';
import { watchDevice } from './testing/device.ts';
import { testDevice, useDevice } from './testing/gpu.ts';
import { arenaPlan, engineOf } from './testing/plans.ts';
import { STORAGE } from './usage.ts';

const gpu = useDevice({ backend: 'null' });
const { plan, blobs } = arenaPlan();
const file = engineOf(plan, blobs);
const input = (n: number) => ({ x: { data: new Float32Array(n), dims: [n] } });

describe('stats of a context', () => {
  it('count runs and bytes, and nothing made in the steady state', async () => {
    const { device, calls, live } = watchDevice(gpu.device);
    const engine = await Engine.load(file, { device });
    const context = engine.createContext();
    const weights = engine.bytesHeld;
    expect(context.stats()).toEqual({
      runs: 0,
      bytesUp: 0,
      bytesDown: 0,
      made: { buffers: 0, bindGroups: 0 },
      gpuBytes: { weights, arena: 0, params: 0, input: 0, output: 0, staging: 0 },
      pipelines: plan.pipelines.length,
    });
    for (const n of [10, 20, 10]) await context.run(input(n));
    const warm = context.stats();
    const [buffers, groups] = [live.size, calls.get('createBindGroup')];
    for (const n of [10, 20, 30, 10]) await context.run(input(n));
    const { runs, bytesUp, bytesDown, made, gpuBytes } = context.stats();
    expect({ runs, made, gpuBytes }).toEqual({
      runs: 7,
      made: { buffers: 0, bindGroups: 0 },
      gpuBytes: warm.gpuBytes,
    });
    expect([live.size, calls.get('createBindGroup')]).toEqual([buffers, groups]);
    const params = plan.buffers.find(({ kind }) => kind === 'params')!.bytes;
    expect(bytesUp - warm.bytesUp).toBe(70 * 4 + 3 * params);
    expect(bytesDown - warm.bytesDown).toBe(70 * 4);
    expect(Object.values(gpuBytes).reduce((sum, bytes) => sum + bytes)).toBe(engine.bytesHeld);
    for (const bytes of Object.values(gpuBytes)) expect(bytes).toBeGreaterThan(0);
    await engine.dispose();
    expect(context.stats()).toMatchObject({ runs: 7, gpuBytes: { weights: 0, arena: 0 } });
  });

  it("count what is made after the warm-up: here for a buffer of the caller's", async () => {
    const { device, calls } = watchDevice(gpu.device);
    const engine = await Engine.load(file, { device });
    const context = engine.createContext();
    for (let i = 0; i < 2; i++) await context.run(input(10));
    const before = calls.get('createBindGroup')!;
    const z = gpu.device.createBuffer({ size: 4000, usage: STORAGE });
    await context.run(input(10), { outputs: { z } });
    const { made } = context.stats();
    expect(made).toEqual({ buffers: 0, bindGroups: calls.get('createBindGroup')! - before });
    expect(made.bindGroups).toBeGreaterThan(0);
    await engine.dispose();
  });
});

describe('a logger', () => {
  it('hears of what is loaded, compiled and made, of new shapes, loss and recovery', async () => {
    const records: LogRecord[] = [];
    const mortal = await testDevice({ backend: 'null' });
    const engine = await Engine.load(file, { device: mortal.device, logger: (record) => records.push(record) });
    const compiled = records.filter(({ message }) => message === 'compiled');
    expect(compiled).toHaveLength(plan.pipelines.length);
    for (const { severity, kernel, ms } of compiled) {
      expect([severity, typeof kernel]).toEqual(['verbose', 'string']);
      expect(ms).toBeGreaterThanOrEqual(0);
    }
    expect(records.at(-1)).toMatchObject({
      severity: 'info',
      message: expect.stringMatching(/^loaded .*: \d+ pipelines/),
    });

    const context = engine.createContext();
    const lines = async (work: () => Promise<unknown>) => {
      records.length = 0;
      await work();
      return records.map(({ severity, code, message }) => [severity, code, message.replace(/ \d.*/, '')]);
    };
    expect(await lines(() => context.run(input(10)))).toContainEqual(['verbose', undefined, 'shapes']);
    expect(await lines(() => context.run(input(10)))).toEqual([]);

    const lost = new Promise((resolve) => engine.onLost(resolve));
    expect(
      await lines(() => {
        mortal.device.destroy();
        return lost;
      }),
    ).toEqual([['error', 'DEVICE_LOST', expect.stringContaining('the device is lost')]]);
    const reloaded = await lines(() => engine.reload(gpu.device));
    expect(reloaded.at(-1)).toMatchObject(['info', undefined, expect.stringMatching(/^loaded /)]);
    await context.run(input(10));
    expect(context.stats().made).toEqual({ buffers: 0, bindGroups: 0 });
    await engine.dispose();
    mortal.release();
  });
});
