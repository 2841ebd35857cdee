// Sequences and optionals that hold tensors of the GPU.
import type { Plan } from '@trtx/engine';
import { describe, expect, it } from 'vitest';
import { Engine } from './engine.ts';
import type { HostOp } from './host-ops.ts';
import type { HostValue, Tensor } from './tensors.ts';
import { watchDevice } from './testing/device.ts';
import { A, B, Draft, host, loop, move, work } from './testing/flow.ts';
import { affine, dataOf, floats, int, numbers } from './testing/flow-run.ts';
import { useDevice } from './testing/gpu.ts';
import { engineOf } from './testing/plans.ts';

const gpu = useDevice();
const itemsOf = (value: HostValue | null | undefined) => value!.data as HostValue[];
const sequence = (data: HostValue[]): HostValue => ({ dtype: 'sequence', dims: [], data });

const passing = (passesOn: boolean[], run: HostOp): HostOp => Object.assign(run, { passesOn });
const put = passing([true], (_, [list, item]) => [sequence([...itemsOf(list), item!])]);
const keep = passing([true], (_, [, item]) => [sequence([item!])]);
const at = passing([true, false], (_, [list, k]) => [itemsOf(list).at(Number(dataOf(k)[0]))!]);

/** Puts 2x + 1, 4x + 3, … into a sequence, takes out one, and gives 2y + 1 of it; with `look` also what a function sees. */
function collect(outputs: { list?: boolean; look?: boolean } = {}): Plan {
  const d = new Draft();
  const x = d.input('x', 'float32', [2]);
  const none = d.input('none', 'sequence', [], true);
  const trips = d.input('trips', 'int64', [], true);
  const which = d.input('which', 'int64', [], true);
  const state = d.value('state', 'float32', [2], { buffer: A, offset: 0 });
  const next = d.value('next', 'float32', [2], { buffer: B, offset: 0 });
  const item = d.value('item', 'float32', [2], { buffer: A, offset: 256 });
  const [list, more, all] = ['list', 'more', 'all'].map((name) => d.value(name, 'sequence', [])) as [
    number,
    number,
    number,
  ];
  const seen = outputs.look ? d.value('seen', 'float32', [2]) : undefined;
  const y = d.output('y', 'float32', [2]);
  if (outputs.list) d.hostOutput(all);
  if (seen !== undefined) d.hostOutput(seen);
  return d.plan([
    loop({
      trips,
      enter: [move(x, state), move(none, list)],
      steps: [
        work(d.affine({ buffer: A, offset: 0 }, { buffer: B, offset: 0 }, 2)),
        host('test::Put', [list, next], [more]),
      ],
      carry: [move(next, state), move(more, list)],
      exit: [move(list, all)],
    }),
    host('test::At', [all, which], [item]),
    work(d.affine({ buffer: A, offset: 256 }, y, 2)),
    ...(seen === undefined ? [] : [host('test::Look', [all, item], [seen])]),
  ]);
}

const feeds = (count: number, which: number): Record<string, Tensor> => ({
  x: floats(1, 2),
  none: { data: [], dims: [] },
  trips: int(count),
  which: int(which),
});
const after = (rounds: number) => [1, 2].map((x) => affine(x, rounds));

async function withHeld(
  plan: Plan,
  hostOps: Record<string, HostOp>,
  use: (
    run: (inputs: Record<string, Tensor>) => Promise<Record<string, { data?: unknown }>>,
    live: () => number,
    maps: () => number,
  ) => Promise<void>,
): Promise<void> {
  const { device, calls, live } = watchDevice(gpu.device);
  const engine = await Engine.load(engineOf(plan), { device, hostOps });
  const context = engine.createContext();
  await use(
    (inputs) => context.run(inputs),
    () => live.size,
    () => calls.get('mapAsync') ?? 0,
  );
  await engine.dispose();
  expect(live.size).toBe(0);
}

describe('tensors of the GPU in a sequence', () => {
  it('stay there: nothing is read back but the output', async () => {
    await withHeld(collect(), { 'test::Put': put, 'test::At': at }, async (run, live, maps) => {
      for (const [count, which] of [
        [3, 0],
        [5, -1],
        [5, 1],
      ] as const) {
        const { y } = await run(feeds(count, which));
        expect(numbers(y)).toEqual(after((which < 0 ? count + which : which) + 2));
      }
      expect(maps()).toBe(3);
      const buffers = live();
      await run(feeds(5, 2));
      expect(live()).toBe(buffers);
    });
  });

  it('are read back, all at once, for an output', async () => {
    await withHeld(collect({ list: true }), { 'test::Put': put, 'test::At': at }, async (run, _, maps) => {
      const { all, y } = await run(feeds(3, 1));
      expect((all!.data as HostValue[]).map(dataOf)).toEqual([1, 2, 3].map(after));
      expect((all!.data as HostValue[])[0]).toEqual({ dtype: 'float32', dims: [2], data: Float32Array.of(3, 5) });
      expect(numbers(y)).toEqual(after(3));
      expect(maps()).toBe(2);
    });
  });

  it('and for a function that reads them', async () => {
    const seen: number[][] = [];
    const look: HostOp = (_, [list, item]) => {
      seen.push(...itemsOf(list).map(dataOf), dataOf(item));
      return [item!];
    };
    const ops = { 'test::Put': put, 'test::At': at, 'test::Look': look };
    await withHeld(collect({ look: true }), ops, async (run, _, maps) => {
      expect(numbers((await run(feeds(2, 0))).seen)).toEqual(after(1));
      expect(seen).toEqual([after(1), after(2), after(1)]);
      expect(maps()).toBe(2);
    });
  });

  it('give their memory back once nothing holds them', async () => {
    await withHeld(collect(), { 'test::Put': keep, 'test::At': at }, async (run, live) => {
      await run(feeds(2, 0));
      const before = live();
      expect(numbers((await run(feeds(20, 0))).y)).toEqual(after(21));
      await run(feeds(1000, 0));
      expect(live() - before).toBeLessThan(70);
    });
  });

  it('also after a function that fails', async () => {
    let fails = true;
    const sometimes = passing([true, false], (...call) => {
      if (fails) throw new Error('no luck');
      return at(...call);
    });
    await withHeld(collect(), { 'test::Put': put, 'test::At': sometimes }, async (run, live) => {
      await expect(run(feeds(4, 0))).rejects.toThrow('no luck');
      const buffers = live();
      fails = false;
      expect(numbers((await run(feeds(4, 3))).y)).toEqual(after(5));
      expect(live()).toBeLessThanOrEqual(buffers + 1);
    });
  });
});
