// Loops: how long they go on, what they carry, and what they give of all iterations.
import type { Plan } from '@trtx/engine';
import { describe, expect, it, vi } from 'vitest';
import { Engine } from './engine.ts';
import type { HostOp } from './host-ops.ts';
import { watchDevice } from './testing/device.ts';
import { A, B, Draft, host, loop, move, untilPlan, work } from './testing/flow.ts';
import { affine, bool, dataOf, flag, floats, int, numbers, withPlan } from './testing/flow-run.ts';
import { rejection, useDevice } from './testing/gpu.ts';
import { engineOf } from './testing/plans.ts';
import { COPY_DST, COPY_SRC, STORAGE } from './usage.ts';

const gpu = useDevice();

/** `trips` rounds on four numbers: the state is on the GPU, in and out of the caller's buffers. */
function rounds({ sameArena = false, stacked = false } = {}): Plan {
  const d = new Draft();
  const x = d.input('x', 'float32', [4]);
  const trips = d.input('trips', 'int64', [], true);
  const state = d.value('state', 'float32', [4], { buffer: A, offset: 0 });
  const next = d.value('next', 'float32', [4], { buffer: B, offset: 0 });
  const kept = d.value('kept', 'float32', [4], sameArena ? { buffer: A, offset: 1024 } : { buffer: B, offset: 1024 });
  const y = d.value('y', 'float32', [4], d.output('y', 'float32', [4]));
  const all = d.values.length;
  if (stacked) {
    const n = d.told('n', all);
    d.value('all', 'float32', [n, 4], d.output('all', 'float32', [n, 4]));
  }
  return d.plan([
    loop({
      trips,
      enter: [move(x, state)],
      steps: [work(d.affine({ buffer: A, offset: 0 }, { buffer: B, offset: 0 }, 4))],
      carry: [move(next, state)],
      exit: [move(state, kept)],
      stacks: stacked ? [move(next, all)] : [],
    }),
    loop({ trips, enter: [move(kept, state)], exit: [move(state, y)] }),
  ]);
}

describe('a loop on the GPU', () => {
  it.each([false, true])('carries its state there; inside one buffer: %s', async (sameArena) => {
    await withPlan(gpu.device, rounds({ sameArena }), {}, async (context) => {
      for (const n of [0, 1, 5, 2]) {
        const { y } = await context.run({ x: floats(0, 1, 2, -1), trips: int(n) });
        expect(numbers(y)).toEqual([0, 1, 2, -1].map((v) => affine(v, n)));
      }
    });
  });

  it("fills the caller's buffers", async () => {
    await withPlan(gpu.device, rounds(), {}, async (context) => {
      const usage = STORAGE | COPY_SRC | COPY_DST;
      const [x, y] = [0, 1].map(() => gpu.device.createBuffer({ size: 16, usage })) as [GPUBuffer, GPUBuffer];
      gpu.device.queue.writeBuffer(x, 0, Float32Array.of(3, 3, 3, 3));
      await context.run({ x: { buffer: x, dims: [4] }, trips: int(2) }, { outputs: { y } });
      const again = await context.run({ x: { buffer: y, dims: [4] }, trips: int(1) });
      expect(numbers(again.y)).toEqual(Array(4).fill(affine(3, 3)));
      const weak = gpu.device.createBuffer({ size: 16, usage: STORAGE });
      await expect(context.run({ x: floats(1, 1, 1, 1), trips: int(1) }, { outputs: { y: weak } })).rejects.toThrow(
        /BUFFER_UNSUITABLE.*usage/,
      );
    });
  });

  it('is submitted once, with what it gives of all iterations', async () => {
    const { device, calls } = watchDevice(gpu.device);
    const engine = await Engine.load(engineOf(rounds({ stacked: true })), { device });
    const context = engine.createContext();
    const run = (n: number) => context.run({ x: floats(0, 0, 0, 0), trips: int(n) });
    await run(1);
    const before = new Map(calls);
    // Or a slow machine would let others have their turn in between.
    const clock = vi.spyOn(performance, 'now').mockReturnValue(0);
    const { all } = await run(60);
    clock.mockRestore();
    const made = [...calls].map(([name, n]): [string, number] => [name, n - (before.get(name) ?? 0)]);
    const counted = made.filter(([name, n]) => /^(create|submit|map)/.test(name) && n > 0);
    expect(Object.fromEntries(counted)).toEqual({ createCommandEncoder: 1, submit: 1, mapAsync: 1 });
    expect(all!.dims).toEqual([60, 4]);
    expect(numbers(all).slice(0, 12)).toEqual([1, 3, 7].flatMap((v) => [v, v, v, v]));
    expect((await rejection(run(65))).message).toMatch(
      /^SHAPE_OUT_OF_PROFILE: the node gave more than 64 slices for all/,
    );
    expect((await run(0)).all!.dims).toEqual([0, 4]);
    await engine.dispose();
  });
});

