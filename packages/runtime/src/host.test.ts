// Plans with host steps: what functions of the host are given, what becomes of what they give, and what a run makes.
import type { Plan } from '@trtx/engine';
import { describe, expect, it } from 'vitest';
import { Engine } from './engine.ts';
import type { HostOp } from './host-ops.ts';
import type { HostValue } from './tensors.ts';
import { watchDevice } from './testing/device.ts';
import { rejection, testDevice, useDevice } from './testing/gpu.ts';
import { engineOf, hostPlan } from './testing/plans.ts';
import { COPY_SRC, STORAGE } from './usage.ts';

const constants = new Uint8Array(Float64Array.of(0, 5.5).buffer);
const file = (parts?: Partial<Plan>) => engineOf(hostPlan(parts), [constants]);
const ramp = (n: number) => Float32Array.from({ length: n }, (_, i) => i);
const feeds = (n: number) => ({ x: { data: ramp(n), dims: [n] } });

const floats = (tensor?: { data?: unknown }) => Array.from(tensor!.data as Float32Array);

/** Keeps what is at least `least`. */
const keep: HostOp = ({ least }, [y, , prefix]) => {
  const [floor] = (least as HostValue).data as Float64Array;
  const data = (y!.data as Float32Array).filter((v) => v >= floor!);
  const text = `${(prefix!.data as string[])[0]}${data.length}`;
  return [
    { dtype: 'float32', dims: [data.length], data },
    { dtype: 'string', dims: [1], data: [text] },
  ];
};

/** y = 1, 3, 5, 7 …, of which the host keeps those from 7 on. */
const expected = (n: number) => Array.from({ length: Math.max(0, n - 3) }, (_, i) => 2 * (i + 3) + 1);

describe('with a host step', () => {
  const gpu = useDevice();

  it('gives right results at every shape, two runs at a time', async () => {
    const engine = await Engine.load(file(), { device: gpu.device, hostOps: { 'test::Keep': keep } });
    const context = engine.createContext();
    const lengths = [10, 1000, 3, 0, 10, 200];
    const runs = await Promise.all(lengths.map((n) => context.run(feeds(n))));
    for (const [i, { w, kept, text }] of runs.entries()) {
      const values = expected(lengths[i]!);
      expect(floats(w)).toEqual(values.map((v) => 2 * v + 1));
      expect(floats(kept)).toEqual(values);
      expect(text!.data).toEqual([`kept ${values.length}`]);
      expect([w!.dims, kept!.dims, text!.dims]).toEqual([[values.length], [values.length], [1]]);
    }
    await engine.dispose();
  });

  it('hands over attributes, constants, sizes and absent inputs', async () => {
    const seen: unknown[] = [];
    const spy: HostOp = async (attributes, inputs, count) => {
      seen.push(attributes, ...inputs, count);
      return keep(attributes, inputs, count);
    };
    const engine = await Engine.load(file(), { device: gpu.device, hostOps: new Map([['test::Keep', spy]]) });
    await engine.createContext().run(feeds(4));
    expect(seen).toEqual([
      {
        gain: Number.POSITIVE_INFINITY,
        axes: [0, 1],
        least: { dtype: 'float64', dims: [], data: Float64Array.of(5.5) },
      },
      { dtype: 'float32', dims: [4, 1], data: Float32Array.of(1, 3, 5, 7) },
      null,
      { dtype: 'string', dims: [1], data: ['kept '] },
      { dtype: 'int64', dims: [2], data: BigInt64Array.of(4n, -1n) },
      2,
    ]);
    await engine.dispose();
  });

  it("takes and fills the caller's GPU buffers", async () => {
    const engine = await Engine.load(file(), { device: gpu.device, hostOps: { 'test::Keep': keep } });
    const w = gpu.device.createBuffer({ size: 4000, usage: STORAGE | COPY_SRC });
    const { w: out, kept } = await engine.createContext().run(feeds(9), { outputs: { w } });
    expect(out).toEqual({ buffer: w, dims: [6] });
    expect(kept!.data).toHaveLength(6);
    const small = gpu.device.createBuffer({ size: 16, usage: STORAGE });
    await expect(engine.createContext().run(feeds(9), { outputs: { w: small } })).rejects.toThrow(/16 bytes.*tensor w/);
    await expect(engine.createContext().run(feeds(9), { outputs: { kept: w } })).rejects.toThrow(/only the host has/);
    await engine.dispose();
  });

  it('an output is a copy of what the function keeps', async () => {
    const kept = Float32Array.of(9);
    const same: HostOp = () => [
      { dtype: 'float32', dims: [1], data: kept },
      { dtype: 'string', dims: [1], data: [''] },
    ];
    const engine = await Engine.load(file(), { device: gpu.device, hostOps: { 'test::Keep': same } });
    const outputs = await engine.createContext().run(feeds(4));
    expect(outputs.kept!.data).toEqual(kept);
    expect(outputs.kept!.data).not.toBe(kept);
    await engine.dispose();
  });

  it('goes on after a function that fails, or gives something else', async () => {
    const bad: HostOp[] = [
      () => {
        throw new Error('no luck');
      },
      async () => [],
      () => [{ dtype: 'float32', dims: [1001], data: new Float32Array(1001) }, ...keepText],
      () => [{ dtype: 'float32', dims: [2, 1], data: new Float32Array(2) }, ...keepText],
      () => [{ dtype: 'float64', dims: [2], data: new Float64Array(2) }, ...keepText],
    ];
    let op: HostOp = keep;
    const hostOps = { 'test::Keep': ((...args) => op(...args)) as HostOp };
    const engine = await Engine.load(file(), { device: gpu.device, hostOps });
    const context = engine.createContext();
    const messages: string[] = [];
    for (op of bad) messages.push((await rejection(context.run(feeds(10)))).message.split('\n')[0]!);
    expect(messages).toEqual([
      'HOST_OP: test::Keep failed: no luck (node Keep_1)',
      'HOST_OP: test::Keep gave 0 tensors of 2 (node Keep_1)',
      'SHAPE_OUT_OF_PROFILE: the node gave [1001] for kept, of which axis 0 (k) is to be in 0..1000 (node Keep_1, tensor kept)',
      'HOST_OP: test::Keep gave [2,1] for kept, which is [2] (node Keep_1)',
      expect.stringMatching(/^HOST_OP: test::Keep gave a tensor that does not fit: .*Float64Array.*node Keep_1/),
    ]);
    op = keep;
    expect(floats((await context.run(feeds(10))).kept)).toEqual(expected(10));
    await engine.dispose();
  });
});

