// Engines of several optimization profiles: which one a run takes, and what each costs.
import type { Plan } from '@trtx/engine';
import { describe, expect, it } from 'vitest';
import type { ExecutionContext } from './context.ts';
import { Engine } from './engine.ts';
import { watchDevice } from './testing/device.ts';
import { rejection, useDevice } from './testing/gpu.ts';
import { affinePlan, engineOf, f32, hostPlan, lengthSymbol, profilesPlan } from './testing/plans.ts';
import { STORAGE } from './usage.ts';

const gpu = useDevice();
const { plan, blobs, small, large } = profilesPlan();
const file = engineOf(plan, blobs);

const ramp = (n: number) => Float32Array.from({ length: n }, (_, i) => i - 3);
const input = (n: number) => ({ x: { data: ramp(n), dims: [n] } });
const z = async (context: ExecutionContext, n: number) => (await context.run(input(n))).z!.data;

describe('a run takes', () => {
  it('the first profile that holds its shapes', async () => {
    const engine = await Engine.load(file, { device: gpu.device });
    const context = engine.createContext();
    for (const n of [0, 4, 5, 10, 11, 1000, 10, 12, 5]) {
      expect(await z(context, n), `${n}`).toEqual((n <= 10 ? small : large)(ramp(n)));
      expect(context.profile).toBe(n <= 10 ? 'small' : 'large');
    }
    await engine.dispose();
  });

  it('the one that its context is for, by name or number', async () => {
    const engine = await Engine.load(file, { device: gpu.device });
    for (const profile of ['large', 1]) {
      const context = engine.createContext({ profile });
      expect(await z(context, 5)).toEqual(large(ramp(5)));
      const error = await rejection(context.run(input(4)));
      expect(error).toMatchObject({ code: 'SHAPE_OUT_OF_PROFILE', summary: 'dimension 0 (n) is 4, built for 5..1000' });
    }
    for (const profile of ['1', 2, -1, '']) {
      expect(() => engine.createContext({ profile })).toThrow(/PROFILE_UNKNOWN.*\n.*it has small,large/);
    }
    await engine.dispose();
  });

  it('either, many at once', async () => {
    const engine = await Engine.load(file, { device: gpu.device });
    const context = engine.createContext({ runsInFlight: 3 });
    const lengths = [3, 100, 7, 8, 1000, 2, 999, 10, 11];
    const results = await Promise.all(lengths.map((n) => z(context, n)));
    for (const [i, n] of lengths.entries()) expect(results[i]).toEqual((n <= 10 ? small : large)(ramp(n)));
    await engine.dispose();
  });
});

describe('a run outside all profiles', () => {
  const refusal = async (of: Plan, inputs: object, weights = blobs) => {
    const engine = await Engine.load(engineOf(of, weights), { device: gpu.device });
    const error = await rejection(engine.createContext().run(inputs as never));
    await engine.dispose();
    return error;
  };

  it('is told the tensor, the dimension, its size, and the range of each profile', async () => {
    expect(await refusal(plan, input(1001))).toMatchObject({
      code: 'SHAPE_OUT_OF_PROFILE',
      place: { tensor: 'x' },
      details: [
        'small: x dimension 0 (n) is 1001, built for 0..10',
        'large: x dimension 0 (n) is 1001, built for 5..1000',
      ],
      hint: expect.stringContaining('profile'),
    });
  });

  it('is told so too where profiles have fixed sizes', async () => {
    const fixed = affinePlan({
      symbols: [],
      exprs: [['#', 1]],
      params: [[0, 4]],
      inputs: [f32('x', 1, [4])],
      outputs: [f32('y', 2, [4])],
      steps: [],
    });
    const eight = { inputs: [f32('x', 1, [8])], outputs: [f32('y', 2, [8])], params: [[0, 8] as const] };
    expect(await refusal({ ...fixed, profiles: [eight] }, input(5), [])).toMatchObject({
      code: 'SHAPE_OUT_OF_PROFILE',
      details: ['0: x dimension 0 of [5] is 5, the engine wants 4', '1: x dimension 0 of [5] is 5, the engine wants 8'],
    });
  });

  it('gets the error of an engine of one profile for what no profile changes', async () => {
    const x = { data: new Float32Array(4), dims: [2, 2] };
    expect(await refusal(plan, { x })).toMatchObject({
      code: 'TENSOR_SHAPE',
      summary: expect.stringContaining('rank'),
    });
    const same = { ...plan, profiles: [{ profile: 'other', symbols: plan.symbols }] };
    expect(await refusal(same, input(11))).toMatchObject({ code: 'SHAPE_OUT_OF_PROFILE', details: [] });
  });

  it('is not one that breaks what the model needs to be equal', async () => {
    const constraints = [{ a: { expr: 0 }, b: 7, node: 'Add_3' }];
    const error = await refusal(
      { ...plan, constraints, profiles: [{ ...plan.profiles[0], constraints: [] }] },
      input(6),
    );
    expect(error).toMatchObject({ code: 'SHAPE_CONSTRAINT', place: { node: 'Add_3' } });
  });
});

