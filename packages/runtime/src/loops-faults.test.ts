// Loops on a device that fails. On Dawn's null back end, for no result counts.
import { describe, expect, it } from 'vitest';
import { Engine } from './engine.ts';
import type { HostOp } from './host-ops.ts';
import type { HostValue } from './tensors.ts';
import { watchDevice } from './testing/device.ts';
import { untilPlan } from './testing/flow.ts';
import { rejection, testDevice, useDevice } from './testing/gpu.ts';
import { engineOf } from './testing/plans.ts';

const feeds = (most: number) => ({
  x: { data: new Float32Array(2), dims: [2] },
  most: { data: BigInt64Array.of(BigInt(most)), dims: [] },
});
const results: HostValue[] = [
  { dtype: 'bool', dims: [], data: Uint8Array.of(1) },
  { dtype: 'string', dims: [1], data: [''] },
];
const file = engineOf(untilPlan());

describe('on the null back end', () => {
  const gpu = useDevice({ backend: 'null' });

  it.each(['writeBuffer', 'createCommandEncoder', 'submit', 'mapAsync', 'createBuffer'])(
    'each call of %s fails in turn: the error comes, nothing is left, and the context goes on',
    async (method) => {
      for (let nth = 1; nth < 60; nth++) {
        const watched = watchDevice(gpu.device);
        const engine = await Engine.load(file, { device: watched.device, hostOps: { 'test::Look': () => results } });
        const context = engine.createContext();
        watched.failAt(method, nth, 'throw');
        const runs = await Promise.allSettled([2, 0, 3].map((n) => context.run(feeds(n))));
        const failures = runs.filter(({ status }) => status === 'rejected').length;
        expect(failures).toBe(watched.failed ? 1 : 0);
        const happened = watched.failed;
        watched.failAt(method, Number.POSITIVE_INFINITY, 'throw');
        expect((await context.run(feeds(2))).all!.dims).toEqual([2, 2]);
        expect(watched.openScopes).toBe(0);
        await engine.dispose();
        expect(watched.live.size).toBe(0);
        if (!happened) return;
      }
      expect.unreachable('the fault always happened');
    },
  );

  it('makes nothing new once it has run', async () => {
    const { device, calls, live } = watchDevice(gpu.device);
    const engine = await Engine.load(file, { device, hostOps: { 'test::Look': () => results } });
    const context = engine.createContext();
    await context.run(feeds(2));
    const before = new Map(calls);
    const buffers = live.size;
    for (const n of [2, 7, 0]) await context.run(feeds(n));
    const made = [...calls].filter(([name, count]) => name.startsWith('create') && count > (before.get(name) ?? 0));
    expect(made.map(([name]) => name)).toEqual(['createCommandEncoder']);
    expect(live.size).toBe(buffers);
    await engine.dispose();
  });
});

it('a device that is lost in an iteration ends the loop, and the engine goes on with another', async () => {
  const [first, second] = [await testDevice(), await testDevice()];
  let iterations = 0;
  const lose: HostOp = async () => {
    if (++iterations === 3) first.device.destroy();
    return results;
  };
  const engine = await Engine.load(file, { device: first.device, hostOps: { 'test::Look': lose } });
  const context = engine.createContext();
  expect((await rejection(context.run(feeds(50)))).code).toBe('DEVICE_LOST');
  expect(iterations).toBeLessThan(6);
  await engine.reload(second.device);
  expect((await context.run(feeds(4))).all!.dims).toEqual([4, 2]);
  await engine.dispose();
  for (const { release } of [first, second]) release();
});
