// Integers of 64 bits that are computed in 32: a run gives the exact result, or fails where an element does not fit.

import { EngineRunner, type RunnerOptions } from '@trtx/builder';
import { type DType, GraphBuilder, type Tensor, type Value } from '@trtx/ir';
import { ReferenceRunner } from '@trtx/reference';
import { afterEach, describe, expect, it } from 'vitest';
import { testDevice } from '../support/chain.ts';

const [LEAST, MOST] = [-(2n ** 31n), 2n ** 31n - 1n];

type Build = (b: GraphBuilder, ...inputs: Value[]) => Value | readonly Value[];

const runners: EngineRunner[] = [];
afterEach(async () => {
  for (const runner of runners.splice(0)) await runner.dispose();
});

function graphOf(build: Build, inputs: readonly (readonly [DType, readonly number[]])[]) {
  const b = new GraphBuilder('overflow');
  const values = inputs.map(([dtype, dims], i) => b.input(`x${i}`, dtype, dims));
  [build(b, ...values)].flat().forEach((value, i) => {
    b.output(`y${i}`, value as Value);
  });
  return b.graph;
}

async function runnerOf(
  build: Build,
  inputs: readonly (readonly [DType, readonly number[]])[],
  options: Partial<RunnerOptions> = {},
): Promise<EngineRunner> {
  const { device, isFallback } = await testDevice();
  const runner = await EngineRunner.create(graphOf(build, inputs), { device, software: isFallback, ...options });
  runners.push(runner);
  return runner;
}

const wide = (...values: (bigint | number)[]): Tensor => ({
  dtype: 'int64',
  dims: [values.length],
  data: BigInt64Array.from(values, BigInt),
});
const feeds = (...tensors: Tensor[]) => new Map(tensors.map((tensor, i) => [`x${i}`, tensor]));
const vector = (n: number) => ['int64', [n]] as const;
const run = async (runner: EngineRunner, ...tensors: Tensor[]) => (await runner.run(feeds(...tensors))).get('y0')!.data;
const code = (runner: EngineRunner, ...tensors: Tensor[]) =>
  runner.run(feeds(...tensors)).then(
    () => 'ok',
    (error) => error.code,
  );

/** Numbers whose sums, products and powers lie on both sides of the ends of 32 bits. */
const EDGES = [
  LEAST,
  LEAST + 1n,
  -65536n,
  -46341n,
  -46340n,
  -2n,
  -1n,
  0n,
  1n,
  2n,
  3n,
  31n,
  46340n,
  46341n,
  65535n,
  65536n,
  MOST - 1n,
  MOST,
];

describe.each<[string, (a: bigint, b: bigint) => bigint]>([
  ['Add', (a, b) => a + b],
  ['Sub', (a, b) => a - b],
  ['Mul', (a, b) => a * b],
  ['Div', (a, b) => (b === 0n ? 0n : a / b)],
])('%s', (op, exact) => {
  it('is exact, or fails', async () => {
    const runner = await runnerOf((b, x, y) => b.op(op, [x, y])[0]!, [vector(3), vector(3)]);
    expect(runner.engine.plan.hostNodes).toEqual([]);
    for (const a of EDGES)
      for (const b of EDGES) {
        const result = exact(a, b);
        const inputs = [wide(1, a, 7), wide(2, b, 3)];
        if (result < LEAST || result > MOST) expect(await code(runner, ...inputs), `${a} ${b}`).toBe('INT64_OVERFLOW');
        else expect((await run(runner, ...inputs))[1], `${a} ${b}`).toBe(result);
      }
  });
});

it('powers are exact, or fail', async () => {
  const runner = await runnerOf((b, x, y) => b.Pow(x, y), [vector(1), vector(1)]);
  for (const a of [-46341n, -46340n, -3n, -2n, -1n, 0n, 1n, 2n, 3n, 1290n, 1291n, 46340n, 46341n])
    for (const b of [0n, 1n, 2n, 3n, 19n, 20n, 30n, 31n, 32n, 63n]) {
      const result = a ** b;
      if (result < LEAST || result > MOST)
        expect(await code(runner, wide(a), wide(b)), `${a} ${b}`).toBe('INT64_OVERFLOW');
      else expect((await run(runner, wide(a), wide(b)))[0], `${a} ${b}`).toBe(result);
    }
});

