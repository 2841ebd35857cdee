import { Engine } from '@trtx/runtime';
import { describe, expect, it } from 'vitest';
import { watchDevice } from '../../runtime/src/testing/device.ts';
import { useDevice } from '../../runtime/src/testing/gpu.ts';
import { arenaPlan, engineOf, profilesPlan } from '../../runtime/src/testing/plans.ts';
import { bench } from './bench.ts';
import { loadTimed } from './load.ts';
import { statisticsOf } from './measurement.ts';

const gpu = useDevice();
const { plan, blobs } = arenaPlan();
const file = engineOf(plan, blobs);
const x = { data: Float32Array.from({ length: 1000 }, (_, i) => i), dims: [1000] };
const quick = { warmUpMs: 5, durationMs: 10, iterations: 10 };

describe('a benchmark', () => {
  it('times load, first run, and runs by three clocks', async () => {
    const { engine, times } = await loadTimed(file, { device: gpu.device });
    const report = await bench(engine, { x }, { ...quick, load: times });
    expect(report.load).toEqual({
      totalMs: expect.any(Number),
      weightsMs: expect.any(Number),
      pipelinesMs: expect.any(Number),
    });
    const { latency, encode, gpu: onGpu, transfers, runsPerSecond, wallMs } = report.runs;
    const count = latency.samples.length;
    expect(count).toBeGreaterThanOrEqual(10);
    expect(encode!.samples).toHaveLength(count);
    expect(onGpu!.samples.length).toBeGreaterThanOrEqual(10);
    expect(transfers).toBe(true);
    expect(runsPerSecond).toBeCloseTo((count * 1000) / wallMs);
    // What the GPU does, and what the caller does, is part of what a run takes.
    const [all, some, own] = [latency, encode!, onGpu!].map((times) => statisticsOf(times)!);
    expect(some!.median).toBeLessThan(all!.median);
    expect(own!.median).toBeGreaterThan(0);
    expect(own!.median).toBeLessThan(all!.median);
    await engine.dispose();
  });

  it('keeps several contexts and runs under way at once, and leaves nothing behind', async () => {
    const { device, live } = watchDevice(gpu.device);
    const engine = await Engine.load(file, { device });
    const before = live.size;
    for (const transfers of [true, false]) {
      const { runs } = await bench(engine, { x }, { ...quick, contexts: 2, inFlight: 3, transfers });
      expect(runs).toMatchObject({ contexts: 2, inFlight: 3, transfers });
      expect(runs.latency.samples.length).toBeGreaterThanOrEqual(10);
      expect(live.size).toBe(before);
    }
    await engine.dispose();
  });

  it('has buffers for the optimization profile that holds the inputs', async () => {
    const several = profilesPlan();
    const engine = await Engine.load(engineOf(several.plan, several.blobs), { device: gpu.device });
    const { runs } = await bench(engine, { x }, { ...quick, transfers: false });
    expect(runs.latency.samples.length).toBeGreaterThanOrEqual(10);
    await engine.dispose();
  });

  it('reads nothing back without transfers', async () => {
    const { device, calls } = watchDevice(gpu.device);
    const engine = await Engine.load(file, { device });
    const { runs } = await bench(engine, { x }, { ...quick, transfers: false });
    // The first run brings data; the timestamps are read back too.
    expect(calls.get('mapAsync')).toBeLessThanOrEqual(2);
    expect(runs.latency.samples.length).toBeGreaterThanOrEqual(10);
    await engine.dispose();
  });

  it('says so where an output is NaN', async () => {
    const engine = await Engine.load(file, { device: gpu.device });
    const data = x.data.map((v) => (v % 2 ? Number.NaN : v));
    const { notes } = await bench(engine, { x: { data, dims: [1000] } }, quick);
    expect(notes).toContainEqual({
      code: 'NOT_FINITE',
      text: 'output z: 500 of 1000 elements are NaN or infinite',
    });
    await engine.dispose();
  });
});

it('says so where the timer is rounded, as it is by default', async () => {
  const engine = await Engine.load(file, { device: gpu.device });
  const { notes } = await bench(engine, { x }, quick);
  expect(notes.map(({ code }) => code)).toContain('TIMER_COARSE');
  await engine.dispose();
});

describe('a device without timestamps', () => {
  const plain = useDevice({ offer: 'minimum' });
  it('gives no GPU time, and a note', async () => {
    const engine = await Engine.load(file, { device: plain.device });
    const { runs, notes } = await bench(engine, { x }, quick);
    expect(runs.gpu).toBeUndefined();
    expect(notes.map(({ code }) => code)).toContain('NO_TIMESTAMPS');
    await engine.dispose();
  });
});
