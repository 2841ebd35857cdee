// Every call that the runtime makes on a device fails once, in turn: each time the right error comes, nothing is left on
// the device, and what was loaded goes on working.
import { isTrtxError, type TrtxError } from '@trtx/errors';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Engine } from './engine.ts';
import type { NodeDevice } from './node.ts';
import { type Fault, type WatchedDevice, watchDevice } from './testing/device.ts';
import { rejection, testDevice, useDevice } from './testing/gpu.ts';
import { arenaPlan, engineOf } from './testing/plans.ts';
import { STORAGE } from './usage.ts';

const { plan, blobs, expected } = arenaPlan();
const file = engineOf(plan, blobs);
const ramp = (n: number) => Float32Array.from({ length: n }, (_, i) => i);
const feeds = (n: number) => ({ x: { data: ramp(n), dims: [n] } });

const unhandled: unknown[] = [];
const note = (reason: unknown) => unhandled.push(reason);
beforeEach(() => void process.on('unhandledRejection', note));
afterEach(async () => {
  await new Promise((resolve) => setTimeout(resolve, 20));
  process.off('unhandledRejection', note);
  expect(unhandled.splice(0)).toEqual([]);
});

/** Loads, runs in two contexts, with two shapes, two at a time and with GPU buffers. Returns the errors of it all. */
async function everything(device: GPUDevice, real: GPUDevice): Promise<{ engine?: Engine; errors: TrtxError[] }> {
  const errors: TrtxError[] = [];
  const attempt = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (!isTrtxError(error)) throw error;
      errors.push(error);
      return undefined;
    }
  };
  const engine = await attempt(() => Engine.load(file, { device }));
  if (!engine) return { errors };
  const [a, b] = [engine.createContext(), engine.createContext()];
  await attempt(() => a.run(feeds(10)));
  await attempt(() => a.run(feeds(20)));
  await Promise.all([10, 20, 10].map((n) => attempt(() => b.run(feeds(n)))));
  await attempt(async () => {
    const z = real.createBuffer({ size: 4000, usage: STORAGE });
    for (let i = 0; i < 2; i++) await b.run(feeds(10), { outputs: { z } });
    z.destroy();
  });
  return { engine, errors };
}

describe('on the null back end', () => {
  const gpu = useDevice({ backend: 'null' });

  it.each<[method: string, fault: Fault, codes: string[]]>([
    ['createBuffer', 'throw', ['GPU_FAILED']],
    ['createBuffer', 'out-of-memory', ['OUT_OF_MEMORY']],
    ['createBindGroupLayout', 'throw', ['GPU_FAILED']],
    ['createPipelineLayout', 'throw', ['GPU_FAILED']],
    ['createShaderModule', 'throw', ['GPU_FAILED']],
    ['createComputePipelineAsync', 'throw', ['PIPELINE_FAILED']],
    ['createBindGroup', 'throw', ['GPU_FAILED']],
    ['createCommandEncoder', 'throw', ['GPU_FAILED']],
    ['writeBuffer', 'throw', ['GPU_FAILED']],
    ['submit', 'throw', ['GPU_FAILED']],
    ['mapAsync', 'throw', ['GPU_FAILED']],
  ])('%s fails: %s', async (method, fault, codes) => {
    let n = 0;
    for (;;) {
      const watched = watchDevice(gpu.device);
      watched.failAt(method, ++n, fault);
      const { engine, errors } = await everything(watched.device, gpu.device);
      if (!watched.failed) {
        expect(errors).toEqual([]);
        await engine!.dispose();
        break;
      }
      expect(
        errors.map(({ code }) => code),
        `${method} ${n}`,
      ).toEqual(codes);
      await checkUsable(watched, engine);
      expect(watched.live.size, `${method} ${n}`).toBe(0);
      expect(watched.openScopes).toBe(0);
    }
    expect(n).toBeGreaterThan(1);
  });

  async function checkUsable(watched: WatchedDevice, engine: Engine | undefined): Promise<void> {
    if (!engine) return;
    const context = engine.createContext();
    await context.run(feeds(30));
    await engine.dispose();
    expect(engine.bytesHeld).toBe(0);
    expect(watched.openScopes).toBe(0);
  }
});