it('negation, size and casts are exact, or fail', async () => {
  for (const op of ['Neg', 'Abs']) {
    const runner = await runnerOf((b, x) => b.op(op, [x])[0]!, [vector(2)]);
    expect(await run(runner, wide(-5, MOST))).toEqual(BigInt64Array.from(op === 'Neg' ? [5n, -MOST] : [5n, MOST]));
    expect(await code(runner, wide(-5, LEAST))).toBe('INT64_OVERFLOW');
  }
  const runner = await runnerOf((b, x) => b.Cast(x, { to: 'int64' }), [['float32', [2]]]);
  const floats = (...values: number[]): Tensor => ({ dtype: 'float32', dims: [2], data: Float32Array.from(values) });
  expect(await run(runner, floats(-(2 ** 31), 2147483520))).toEqual(BigInt64Array.of(LEAST, 2147483520n));
  expect(await run(runner, floats(Number.NaN, -0.9))).toEqual(BigInt64Array.of(0n, 0n));
  for (const far of [2 ** 31, -2147483904, Number.POSITIVE_INFINITY])
    expect(await code(runner, floats(1, far))).toBe('INT64_OVERFLOW');
});

it.each([1, 200])('sums are as wide as they need on the way, of %i rows', async (rows) => {
  const dims = [rows, 300];
  const runner = await runnerOf((b, x) => b.ReduceSum(x, b.constant('int64', [1], [1])), [['int64', dims]]);
  const tensor = (...first: bigint[]): Tensor => {
    const data = new BigInt64Array(rows * 300);
    data.set(first, data.length - 300);
    return { dtype: 'int64', dims, data };
  };
  const last = (data: Tensor['data']) => data[rows - 1];
  expect(last(await run(runner, tensor(MOST, MOST, MOST, LEAST, LEAST, 2n)))).toBe(MOST);
  expect(last(await run(runner, tensor(LEAST, LEAST, MOST, 1n)))).toBe(LEAST);
  expect(await code(runner, tensor(MOST, 1n))).toBe('INT64_OVERFLOW');
  expect(await code(runner, tensor(LEAST, -1n))).toBe('INT64_OVERFLOW');
});

it('sums of squares and running sums', async () => {
  const squares = await runnerOf((b, x) => b.ReduceSumSquare(x), [vector(3)]);
  expect(await run(squares, wide(46340, 0, -200))).toEqual(BigInt64Array.of(46340n ** 2n + 40000n));
  expect(await code(squares, wide(46341, 0, 0))).toBe('INT64_OVERFLOW');
  expect(await code(squares, wide(46340, 46340, 0))).toBe('INT64_OVERFLOW');
  const scan = (exclusive: number) =>
    runnerOf((b, x) => b.CumSum(x, b.constant('int64', [], [0]), { exclusive }), [vector(3)]);
  expect(await code(await scan(0), wide(MOST, 1, -5))).toBe('INT64_OVERFLOW');
  // What is left out last is no part of any result.
  expect(await run(await scan(1), wide(5, MOST - 5n, 5))).toEqual(BigInt64Array.of(0n, 5n, MOST));
});

it('what a select does not choose is not looked at', async () => {
  const runner = await runnerOf((b, x, slope) => b.PRelu(x, slope), [vector(2), vector(2)]);
  expect(await run(runner, wide(MOST, -3), wide(5, 7))).toEqual(BigInt64Array.of(MOST, -21n));
  expect(await code(runner, wide(1, LEAST), wide(5, 2))).toBe('INT64_OVERFLOW');
});

it('tells the first node, in data order, of what is fused, and of elements that share words', async () => {
  const build: Build = (b, x) => {
    const one = b.constant('int64', [], [1]);
    const y = b.Mul(b.Add(x, one), x);
    return [b.Less(y, b.constant('int64', [], [100])), b.Neg(y)];
  };
  const runner = await runnerOf(build, [vector(7)]);
  expect(runner.engine.plan.steps.map(({ kind }) => kind)).toEqual(['copy', 'dispatches']);
  expect(await run(runner, wide(3, 1, -5, 10, 9, 0, 46340))).toEqual(Uint8Array.of(1, 1, 1, 0, 1, 1, 0));
  const bad = (x: bigint) => runner.run(feeds(wide(3, 1, -5, 10, 9, 0, x)));
  await expect(bad(MOST)).rejects.toMatchObject({
    code: 'INT64_OVERFLOW',
    place: { node: 'Add', tensor: 'Add.0', origin: 'Add' },
    hint: expect.stringContaining('--int64 host'),
  });
  await expect(bad(46341n)).rejects.toMatchObject({ place: { node: 'Mul' } });
  // Nothing stays of it.
  expect(await run(runner, wide(0, 0, 0, 0, 0, 0, 0))).toEqual(Uint8Array.of(1, 1, 1, 1, 1, 1, 1));
});

