// Commands recorded ahead: when, and that what is submitted is always what was asked for.
import { describe, expect, it } from 'vitest';
import { Engine } from './engine.ts';
import type { Instrument } from './instrument.ts';
import { watchDevice } from './testing/device.ts';
import { testDevice, useDevice } from './testing/gpu.ts';
import { arenaPlan, engineOf } from './testing/plans.ts';
import { COPY_DST, COPY_SRC, MAP_READ, STORAGE } from './usage.ts';

const { plan, blobs, expected } = arenaPlan();
const file = engineOf(plan, blobs);
const ramp = (n: number, first = 0) => Float32Array.from({ length: n }, (_, i) => first + i);
const input = (n: number) => ({ x: { data: ramp(n), dims: [n] } });
const ENCODER = 'createCommandEncoder';

describe('commands are recorded ahead', () => {
  const gpu = useDevice({ backend: 'null' });

  /** A context, and how many encoders a call makes until it returns, until its run resolves, and until the GPU is idle. */
  async function watched() {
    const { device, calls, live } = watchDevice(gpu.device);
    const engine = await Engine.load(file, { device });
    const context = engine.createContext();
    const count = (method: string) => calls.get(method) ?? 0;
    const encoders = async (run: () => Promise<unknown>) => {
      const [encoded, submitted] = [count(ENCODER), count('submit')];
      const called = run();
      const inCall = count(ENCODER) - encoded;
      // At the first call of each kind something is awaited before the submit.
      const isAtOnce = count('submit') > submitted;
      await called;
      const untilDone = count(ENCODER) - encoded - inCall;
      await gpu.device.queue.onSubmittedWorkDone();
      expect(count('submit') - submitted).toBe(1);
      return [isAtOnce ? inCall : 'waits', untilDone, count(ENCODER) - encoded - inCall - untilDone];
    };
    return { engine, context, calls, live, encoders };
  }

  const buffers = (n: number) =>
    Array.from({ length: n }, () => gpu.device.createBuffer({ size: 4000, usage: STORAGE })) as [GPUBuffer, GPUBuffer];

  it('when the same has been run three times: then a call records nothing', async () => {
    const { engine, context, encoders } = await watched();
    const run = () => encoders(() => context.run(input(20)));
    expect(await run()).toEqual(['waits', 1, 0]);
    expect(await run()).toEqual([1, 0, 0]);
    expect(await run()).toEqual([1, 1, 0]);
    for (let i = 0; i < 5; i++) expect(await run()).toEqual([0, 1, 0]);
    await engine.dispose();
  });

  it("after the run has resolved whose outputs are all in the caller's buffers", async () => {
    const { engine, context, encoders } = await watched();
    const [x, z] = buffers(2);
    const run = () => encoders(() => context.run({ x: { buffer: x, dims: [20] } }, { outputs: { z } }));
    for (let i = 0; i < 3; i++) await run();
    for (let i = 0; i < 5; i++) expect(await run()).toEqual([0, 0, 1]);
    await engine.dispose();
  });

  it('for buffers that take turns', async () => {
    const { engine, context, encoders } = await watched();
    const pair = buffers(2);
    const run = (i: number) => {
      const [x, z] = [pair[i % 2]!, pair[(i + 1) % 2]!];
      return encoders(() => context.run({ x: { buffer: x, dims: [20] } }, { outputs: { z } }));
    };
    for (let i = 0; i < 4; i++) await run(i);
    for (let i = 4; i < 10; i++) expect(await run(i)).toEqual([0, 0, 1]);
    await engine.dispose();
  });

  it('for each of the runs in flight', async () => {
    const { engine, context, calls } = await watched();
    const both = (n: number, m: number) => Promise.all([context.run(input(n)), context.run(input(m))]);
    for (let i = 0; i < 4; i++) await both(20, 30);
    for (let i = 0; i < 4; i++) {
      const before = calls.get(ENCODER)!;
      const done = both(20, 30);
      expect(calls.get(ENCODER)! - before).toBe(0);
      await done;
      expect(calls.get(ENCODER)! - before).toBe(2);
    }
    await engine.dispose();
  });

  it('and not where sizes or buffers are always others', async () => {
    const { engine, context, encoders } = await watched();
    await encoders(() => context.run(input(1000)));
    for (const n of [1, 2, 3, 4]) expect(await encoders(() => context.run(input(n)))).toEqual(['waits', 1, 0]);
    for (const n of [1, 3, 2, 4, 3]) expect(await encoders(() => context.run(input(n)))).toEqual([1, 0, 0]);
    await engine.dispose();
  });

  it('and what is recorded in vain is recorded once', async () => {
    const { engine, context, encoders } = await watched();
    for (let i = 0; i < 3; i++) await encoders(() => context.run(input(20)));
    for (const n of [7, 8, 9]) expect(await encoders(() => context.run(input(n)))).toEqual(['waits', 1, 0]);
    await engine.dispose();
  });

  it('and kept while a profiler records for itself', async () => {
    const { engine, context, encoders } = await watched();
    let asked = 0;
    const instrument: Instrument = (encoder) => {
      asked++;
      return encoder;
    };
    for (let i = 0; i < 4; i++) await context.run(input(20));
    for (let i = 0; i < 4; i++) {
      expect(await encoders(() => context.run(input(20), { instrument }))).toEqual([1, 0, 0]);
      expect(asked).toBe(i + 1);
    }
    expect(await encoders(() => context.run(input(20)))).toEqual([0, 1, 0]);
    await engine.dispose();
  });

  it('and not held any more by a context that has been disposed, nor after a run that failed', async () => {
    const { engine, context, live } = await watched();
    for (let i = 0; i < 4; i++) await context.run(input(20));
    await expect(context.run({ x: { data: new Float32Array(3), dims: [20] } })).rejects.toThrow(/TENSOR_SHAPE/);
    await context.run(input(20));
    await engine.dispose();
    expect(live.size).toBe(0);
  });

  it('and a fault in that is no fault of the run', async () => {
    const device = watchDevice(gpu.device);
    const engine = await Engine.load(file, { device: device.device });
    const context = engine.createContext();
    for (let i = 0; i < 3; i++) await context.run(input(20));
    device.failAt(ENCODER, 1, 'throw');
    await context.run(input(20));
    expect(device.failed).toBe(true);
    await context.run(input(20));
    expect(device.openScopes).toBe(0);
    await engine.dispose();
  });
});

