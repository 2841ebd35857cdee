// What a run may make on the device, and what callers' own GPU buffers cost. On Dawn's null back end: no result counts.
import { describe, expect, it } from 'vitest';
import { Engine } from './engine.ts';
import { watchDevice } from './testing/device.ts';
import { useDevice } from './testing/gpu.ts';
import { arenaPlan, copyPlan, engineOf } from './testing/plans.ts';
import { COPY_DST, COPY_SRC, STORAGE } from './usage.ts';

const gpu = useDevice({ backend: 'null' });
const { plan, blobs } = arenaPlan();
const file = engineOf(plan, blobs);

/** The create* calls while `work` is done. */
async function made(calls: Map<string, number>, work: () => Promise<unknown>): Promise<Record<string, number>> {
  const before = new Map(calls);
  await work();
  const all = [...calls].map(([name, n]) => [name, n - (before.get(name) ?? 0)] as const);
  return Object.fromEntries(all.filter(([name, n]) => n > 0 && (name.startsWith('create') || name === 'submit')));
}

const input = (n: number) => ({ x: { data: new Float32Array(n), dims: [n] } });

describe('in the steady state', () => {
  it('a run makes an encoder and submits once, whatever its shape', async () => {
    const { device, calls } = watchDevice(gpu.device);
    const engine = await Engine.load(file, { device });
    const context = engine.createContext();
    await context.run(input(1000));
    for (const n of [1000, 1, 2, 500, 1000, 7, 0]) {
      expect(await made(calls, () => context.run(input(n)))).toEqual({ createCommandEncoder: 1, submit: 1 });
    }
    await engine.dispose();
  });

  it('a run writes each input, submits and maps once, and waits for nothing else', async () => {
    const { device, calls } = watchDevice(gpu.device);
    const engine = await Engine.load(file, { device });
    const context = engine.createContext();
    for (let i = 0; i < 4; i++) await context.run(input(20));
    const before = new Map(calls);
    await context.run(input(20));
    const done = [...calls].map(([name, n]) => [name, n - (before.get(name) ?? 0)] as const).filter(([, n]) => n > 0);
    expect(Object.fromEntries(done)).toEqual({ writeBuffer: 1, createCommandEncoder: 1, submit: 1, mapAsync: 1 });
    await engine.dispose();
  });

  it('params are written when the shape changes, and only then', async () => {
    const { device, calls } = watchDevice(gpu.device);
    const engine = await Engine.load(file, { device });
    const context = engine.createContext();
    const writes: number[] = [];
    for (const n of [5, 5, 6, 6, 5]) {
      const before = calls.get('writeBuffer')!;
      await context.run(input(n));
      writes.push(calls.get('writeBuffer')! - before);
    }
    expect(writes).toEqual([2, 1, 2, 1, 2]);
    await engine.dispose();
  });

  it("nothing is made for the caller's buffers that were seen before", async () => {
    const { device, calls } = watchDevice(gpu.device);
    const engine = await Engine.load(file, { device });
    const context = engine.createContext();
    const buffer = () => gpu.device.createBuffer({ size: 4000, usage: STORAGE });
    const sets = Array.from({ length: 3 }, () => ({ x: buffer(), z: buffer() }));
    const run = (i: number, n: number) => {
      const { x, z } = sets[i % 3]!;
      return context.run({ x: { buffer: x, dims: [n] } }, { outputs: { z } });
    };
    for (let i = 0; i < 3; i++) {
      expect(await made(calls, () => run(i, 9))).toMatchObject({ createCommandEncoder: 1 });
    }
    for (let i = 0; i < 30; i++) {
      expect(await made(calls, () => run(i, 9 + (i % 4)))).toEqual({ createCommandEncoder: 1, submit: 1 });
    }
    await engine.dispose();
  });

  it("no buffer is made for an input or output that is always the caller's", async () => {
    const { device, live } = watchDevice(gpu.device);
    const engine = await Engine.load(file, { device });
    const context = engine.createContext();
    const [x, z] = [0, 1].map(() => gpu.device.createBuffer({ size: 4000, usage: STORAGE })) as [GPUBuffer, GPUBuffer];
    await context.run({ x: { buffer: x, dims: [10] } }, { outputs: { z } });
    expect([...live].map(({ label }) => label).sort()).toEqual(['trtx arena 3', 'trtx params 0', 'trtx weights 4']);
    await context.run({ x: { buffer: x, dims: [10] } });
    expect([...live].map(({ label }) => label)).toContain('trtx output z');
    await engine.dispose();
    expect(live.size).toBe(0);
  });

  it('a thousand runs make nothing', async () => {
    const { device, calls, live } = watchDevice(gpu.device);
    const engine = await Engine.load(file, { device });
    const context = engine.createContext();
    const four = () => Promise.all([20, 21, 22, 20].map((length) => context.run(input(length))));
    for (let i = 0; i < 4; i++) await four();
    const before = live.size;
    const n = 1000;
    const created = await made(calls, async () => {
      for (let i = 0; i < n / 4; i++) await four();
    });
    expect(created).toEqual({ createCommandEncoder: n, submit: n });
    expect(live.size).toBe(before);
    await engine.dispose();
  });

  it('many small outputs are mapped as one buffer, large ones apart', async () => {
    const types = Array.from({ length: 5 }, () => ({ dtype: 'float32', storage: 'f32' }) as const);
    for (const [most, maps] of [
      [64, 1],
      [2 ** 20, 5],
    ] as const) {
      const { device, calls } = watchDevice(gpu.device);
      const engine = await Engine.load(engineOf(copyPlan(types, most)), { device });
      const feeds = Object.fromEntries(types.map((_, i) => [`x${i}`, { data: new Float32Array(3), dims: [3] }]));
      const outputs = await engine.createContext().run(feeds);
      expect(Object.keys(outputs)).toHaveLength(5);
      expect(calls.get('mapAsync')).toBe(maps);
      await engine.dispose();
    }
  });
});

describe("a caller's GPU buffer", () => {
  it('is refused where it does not fit, before anything is submitted', async () => {
    const { device, calls } = watchDevice(gpu.device);
    const engine = await Engine.load(file, { device });
    const context = engine.createContext();
    const buffer = (size: number, usage: number) => gpu.device.createBuffer({ size, usage });
    const good = buffer(400, STORAGE);
    const x = (it: GPUBuffer) => ({ x: { buffer: it, dims: [100] } });
    await expect(context.run(x(buffer(396, STORAGE)))).rejects.toThrow(/BUFFER_UNSUITABLE: .* 396 bytes.*tensor x/);
    await expect(context.run(x(buffer(400, COPY_DST | COPY_SRC)))).rejects.toThrow(/BUFFER_UNSUITABLE: .* usage/);
    await expect(context.run(x(good), { outputs: { z: good } })).rejects.toThrow(/BUFFER_UNSUITABLE: .* two tensors/);
    expect(calls.get('submit')).toBeUndefined();
    await engine.dispose();
  });
});
