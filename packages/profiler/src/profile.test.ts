import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PlanWork } from '@trtx/engine';
import { Engine } from '@trtx/runtime';
import { describe, expect, it, onTestFinished } from 'vitest';
import { watchDevice } from '../../runtime/src/testing/device.ts';
import { A, B, Draft, loop, work } from '../../runtime/src/testing/flow.ts';
import { useDevice } from '../../runtime/src/testing/gpu.ts';
import { arenaPlan, engineOf, profilesPlan } from '../../runtime/src/testing/plans.ts';
import { peakFile } from './node.ts';
import { observeDevice } from './observe.ts';
import { devicePeak } from './peak.ts';
import { profile } from './profile.ts';
import { expectTraceFile } from './testing/trace.ts';
import { traceOf } from './trace.ts';

const gpu = useDevice({ flags: ['disable-dawn-features=timestamp_quantization'] });
const { plan, blobs } = arenaPlan();
/** 2000 operations and 4000 bytes for each of the 1000 elements. */
const workOf: PlanWork = {
  exprs: [
    ['$', 0],
    ['#', 2],
    ['*', 0, 1],
  ],
  dispatches: [{ flops: { expr: 2 }, reads: 8, writes: 4 }, {}],
};
const file = engineOf({ ...plan, work: workOf }, blobs);
const x = { data: new Float32Array(1000).fill(1), dims: [1000] };
const quick = { iterations: 3, mostMs: 100 };

it('is of the optimization profile that holds the inputs', async () => {
  const { plan: several, blobs } = profilesPlan();
  const profiles = [{ ...several.profiles[0], work: workOf }];
  const engine = await Engine.load(engineOf({ ...several, profiles }, blobs), { device: gpu.device });
  const small = { data: new Float32Array(10), dims: [10] };
  expect((await profile(engine, { x: small }, quick)).dispatches[0]).not.toHaveProperty('flops');
  expect((await profile(engine, { x }, quick)).dispatches[0]).toMatchObject({ flops: 2000 });
  await engine.dispose();
});

describe('a profile', () => {
  it('has every dispatch with what the plan tells of it, and a trace on one clock', async () => {
    const { device, timeline } = observeDevice(gpu.device);
    const engine = await Engine.load(file, { device });
    const peak = { flopsPerSecond: 1e9, bytesPerSecond: 1e9 };
    const report = await profile(engine, { x }, { ...quick, peak, timeline });
    await engine.dispose();
    expect(report).toMatchObject({ mode: 'apart', notes: [] });
    expect(report.runs).toBeGreaterThanOrEqual(3);
    const [first, second] = report.dispatches;
    expect(first).toMatchObject({
      op: 0,
      nodes: plan.steps.flatMap((step) => (step.kind === 'dispatches' ? step.dispatches[0]!.nodes : [])),
      workgroups: [16, 1, 1],
      workgroupSize: [64],
      calls: 1,
      flops: 2000,
      bytesRead: 8,
      bytesWritten: 4,
      roof: { ms: 0.002, bound: 'compute' },
    });
    expect(second).not.toHaveProperty('flops');
    expect(second).not.toHaveProperty('roof');
    expect(first!.times.samples).toHaveLength(report.runs);
    expect(first!.share + second!.share).toBeCloseTo(1);

    const tracks = new Set(timeline.spans.map(({ track }) => track));
    expect([...tracks].sort()).toEqual(['GPU', 'compile', 'encode', 'read back', 'run', 'submit', 'upload']);
    const runs = timeline.spans.filter(({ track }) => track === 'run');
    const dispatches = timeline.spans.filter(({ track }) => track === 'GPU');
    expect([runs.length, dispatches.length]).toEqual([3, 6]);
    expect(dispatches[0]!.begin).toBeGreaterThanOrEqual(runs[0]!.begin - 1e-6);
    expectTraceFile(JSON.stringify(traceOf(timeline.spans)));
  });

  it('adds up the iterations of a loop', async () => {
    const d = new Draft();
    const trips = d.input('trips', 'int64', [], true);
    d.input('x', 'float32', [4]);
    const y = d.output('y', 'float32', [4]);
    const looped = d.plan([
      work(d.affine({ buffer: 3, offset: 0 }, { buffer: A, offset: 0 }, 4)),
      loop({ trips, steps: [work(d.affine({ buffer: A, offset: 0 }, { buffer: B, offset: 0 }, 4))] }),
      work(d.affine({ buffer: A, offset: 0 }, y, 4)),
    ]);
    const engine = await Engine.load(engineOf(looped), { device: gpu.device });
    const inputs = {
      trips: { data: BigInt64Array.of(4n), dims: [] },
      x: { data: new Float32Array(4), dims: [4] },
    };
    const { dispatches } = await profile(engine, inputs, quick);
    expect(dispatches.map(({ calls }) => calls)).toEqual([1, 4, 1]);
    await engine.dispose();
  });

  it('leaves nothing on the device', async () => {
    const { device, live } = watchDevice(gpu.device);
    const engine = await Engine.load(file, { device });
    const before = live.size;
    await profile(engine, { x }, quick);
    expect(live.size).toBe(before);
    await engine.dispose();
  });
});

it('refuses a device without timestamps', async () => {
  const device = new Proxy(gpu.device, {
    get(target, key) {
      if (key === 'features') return new Set();
      const value = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const engine = await Engine.load(file, { device });
  await expect(profile(engine, { x }, quick)).rejects.toThrow(/NO_TIMESTAMPS: .*hint: .*timestamp-query/s);
  await engine.dispose();
});

it('measures what the device can do, once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'trtx-peak-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const store = peakFile(join(folder, 'deep', 'peaks.json'));
  const peak = await devicePeak(gpu.device, store);
  expect(peak!.flopsPerSecond).toBeGreaterThan(1e6);
  expect(peak!.bytesPerSecond).toBeGreaterThan(1e6);
  const { device, calls } = watchDevice(gpu.device);
  expect(await devicePeak(device, store)).toEqual(peak);
  expect(calls.get('submit')).toBeUndefined();
});
