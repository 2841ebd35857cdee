// Branches, and loops inside them and inside loops.
import type { Plan } from '@trtx/engine';
import { describe, expect, it } from 'vitest';
import type { HostOp } from './host-ops.ts';
import { A, B, branch, Draft, host, loop, move, work } from './testing/flow.ts';
import { dataOf, flag, floats, int, numbers, withPlan } from './testing/flow-run.ts';
import { rejection, useDevice } from './testing/gpu.ts';

const gpu = useDevice();

describe('a branch', () => {
  /** Of four numbers: 2x + 1 of all on the GPU, or as many as the host keeps; then 2y + 1. */
  function either(place: boolean): Plan {
    const d = new Draft();
    const x = d.input('x', 'float32', [4]);
    const which = d.input('which', 'bool', [], true);
    const done = d.value('done', 'float32', [4], { buffer: B, offset: 0 });
    const kept = d.values.length;
    const k = d.told('k', kept);
    d.value('kept', 'float32', [k], place ? { buffer: B, offset: 256 } : undefined);
    const y = d.values.length;
    const m = d.told('m', y);
    d.value('y', 'float32', [m], { buffer: A, offset: 0 });
    const out = d.output('z', 'float32', [m]);
    d.hostOutput(y);
    return d.plan([
      branch(
        which,
        {
          steps: [work(d.affine({ buffer: 3, offset: 0 }, { buffer: B, offset: 0 }, 4))],
          moves: [move(done, y)],
        },
        { steps: [host('test::Keep', [x], [kept])], moves: [move(kept, y)] },
      ),
      work(d.affine({ buffer: A, offset: 0 }, out, m)),
    ]);
  }
  const keep: HostOp = (_, [x]) => {
    const data = Float32Array.from(dataOf(x).filter((v) => v > 0));
    return [{ dtype: 'float32', dims: [data.length], data }];
  };

  it.each([true, false])('goes either way; what the host gives has a place: %s', async (place) => {
    await withPlan(gpu.device, either(place), { 'test::Keep': keep }, async (context) => {
      const x = [1, -2, 3, 0];
      for (const [which, y] of [
        [true, x.map((v) => 2 * v + 1)],
        [false, [1, 3]],
        [true, x.map((v) => 2 * v + 1)],
      ] as const) {
        const outputs = await context.run({ x: floats(...x), which: flag(which) });
        expect(numbers(outputs.y)).toEqual(y);
        expect(numbers(outputs.z)).toEqual(y.map((v) => 2 * v + 1));
      }
      expect((await context.run({ x: floats(0, 0, 0, 0), which: flag(false) })).z!.dims).toEqual([0]);
    });
  });

  it('wants one element to decide', async () => {
    const d = new Draft();
    const x = d.input('x', 'bool', [d.length('n', 0)], true);
    const y = d.value('y', 'bool', [d.length('n', 0)]);
    d.hostOutput(y);
    await withPlan(
      gpu.device,
      d.plan([branch(x, { moves: [move(x, y)] }, { moves: [move(x, y)] })]),
      {},
      async (context) => {
        const error = await rejection(context.run({ x: { data: new Uint8Array(2), dims: [2] } }));
        expect(error.message).toMatch(/^TENSOR_SHAPE: has 2 elements, and a branch or loop takes one \(tensor x\)/);
        expect(numbers((await context.run({ x: { data: Uint8Array.of(1), dims: [1] } })).y)).toEqual([1]);
      },
    );
  });
});

