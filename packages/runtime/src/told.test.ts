// Sizes that values tell, anew in each iteration.
import type { Plan } from '@trtx/engine';
import { describe, expect, it } from 'vitest';
import type { HostOp } from './host-ops.ts';
import { A, B, Draft, host, loop, move, work } from './testing/flow.ts';
import { affine, dataOf, floats, int, numbers, withPlan } from './testing/flow-run.ts';
import { rejection, useDevice } from './testing/gpu.ts';

const gpu = useDevice();

describe('sizes that are told again and again', () => {
  /** The state grows by an element each time, and is 2x + 1 of what it was. */
  function growing(place: 'gpu' | 'host' | 'mixed', max = 64): Plan {
    const d = new Draft();
    const x = d.input('x', 'float32', [1]);
    const trips = d.input('trips', 'int64', [], true);
    const state = d.values.length;
    const n = d.told('n', state);
    d.value('state', 'float32', [n], { buffer: A, offset: 0 });
    const next = d.value('next', 'float32', [n], { buffer: B, offset: 0 });
    const grown = d.values.length;
    const m = d.told('m', grown);
    const hosts = place !== 'gpu';
    d.value('grown', 'float32', [m], hosts ? undefined : { buffer: B, offset: 1024 });
    const result = d.values.length;
    const r = d.told('r', result);
    d.value('result', 'float32', [r], place === 'host' ? undefined : { buffer: A, offset: 1024 });
    d.hostOutput(result);
    const sizes = d.elements('sizes', n, m);
    const plan = d.plan([
      loop({
        trips,
        enter: [move(x, state)],
        steps: [
          work(d.affine({ buffer: A, offset: 0 }, { buffer: B, offset: 0 }, n)),
          host('test::Append', [next], [grown]),
          host('test::See', [sizes], []),
        ],
        carry: [move(grown, state)],
        exit: [move(state, result)],
      }),
    ]);
    return { ...plan, symbols: plan.symbols.map((symbol) => (symbol.name === 'n' ? { ...symbol, max } : symbol)) };
  }
  const append: HostOp = (_, [next]) => {
    const data = Float32Array.of(...dataOf(next), 0);
    return [{ dtype: 'float32', dims: [data.length], data }];
  };

  it.each(['gpu', 'host', 'mixed'] as const)('a state that grows, on the %s', async (place) => {
    const seen: number[][] = [];
    const see: HostOp = (_, [sizes]) => {
      seen.push(dataOf(sizes));
      return [];
    };
    await withPlan(gpu.device, growing(place), { 'test::Append': append, 'test::See': see }, async (context) => {
      for (const n of [3, 0, 2]) {
        const { result } = await context.run({ x: floats(1), trips: int(n) });
        expect(numbers(result)).toEqual([affine(1, n), ...Array.from({ length: n }, (_, k) => affine(0, n - 1 - k))]);
      }
    });
    expect(seen).toEqual([
      [1, 2],
      [2, 3],
      [3, 4],
      [1, 2],
      [2, 3],
    ]);
  });

  it('one that is too large is an error that names it', async () => {
    await withPlan(
      gpu.device,
      growing('gpu', 3),
      { 'test::Append': append, 'test::See': () => [] },
      async (context) => {
        const error = await rejection(context.run({ x: floats(1), trips: int(5) }));
        expect(error.message.split('\n')[0]).toBe(
          'SHAPE_OUT_OF_PROFILE: the node gave [4] for state, of which axis 0 (n) is to be in 0..3 (node Loop_0, tensor state)',
        );
        expect((await context.run({ x: floats(1), trips: int(2) })).result!.dims).toEqual([3]);
      },
    );
  });

  it('an element of a value, which the GPU has too', async () => {
    const d = new Draft();
    const trips = d.input('trips', 'int64', [1]);
    const count = d.value('count', 'int64', [1], { buffer: A, offset: 0 });
    const n = d.told('n', count, { element: 0 });
    const k = d.value('k', 'int64', [], { buffer: A, offset: 256 });
    const all = d.value('all', 'int64', [n], { buffer: B, offset: 0 });
    const copy = d.value('copy', 'int64', [n], d.output('copy', 'int64', [n]));
    d.hostOutput(all);
    const plan = d.plan([
      loop({ trips: count, iteration: k, enter: [move(trips, count)], stacks: [move(k, all)] }),
      loop({ trips: count, exit: [move(all, copy)] }),
    ]);
    await withPlan(gpu.device, plan, {}, async (context) => {
      const run = (n: number) => context.run({ trips: { data: BigInt64Array.of(BigInt(n)), dims: [1] } });
      for (const n of [3, 64, 0]) {
        const outputs = await run(n);
        for (const { dims, data } of [outputs.all!, outputs.copy!]) {
          expect([dims, data]).toEqual([[n], BigInt64Array.from({ length: n }, (_, k) => BigInt(k))]);
        }
      }
      expect((await rejection(run(65))).message).toMatch(
        /^SHAPE_OUT_OF_PROFILE: the node gave 65 as element 0 of count, where n is to be in 0..64 \(node Loop_0/,
      );
    });
  });

  it('slices that differ are an error', async () => {
    const d = new Draft();
    const trips = d.input('trips', 'int64', [], true);
    const k = d.value('k', 'int64', []);
    const slice = d.values.length;
    d.value('slice', 'string', [d.told('n', slice)]);
    const all = d.values.length;
    d.value('all', 'string', [d.told('m', all), d.told('w', all, { axis: 1 })]);
    d.hostOutput(all);
    const plan = d.plan([
      loop({ trips, iteration: k, steps: [host('test::Words', [k], [slice])], stacks: [move(slice, all)] }),
    ]);
    const words: HostOp = (_, [k]) => {
      const data = Array.from({ length: dataOf(k)[0] === 2 ? 4 : 3 }, () => 'w');
      return [{ dtype: 'string', dims: [data.length], data }];
    };
    await withPlan(gpu.device, plan, { 'test::Words': words }, async (context) => {
      expect((await context.run({ trips: int(2) })).all).toEqual({ dims: [2, 3], data: Array(6).fill('w') });
      expect((await context.run({ trips: int(0) })).all).toEqual({ dims: [0, 0], data: [] });
      const error = await rejection(context.run({ trips: int(3) }));
      expect(error.message).toMatch(
        /^TENSOR_SHAPE: the node gave \[4\] for all, of slices of \[3\] \(node Loop_0, tensor/,
      );
    });
  });
});
