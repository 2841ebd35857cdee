// Plans that were tampered with, with all checksums right: each is refused, or loads and runs, or fails with a TrtxError.

import { HEADER_BYTES, type Plan, writeEngine } from '@trtx/engine';
import { isTrtxError } from '@trtx/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Engine } from './engine.ts';
import type { HostOp } from './host-ops.ts';
import type { HostValue } from './tensors.ts';
import { watchDevice } from './testing/device.ts';
import { untilPlan } from './testing/flow.ts';
import { useDevice } from './testing/gpu.ts';
import { arenaPlan, copyPlan, engineOf, lengthSymbol, profilesPlan } from './testing/plans.ts';

const gpu = useDevice({ backend: 'null' });
const { plan, blobs } = arenaPlan();

/** Changes what is at one of the places of a JSON value, which is chosen by `pick`. */
function changeOne(root: object, pick: number, change: (old: unknown) => unknown): void {
  const places: [Record<string, unknown>, string][] = [];
  const todo: object[] = [root];
  for (let node = todo.pop(); node; node = todo.pop()) {
    for (const [key, child] of Object.entries(node)) {
      places.push([node as Record<string, unknown>, key]);
      if (child !== null && typeof child === 'object') todo.push(child);
    }
  }
  const [node, key] = places[pick % places.length]!;
  node[key] = change(node[key]);
}

/** Sees enough after a while, whatever it is given. */
function looker(): HostOp {
  let calls = 0;
  return (_, __, count) => {
    const results: HostValue[] = [
      { dtype: 'bool', dims: [], data: Uint8Array.of(Number(++calls < 5)) },
      { dtype: 'string', dims: [1], data: [''] },
    ];
    return results.slice(0, count);
  };
}

async function survives(tampered: Plan, weights: Uint8Array[], feeds: object): Promise<void> {
  const { device, live } = watchDevice(gpu.device);
  let engine: Engine | undefined;
  try {
    engine = await Engine.load(engineOf(tampered, weights), { device, hostOps: { 'test::Look': looker() } });
    await engine.createContext().run(feeds as never);
  } catch (error) {
    if (!isTrtxError(error)) throw error;
  }
  await engine?.dispose();
  expect(live.size).toBe(0);
}

describe('a plan that was tampered with', () => {
  const values = fc.oneof(
    fc.integer({ min: -1, max: 20 }),
    fc.constantFrom(256, 1000, 4096, 65_536, 2 ** 31, 2 ** 32, 2 ** 52, 0.5, null, '', 'main', 'read', {}, []),
    fc.record({ expr: fc.nat(6) }),
    fc.constantFrom(['$', 0], ['#', -5], ['-', 0, 1], ['*', 0, 0], ['/', 1, 0], ['uniform', 'read']),
  );
  // Numbers that are near what was there get further than any others.
  const near = fc.tuple(fc.constantFrom(0, 1, 2, 4, 64), fc.constantFrom(-256, -64, -4, -1, 0, 1, 4, 256));
  const change = fc.oneof(
    values.map((value) => () => structuredClone(value)),
    near.map(
      ([times, plus]) =>
        (old: unknown) =>
          typeof old === 'number' ? old * times + plus : old,
    ),
  );
  const changes = fc.array(fc.tuple(fc.nat(), change), { minLength: 1, maxLength: 3 });

  it.each([
    ['dispatches', plan, blobs, { x: { data: new Float32Array(100), dims: [100] } }],
    [
      'copies',
      copyPlan([
        { dtype: 'int64', storage: 'i32' },
        { dtype: 'float16', storage: 'u16x2' },
      ]),
      [],
      { x0: { data: new BigInt64Array(9), dims: [9] }, x1: { data: new Uint16Array(9), dims: [9] } },
    ],
    [
      'a second profile',
      { ...profilesPlan().plan, symbols: [{ ...lengthSymbol, max: 10, multipleOf: 4 }] },
      blobs,
      { x: { data: new Float32Array(9), dims: [9] } },
    ],
    [
      'loops',
      untilPlan('told'),
      [],
      { x: { data: new Float32Array(2), dims: [2] }, most: { data: BigInt64Array.of(3n), dims: [] } },
    ],
  ] as const)('does no harm: %s', async (_, good, weights, feeds) => {
    expect(writeEngine({ plan: good, blobs: weights, builder: '' }).size).toBeGreaterThan(HEADER_BYTES);
    await fc.assert(
      fc.asyncProperty(changes, async (list) => {
        const tampered = structuredClone(good) as Plan;
        for (const [pick, change] of list) changeOne(tampered, pick, change);
        await survives(tampered, [...weights], feeds);
      }),
      { numRuns: 1000 },
    );
  });
});