describe('a loop with a condition', () => {
  const look: HostOp = (_, [next, k]) => {
    const [first] = dataOf(next);
    return [bool(first! < 20), { dtype: 'string', dims: [1], data: [`${dataOf(k)[0]}: ${first}`] }];
  };

  it.each(['known', 'told'] as const)('ends when it says so, or after so many trips; slices are %s', async (shape) => {
    await withPlan(gpu.device, untilPlan(shape), { 'test::Look': look }, async (context) => {
      for (const [most, count] of [
        [64, 5],
        [2, 2],
        [0, 0],
        [5, 5],
      ] as const) {
        const { all, names, ks, last } = await context.run({ x: floats(0, 1), most: int(most) });
        const states = Array.from({ length: count }, (_, k) => [affine(0, k + 1), affine(1, k + 1)]);
        expect(all!.dims).toEqual([count, 2]);
        expect(numbers(all)).toEqual(states.flat());
        expect(names).toEqual({ dims: [count, 1], data: states.map(([first], k) => `${k}: ${first}`) });
        expect(ks).toEqual({ dims: [count], data: BigInt64Array.from(states, (_, k) => BigInt(k)) });
        expect(numbers(last)).toEqual(states.at(-1) ?? [0, 1]);
      }
    });
  });

  it('goes on after an error in the middle', async () => {
    let failures = 1;
    const hostOps = {
      'test::Look': ((...args) => {
        if (dataOf(args[1][1])[0] === 3 && failures-- > 0) throw new Error('enough');
        return look(...args);
      }) as HostOp,
    };
    await withPlan(gpu.device, untilPlan(), hostOps, async (context) => {
      const feeds = { x: floats(0, 1), most: int(64) };
      expect((await rejection(context.run(feeds))).message).toMatch(/^HOST_OP: test::Look failed: enough/);
      expect((await context.run(feeds)).all!.dims).toEqual([5, 2]);
    });
  });

  it('runs beside another context', async () => {
    const slow: HostOp = async (...args) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      return look(...args);
    };
    await withPlan(gpu.device, untilPlan(), { 'test::Look': slow }, async (context, engine) => {
      const other = engine.createContext();
      const pairs = await Promise.all(
        [0, 2, 5].flatMap((n) => [context, other].map((it, i) => it.run({ x: floats(i, i), most: int(n) }))),
      );
      expect(pairs.map(({ all }) => all!.dims[0])).toEqual([0, 0, 2, 2, 5, 4]);
      expect(numbers(pairs[5]!.last)).toEqual([31, 31]);
    });
  });
});

describe('a loop that is long', () => {
  it('lets others have their turn', async () => {
    const d = new Draft();
    const goes = d.value('goes', 'bool', []);
    const last = d.value('last', 'bool', []);
    d.hostOutput(last);
    const always = d.input('always', 'bool', [], true);
    const plan = d.plan([
      loop({
        next: goes,
        enter: [move(always, last)],
        steps: [host('test::Go', [], [goes])],
        carry: [move(goes, last)],
      }),
    ]);
    let ends = false;
    setTimeout(() => {
      ends = true;
    }, 120);
    await withPlan(gpu.device, plan, { 'test::Go': () => [bool(!ends)] }, async (context) => {
      expect(numbers((await context.run({ always: flag(true) })).last)).toEqual([0]);
    });
  });

  it('is submitted in parts', async () => {
    const { device, calls } = watchDevice(gpu.device);
    const engine = await Engine.load(engineOf(rounds()), { device });
    const context = engine.createContext();
    const { y } = await context.run({ x: floats(-1, 0, -1, -1), trips: int(3000) });
    expect(numbers(y)).toEqual([-1, Number.POSITIVE_INFINITY, -1, -1]);
    expect(calls.get('submit')).toBeGreaterThan(1);
    expect(calls.get('submit')).toBeLessThan(300);
    await engine.dispose();
  });

  it('is refused where nothing would end it', async () => {
    await withPlan(gpu.device, rounds(), {}, async (context) => {
      const error = await rejection(context.run({ x: floats(0, 0, 0, 0), trips: int(2 ** 40) }));
      expect(error.message).toMatch(/^TENSOR_RANGE: 1099511627776 iterations are more than 2147483648 \(node Loop_0\)/);
    });
  });
});