it('tells it of runs in flight one by one, and of those whose outputs stay on the GPU', async () => {
  const runner = await runnerOf((b, x) => b.Add(x, x), [vector(2)]);
  const { device } = await testDevice();
  const context = runner.engine.createContext();
  const tensor = (x: bigint) => ({ x0: { data: BigInt64Array.of(1n, x), dims: [2] } });
  const results = await Promise.allSettled([4n, MOST, 5n, LEAST, 6n].map((x) => context.run(tensor(x))));
  expect(
    results.map((result) => (result.status === 'fulfilled' ? result.value.y0!.data![1] : result.reason.code)),
  ).toEqual([8n, 'INT64_OVERFLOW', 10n, 'INT64_OVERFLOW', 12n]);
  const buffer = device.createBuffer({ size: 16, usage: 0x80 | 0x4 }); // STORAGE, COPY_SRC
  await expect(context.run(tensor(MOST), { outputs: { y0: buffer } })).rejects.toMatchObject({
    code: 'INT64_OVERFLOW',
  });
  expect((await context.run(tensor(7n), { outputs: { y0: buffer } })).y0!.buffer).toBe(buffer);
  buffer.destroy();
});

it('tells it where the host has steps of its own', async () => {
  const build: Build = (b, x, y) => {
    const found = b.Squeeze(b.NonZero(y), b.constant('int64', [1], [0]));
    return b.Add(b.Gather(x, found), b.constant('int64', [], [1]));
  };
  const runner = await runnerOf(build, [vector(3), ['float32', [3]]]);
  const mask = (...data: number[]): Tensor => ({ dtype: 'float32', dims: [3], data: Float32Array.from(data) });
  expect(await run(runner, wide(5, MOST, 6), mask(1, 0, 1))).toEqual(BigInt64Array.of(6n, 7n));
  expect(await code(runner, wide(5, MOST, 6), mask(0, 1, 1))).toBe('INT64_OVERFLOW');
  expect(await run(runner, wide(5, MOST, 6), mask(0, 0, 1))).toEqual(BigInt64Array.of(7n));
});

it('costs nothing where it is proved', async () => {
  const build: Build = (b, x) => {
    const best = b.ArgMax(x, { axis: 1, keepdims: 0 });
    return b.Mul(b.Add(best, b.constant('int64', [], [1])), best);
  };
  const { engine } = await runnerOf(build, [['float32', [3, 5]]]);
  expect(engine.plan.status).toBeUndefined();
  expect(engine.plan.hostNodes).toEqual([]);
});

describe('left to the host', () => {
  it('computes in 64 bits, inputs and outputs too', async () => {
    const build: Build = (b, x, y, table) => {
      const sum = b.Add(b.Mul(x, y), b.ArgMax(table, { axis: 1, keepdims: 0 }));
      return [
        sum,
        b.Mul(
          b.Cast(b.Greater(sum, y), { to: 'float32' }),
          b.ReduceMax(table, b.constant('int64', [1], [1]), { keepdims: 0 }),
        ),
      ];
    };
    const inputs = [vector(3), vector(3), ['float32', [3, 4]] as const];
    const table: Tensor = {
      dtype: 'float32',
      dims: [3, 4],
      data: Float32Array.from({ length: 12 }, (_, i) => (i * 5) % 7),
    };
    const given = feeds(wide(2n ** 40n, -3, MOST), wide(2n ** 20n + 1n, 9, MOST), table);
    const runner = await runnerOf(build, inputs, { int64: 'host' });
    expect(runner.engine.plan.status).toBeUndefined();
    const [results, expected] = [await runner.run(given), await new ReferenceRunner(graphOf(build, inputs)).run(given)];
    for (const name of ['y0', 'y1']) expect(results.get(name)!.data).toEqual(expected.get(name)!.data);
    // The arithmetic alone: maxima and their places are the GPU's.
    expect(runner.engine.plan.hostNodes.map(({ op }) => op)).toEqual(['Mul', 'Add', 'Greater']);
  });

  it('leaves to the GPU what is read by place', async () => {
    const runner = await runnerOf((b, table, x) => b.Gather(table, x), [['float32', [9]], vector(3)], {
      int64: 'host',
    });
    expect(runner.engine.plan.hostNodes).toEqual([]);
  });

  it('is what the error of an input says', async () => {
    const build: Build = (b, x) => b.Sub(x, b.constant('int64', [], [1]));
    const inputs = [vector(2)];
    await expect((await runnerOf(build, inputs)).run(feeds(wide(1, 2n ** 31n)))).rejects.toMatchObject({
      code: 'TENSOR_RANGE',
      hint: expect.stringContaining('--int64 host'),
    });
    expect(await run(await runnerOf(build, inputs, { int64: 'host' }), wide(1, 2n ** 31n))).toEqual(
      BigInt64Array.of(0n, MOST),
    );
  });
});