describe('what was recorded ahead', () => {
  const gpu = useDevice();

  async function read(buffer: GPUBuffer, n: number): Promise<Float32Array> {
    const { device } = gpu;
    const staging = device.createBuffer({ size: 4 * n, usage: MAP_READ | COPY_DST });
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(buffer, 0, staging, 0, 4 * n);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(1);
    const data = new Float32Array(staging.getMappedRange().slice(0));
    staging.destroy();
    return data;
  }

  it('is submitted only for the same sizes and buffers: all results are right', async () => {
    const { device, calls } = watchDevice(gpu.device);
    const engine = await Engine.load(file, { device });
    const contexts = [engine.createContext(), engine.createContext()];
    const usage = STORAGE | COPY_SRC | COPY_DST;
    const own = Array.from({ length: 3 }, () => gpu.device.createBuffer({ size: 4000, usage }));
    const { queue } = gpu.device;
    // Each thrice and more, so that commands are recorded ahead of every change.
    const order = [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 0, 3, 0, 3, 0, 3, 0, 0, 0, 2, 2, 2, 0];
    for (const [i, kind] of order.entries()) {
      const context = contexts[i % 5 === 4 ? 1 : 0]!;
      const n = kind === 1 ? 30 : 20;
      const data = ramp(n, i);
      if (kind < 2) expect((await context.run({ x: { data, dims: [n] } })).z!.data, `${i}`).toEqual(expected(data));
      else {
        const [x, z] = kind === 2 ? [own[0]!, own[1]!] : [own[0]!, own[2]!];
        queue.writeBuffer(x, 0, data);
        await context.run({ x: { buffer: x, dims: [n] } }, { outputs: { z } });
        expect(await read(z, n), `${i}`).toEqual(expected(data));
      }
    }
    expect(calls.get(ENCODER)!).toBeGreaterThan(order.length);
    await engine.dispose();
    for (const buffer of own) buffer.destroy();
  });

  it('of a lost device is not submitted to the next one', async () => {
    const mortal = await testDevice();
    const engine = await Engine.load(file, { device: mortal.device });
    const context = engine.createContext();
    const run = async () => expect((await context.run(input(20))).z!.data).toEqual(expected(ramp(20)));
    for (let i = 0; i < 4; i++) await run();
    const lost = new Promise((resolve) => engine.onLost(resolve));
    mortal.device.destroy();
    await lost;
    await expect(run()).rejects.toThrow(/DEVICE_LOST/);
    await engine.reload(gpu.device);
    for (let i = 0; i < 5; i++) await run();
    await engine.dispose();
    mortal.release();
  });
});