const keepText: HostValue[] = [{ dtype: 'string', dims: [1], data: [''] }];

describe('on the null back end', () => {
  const gpu = useDevice({ backend: 'null' });
  const fixed: HostOp = () => [{ dtype: 'float32', dims: [2], data: new Float32Array(2) }, ...keepText];

  it('load lists every function that is missing', async () => {
    const error = await rejection(Engine.load(file(), { device: gpu.device, hostOps: { Keep: keep } }));
    expect(error.code).toBe('HOST_OPS_MISSING');
    expect(error.message).toContain('test::Keep: Keep_1, the size of its output depends on the elements of its input');
  });

  it('a run makes an encoder for each segment, and nothing else', async () => {
    const { device, calls, live } = watchDevice(gpu.device);
    const engine = await Engine.load(file(), { device, hostOps: { 'test::Keep': fixed } });
    const context = engine.createContext();
    await context.run(feeds(1000));
    const before = new Map(calls);
    const buffers = live.size;
    for (const n of [1000, 5, 0, 64, 1000]) await context.run(feeds(n));
    const made = [...calls].flatMap(([name, count]) => {
      const more = count - (before.get(name) ?? 0);
      return more > 0 && (name.startsWith('create') || name === 'submit') ? [[name, more]] : [];
    });
    // Of the empty shape, the first segment has nothing to do.
    expect(Object.fromEntries(made)).toEqual({ createCommandEncoder: 9, submit: 9 });
    expect(live.size).toBe(buffers);
    await engine.dispose();
    expect(live.size).toBe(0);
  });

  it.each(['writeBuffer', 'createCommandEncoder', 'submit', 'mapAsync', 'createBuffer'])(
    'each call of %s fails in turn: the error comes, nothing is left, and the context goes on',
    async (method) => {
      for (let nth = 1; nth < 40; nth++) {
        const watched = watchDevice(gpu.device);
        const engine = await Engine.load(file(), { device: watched.device, hostOps: { 'test::Keep': fixed } });
        const context = engine.createContext();
        watched.failAt(method, nth, 'throw');
        const results = await Promise.allSettled([10, 20, 10].map((n) => context.run(feeds(n))));
        const failures = results.filter(({ status }) => status === 'rejected').length;
        expect(failures).toBe(watched.failed ? 1 : 0);
        const happened = watched.failed;
        watched.failAt(method, Number.POSITIVE_INFINITY, 'throw');
        await context.run(feeds(10));
        expect(watched.openScopes).toBe(0);
        await engine.dispose();
        expect(watched.live.size).toBe(0);
        if (!happened) return;
      }
      expect.unreachable('the fault always happened');
    },
  );

  it('a device that is lost while a function runs ends the run', async () => {
    const { device, release } = await testDevice({ backend: 'null' });
    const lose: HostOp = (...args) => {
      device.destroy();
      return fixed(...args);
    };
    const engine = await Engine.load(file(), { device, hostOps: { 'test::Keep': lose } });
    const context = engine.createContext();
    expect((await rejection(context.run(feeds(10)))).code).toBe('DEVICE_LOST');
    release();
  });

  it('disposal waits for a function that runs', async () => {
    const wait: HostOp = async (...args) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return fixed(...args);
    };
    const engine = await Engine.load(file(), { device: gpu.device, hostOps: { 'test::Keep': wait } });
    const run = engine.createContext().run(feeds(10));
    await engine.dispose();
    expect((await run).kept!.dims).toEqual([2]);
  });
});