describe('sizes that do not fit what is not run', () => {
  /** Of two inputs that have to be of one length: twice the first, less four elements; or the first as it is. */
  function picky(): Plan {
    const d = new Draft();
    const x = d.input('x', 'float32', [d.length('n', 0)]);
    const z = d.input('z', 'float32', [d.length('m', 1)]);
    const which = d.input('which', 'bool', [], true);
    const [n, m] = [d.length('n', 0), d.length('m', 1)] as [{ expr: number }, { expr: number }];
    const four = d.expr(['#', 4]);
    const less = d.expr(['-', n.expr, four.expr]);
    const huge = d.expr(['/', n.expr, d.expr(['-', n.expr, m.expr]).expr]);
    const short = d.value('short', 'float32', [less], { buffer: B, offset: 0 });
    const y = d.values.length;
    const k = d.told('k', y);
    d.value('y', 'float32', [k], { buffer: A, offset: 0 });
    d.hostOutput(y);
    return d.plan([
      branch(
        which,
        {
          constraints: [{ a: n, b: m, node: 'Add_7' }],
          steps: [work(d.affine({ buffer: 3, offset: 0 }, { buffer: B, offset: 0 }, less))],
          moves: [move(short, y)],
        },
        { moves: [move(x, y)] },
      ),
      branch(
        which,
        {},
        { steps: [branch(which, { steps: [host('test::See', [z, d.elements('huge', huge)], [])] }, {})] },
      ),
    ]);
  }

  it('are errors where it is run', async () => {
    await withPlan(gpu.device, picky(), { 'test::See': () => [] }, async (context) => {
      const run = (n: number, m: number, which: boolean) => {
        const ones = (count: number) => floats(...new Array<number>(count).fill(1));
        return context.run({ x: ones(n), z: ones(m), which: flag(which) });
      };
      expect((await run(3, 5, false)).y!.dims).toEqual([3]);
      expect((await run(3, 3, false)).y!.dims).toEqual([3]);
      expect(numbers((await run(6, 6, true)).y)).toEqual([3, 3]);
      expect((await rejection(run(6, 5, true))).message).toMatch(
        /^SHAPE_CONSTRAINT: two sizes have to be equal here, and are 6 and 5 \(node Add_7\)/,
      );
      expect((await rejection(run(3, 3, true))).message).toMatch(/^SIZE_OVERFLOW: a size is negative: -1/);
      expect((await run(4, 4, true)).y!.dims).toEqual([0]);
    });
  });

  it('hold in each iteration anew, and are not asked for after the last', async () => {
    const d = new Draft();
    const x = d.input('x', 'float32', [d.length('n', 0)]);
    const trips = d.input('trips', 'int64', [], true);
    const state = d.values.length;
    const s = d.told('s', state);
    d.value('state', 'float32', [s]);
    const grown = d.values.length;
    d.value('grown', 'float32', [d.told('g', grown)]);
    d.hostOutput(state);
    const plan = d.plan([
      loop({
        trips,
        enter: [move(x, state)],
        constraints: [{ a: s, b: d.expr(['min', (s as { expr: number }).expr, d.expr(['#', 3]).expr]), node: 'Add_8' }],
        steps: [host('test::Append', [state], [grown])],
        carry: [move(grown, state)],
      }),
    ]);
    const append: HostOp = (_, [state]) => {
      const data = Float32Array.of(...dataOf(state), 0);
      return [{ dtype: 'float32', dims: [data.length], data }];
    };
    await withPlan(gpu.device, plan, { 'test::Append': append }, async (context) => {
      expect((await context.run({ x: floats(1), trips: int(3) })).state!.dims).toEqual([4]);
      expect((await rejection(context.run({ x: floats(1), trips: int(4) }))).message).toMatch(
        /^SHAPE_CONSTRAINT: two sizes have to be equal here, and are 4 and 3 \(node Add_8\)/,
      );
      expect((await context.run({ x: floats(1, 2, 3, 4), trips: int(0) })).state!.dims).toEqual([4]);
    });
  });
});

describe('loops inside loops and branches', () => {
  /** The sums of 0..k-1 for each k, by a loop inside, or k itself. */
  function sums(place: boolean): Plan {
    const d = new Draft();
    const trips = d.input('trips', 'int64', [], true);
    const on = d.input('on', 'bool', []);
    const k = d.value('k', 'int64', [], place ? { buffer: A, offset: 0 } : undefined);
    const j = d.value('j', 'int64', [], place ? { buffer: A, offset: 4 } : undefined);
    const inner = d.values.length;
    d.value('inner', 'int64', [d.told('n', inner)], place ? { buffer: B, offset: 0 } : undefined);
    const sum = d.value('sum', 'int64', []);
    const result = d.value('result', 'int64', [], place ? { buffer: B, offset: 1024 } : undefined);
    const all = d.values.length;
    const m = d.told('m', all);
    d.value('all', 'int64', [m], d.output('all', 'int64', [m]));
    return d.plan([
      loop({
        trips,
        iteration: k,
        steps: [
          branch(
            on,
            {
              steps: [loop({ trips: k, iteration: j, stacks: [move(j, inner)] }), host('test::Sum', [inner], [sum])],
              moves: [move(sum, result)],
            },
            { moves: [move(k, result)] },
          ),
        ],
        stacks: [move(result, all)],
      }),
    ]);
  }
  const sum: HostOp = (_, [x]) => {
    return [
      { dtype: 'int64', dims: [], data: BigInt64Array.of((x!.data as BigInt64Array).reduce((a, b) => a + b, 0n)) },
    ];
  };

  it.each([true, false])('begin anew each time; with places on the GPU: %s', async (place) => {
    await withPlan(gpu.device, sums(place), { 'test::Sum': sum }, async (context) => {
      const run = async (n: number, on: boolean) => numbers((await context.run({ trips: int(n), on: flag(on) })).all);
      expect(await run(5, true)).toEqual([0, 0, 1, 3, 6]);
      expect(await run(5, false)).toEqual([0, 1, 2, 3, 4]);
      expect(await run(0, true)).toEqual([]);
      expect(await run(2, true)).toEqual([0, 0]);
    });
  });
});