describe('when the device is lost', () => {
  it('at any call, that is said, and the engine lives on with another device', async () => {
    const spare = await testDevice();
    for (let n = 1; ; n++) {
      const own = await testDevice();
      const watched = watchDevice(own.device);
      watched.failAt('*', n, 'destroy');
      const { engine, errors } = await everything(watched.device, own.device);
      if (!watched.failed) {
        expect(errors).toEqual([]);
        await engine!.dispose();
        own.release();
        break;
      }
      if (engine) {
        if (errors.length > 0)
          expect(new Set(errors.map(({ code }) => code)), `call ${n}`).toEqual(new Set(['DEVICE_LOST']));
        const context = engine.createContext();
        expect((await rejection(context.run(feeds(10)))).code).toBe('DEVICE_LOST');
        await engine.reload(spare.device);
        expect((await context.run(feeds(10))).z!.data).toEqual(expected(ramp(10)));
        await engine.dispose();
        expect(engine.bytesHeld).toBe(0);
      } else {
        expect(
          errors.map(({ code }) => code),
          `call ${n}`,
        ).toEqual(['DEVICE_LOST']);
      }
      own.release();
    }
    spare.release();
  });

  it('listeners hear of it, runs under way fail, and contexts go on after a reload', async () => {
    const [first, second] = [await testDevice(), await testDevice()];
    const engine = await Engine.load(file, { device: first.device, ownsDevice: true });
    const context = engine.createContext();
    await context.run(feeds(100));
    const heard: string[] = [];
    engine.onLost(({ code }) => heard.push(code));
    engine.onLost(() => heard.push('never'))();

    const runs = [1, 2, 3, 4].map((n) => context.run(feeds(n)));
    first.device.destroy();
    const results = await Promise.allSettled(runs);
    expect(results.map((r) => (r.status === 'rejected' ? r.reason.code : 'done'))).toEqual(
      Array(4).fill('DEVICE_LOST'),
    );
    expect((await rejection(context.run(feeds(1)))).code).toBe('DEVICE_LOST');
    expect(heard).toEqual(['DEVICE_LOST']);

    const reloads = [engine.reload(second.device), engine.reload(second.device)];
    await Promise.all(reloads);
    expect(engine.device).toBe(second.device);
    expect((await context.run(feeds(100))).z!.data).toEqual(expected(ramp(100)));
    await engine.dispose();
    // The engine owned the second device too.
    expect((await second.device.lost).reason).toBe('destroyed');
    expect(heard).toEqual(['DEVICE_LOST']);
  });

  it('a reload needs a source that can be read again, and the same engine in it', async () => {
    const first: NodeDevice = await testDevice({ backend: 'null' });
    const engine = await Engine.load(new Response(file), { device: first.device });
    const second = await testDevice({ backend: 'null' });
    expect((await rejection(engine.reload(second.device))).code).toBe('SOURCE_SPENT');
    const other = engineOf({ ...plan, name: 'other' }, blobs);
    expect((await rejection(engine.reload(second.device, other))).code).toBe('ENGINE_CHANGED');
    await engine.createContext().run(feeds(3));
    await engine.reload(second.device, new Response(file));
    await engine.createContext().run(feeds(3));
    await engine.dispose();
    expect((await rejection(engine.reload(first.device, file))).code).toBe('DISPOSED');
    for (const { release } of [first, second]) release();
  });

  it('moving to another device while runs are under way fails those, and frees the old memory', async () => {
    const [first, second] = [await testDevice(), await testDevice()];
    const watched = watchDevice(first.device);
    const engine = await Engine.load(file, { device: watched.device });
    const context = engine.createContext();
    await context.run(feeds(5));
    let moved = false;
    const move = engine.reload(second.device).then(() => {
      moved = true;
    });
    const codes = new Set<string>();
    while (!moved) {
      await context.run(feeds(5)).then(
        ({ z }) => expect(z!.data).toEqual(expected(ramp(5))),
        (error) => codes.add(error.code),
      );
    }
    await move;
    expect([...codes].filter((code) => code !== 'DEVICE_LOST')).toEqual([]);
    expect((await context.run(feeds(5))).z!.data).toEqual(expected(ramp(5)));
    expect(watched.live.size).toBe(0);
    await engine.dispose();
    for (const { release } of [first, second]) release();
  });
});