describe('memory', () => {
  it('is that of the profiles that have run, and once for all of them', async () => {
    const { device, live } = watchDevice(gpu.device);
    const engine = await Engine.load(file, { device });
    const weights = engine.bytesHeld;
    expect(weights).toBe(8192);
    const held = async (context: ExecutionContext, n: number) => {
      const before = engine.bytesHeld;
      await context.run(input(n));
      return engine.bytesHeld - before;
    };
    const context = engine.createContext();
    const first = await held(context, 10);
    expect(first).toBe(16 + 40 + 40 + 256 + 40);
    const grown = await held(context, 11);
    const alone = await held(engine.createContext(), 11);
    expect(first + grown).toBe(alone);
    for (const n of [10, 1000, 3]) expect(await held(context, n)).toBe(0);
    await engine.dispose();
    expect(live.size).toBe(0);
    expect(engine.bytesHeld).toBe(0);
  });

  it('stays right where it could not grow', async () => {
    for (const fault of ['out-of-memory', 'throw'] as const) {
      for (const nth of [1, 2, 3, 4]) {
        const watched = watchDevice(gpu.device);
        const engine = await Engine.load(file, { device: watched.device });
        const context = engine.createContext();
        await context.run(input(10));
        watched.failAt('createBuffer', nth, fault);
        await rejection(context.run(input(100)));
        expect(watched.failed).toBe(true);
        expect(await z(context, 10)).toEqual(small(ramp(10)));
        expect(await z(context, 100)).toEqual(large(ramp(100)));
        await engine.dispose();
        expect(watched.live.size).toBe(0);
      }
    }
  });

  it('is made anew after a reload', async () => {
    const engine = await Engine.load(file, { device: gpu.device });
    const context = engine.createContext();
    expect(await z(context, 100)).toEqual(large(ramp(100)));
    await engine.reload(gpu.device);
    expect(await z(context, 3)).toEqual(small(ramp(3)));
    expect(await z(context, 100)).toEqual(large(ramp(100)));
    await engine.dispose();
    expect(engine.bytesHeld).toBe(0);
  });
});

describe('in the steady state', () => {
  const made = async (calls: Map<string, number>, work: () => Promise<unknown>) => {
    const before = new Map(calls);
    await work();
    const all = [...calls].map(([name, n]) => [name, n - (before.get(name) ?? 0)] as const);
    return Object.fromEntries(all.filter(([name, n]) => n > 0 && name.startsWith('create')));
  };

  it('nothing is made but encoders, in one profile or going from one to another', async () => {
    const { device, calls } = watchDevice(gpu.device);
    const engine = await Engine.load(file, { device });
    expect(calls.get('createComputePipelineAsync')).toBe(2);
    const context = engine.createContext();
    await context.run(input(7));
    for (const n of [8, 7, 0]) {
      await context.run(input(n));
      expect(await made(calls, () => context.run(input(n)))).toEqual({ createCommandEncoder: 1 });
    }
    // The second profile makes its memory larger, and so the first one's bind groups anew.
    for (const n of [11, 7]) await context.run(input(n));
    for (const n of [12, 7, 1000, 8, 9, 500]) {
      expect(await made(calls, () => context.run(input(n))), `${n}`).toEqual({ createCommandEncoder: 1 });
    }
    await engine.dispose();
  });

  it("nor with the caller's buffers", async () => {
    const { device, calls } = watchDevice(gpu.device);
    const engine = await Engine.load(file, { device });
    const context = engine.createContext();
    const [x, z] = [0, 1].map(() => gpu.device.createBuffer({ size: 4000, usage: STORAGE })) as [GPUBuffer, GPUBuffer];
    const run = (n: number) => context.run({ x: { buffer: x, dims: [n] } }, { outputs: { z } });
    for (const n of [7, 11, 7]) await run(n);
    for (const n of [12, 7, 1000, 8]) {
      expect(await made(calls, () => run(n)), `${n}`).toEqual({ createCommandEncoder: 1 });
    }
    for (const buffer of [x, z]) buffer.destroy();
    await engine.dispose();
  });
});

it('sizes that values tell have the ranges of the profile that runs', async () => {
  const first = hostPlan();
  const [, kept] = first.symbols;
  const profiles = [{ symbols: [{ ...lengthSymbol, min: 4 }, kept!] }];
  const several = {
    ...first,
    symbols: [
      { ...lengthSymbol, max: 3 },
      { ...kept!, max: 1 },
    ],
    profiles,
  };
  const keep = (n: number) => () => [
    { dtype: 'float32', dims: [n], data: ramp(n) } as const,
    { dtype: 'string', dims: [1], data: ['kept'] } as const,
  ];
  const run = async (n: number, count: number) => {
    const hostOps = { 'test::Keep': keep(count) };
    const bytes = engineOf(several as Plan, [new Uint8Array(16)]);
    const engine = await Engine.load(bytes, { device: gpu.device, hostOps });
    try {
      return (await engine.createContext().run(input(n))).w!.data;
    } finally {
      await engine.dispose();
    }
  };
  expect(await run(3, 1)).toEqual(Float32Array.of(-5));
  expect(await run(4, 2)).toEqual(Float32Array.of(-5, -3));
  expect(await rejection(run(3, 2))).toMatchObject({
    code: 'SHAPE_OUT_OF_PROFILE',
    summary: expect.stringContaining('is to be in 0..1'),
  });
});
