// Nodes that the host computes at run time, between dispatches: the whole way from placement to results, against the
// reference. Each case tells what of it the host has to do.

import { compile, standardKernels } from '@trtx/codegen';
import type { Plan } from '@trtx/engine';
import { engineBytes, parseEngine } from '@trtx/engine';
import type { Tensor } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { testDevice } from '../support/chain.ts';
import { type Case, expectedOf, expectSame, f32, feedsOf, graphOf, ints, runCompiled, weights } from './support.ts';

interface HostCase extends Case {
  /** The steps of the plan in order: numbers of dispatches, and ops of the host. */
  readonly steps: string;
}

const cases: HostCase[] = [
  {
    name: 'between two convolutions',
    inputs: [f32(1, 4, 6, 6)],
    build(b, x) {
      const y = b.Relu(b.Conv(x, weights(b, [4, 4, 3, 3]), null, { pads: [1, 1, 1, 1] }));
      const [values, indices] = b.TopK(y, ints(b, 3), {}, { outputs: 2 }) as [typeof x, typeof x];
      return [b.Conv(values, weights(b, [2, 4, 1, 1])), b.Add(indices, b.constant('int64', [1], [1]))];
    },
    steps: '1 TopK 2',
  },
  {
    name: 'float64 from end to end',
    inputs: [{ dtype: 'float64', dims: [3, 4] }],
    build: (b, x) => b.Cast(b.Exp(b.Cast(b.Mul(x, x), { to: 'float32' })), { to: 'float64' }),
    steps: 'Mul Cast 1 Cast',
  },
  {
    name: 'as many rows as there are numbers above 0',
    inputs: [f32('N'), f32('N', 3)],
    symbols: { N: { min: 1, max: 200 } },
    runs: [{ N: 5 }, { N: 200 }, { N: 1 }, { N: 7 }],
    build(b, x, table) {
      const found = b.NonZero(b.Greater(x, b.constant('float32', [], [0])));
      const rows = b.Gather(table, b.Squeeze(found, ints(b, 0)));
      return [b.Mul(rows, rows), b.Shape(rows), b.ReduceSum(rows, ints(b, 1))];
    },
    steps: '1 NonZero 3',
  },
  {
    name: 'sizes of two nodes',
    inputs: [f32(40), f32(40)],
    build(b, x, y) {
      const [zero, one] = [0, 1].map((n) => b.constant('float32', [], [n])) as [typeof x, typeof x];
      const [p, q] = [b.Compress(x, b.Greater(x, zero)), b.Compress(y, b.Less(b.Mul(y, y), one))];
      return [b.Concat([p, b.Relu(q)], { axis: 0 }), b.Expand(one, b.Shape(p))];
    },
    steps: '10 trtx::Steer trtx::Steer 2',
  },
  {
    name: 'what may be too large for the GPU',
    inputs: [{ dtype: 'int64', dims: [], low: 5, high: 6 }],
    build(b, x) {
      const [zero, one] = [0, 1].map((n) => b.constant('int64', [], [n])) as [typeof x, typeof x];
      const range = b.Range(zero, x, one);
      return b.ReduceSum(b.Mul(range, range), ints(b, 0));
    },
    steps: 'Range Mul ReduceSum',
  },
  {
    name: 'the largest of what may be nothing, in 64 bits',
    inputs: [{ dtype: 'int64', dims: ['N', 3], low: -9, high: 9 }],
    symbols: { N: { min: 0, max: 8 } },
    runs: [{ N: 0 }, { N: 8 }],
    build: (b, x) => [b.ReduceMax(x, ints(b, 0)), b.ReduceMin(x, ints(b, 1))],
    steps: '1 ReduceMax',
  },
  {
    name: 'what 64 bits are needed for although 32 hold the operands',
    inputs: [
      { dtype: 'uint64', dims: [6], low: 0, high: 9 },
      { dtype: 'int32', dims: [6], low: -9, high: 9 },
    ],
    build(b, x, y) {
      const apart = b.Sub(x, b.constant('uint64', [], [5]));
      return [b.Min([apart, x]), b.BitwiseNot(x), b.Cast(y, { to: 'uint64' }), b.Div(x, b.constant('uint64', [], [2]))];
    },
    steps: '1 Sub Min BitwiseNot Cast',
  },
  {
    name: 'inputs that both sides read, and views of them',
    inputs: [{ dtype: 'int64', dims: [2, 6], low: -9, high: 9 }],
    build(b, x) {
      const flat = b.Reshape(x, ints(b, 12));
      const [values] = b.TopK(flat, ints(b, 4)) as [typeof x];
      const [best] = b.TopK(b.Transpose(x, { perm: [1, 0] }), ints(b, 2), { axis: 0 }) as [typeof x];
      return [b.Add(values, values), b.Add(x, b.Transpose(b.Concat([best, best, best], { axis: 0 })))];
    },
    steps: 'copy 1 TopK TopK 2',
  },
  {
    name: 'constants that 32 bits do not hold, and what follows from them',
    inputs: [{ dtype: 'int64', dims: [6], low: -9, high: 9 }],
    build(b, x) {
      const large = b.Add(x, b.constant('int64', [1], [2 ** 40]));
      const rest = b.Slice(x, ints(b, 1), ints(b, 2 ** 62));
      return [large, b.Cast(large, { to: 'float32' }), b.Mul(rest, rest)];
    },
    steps: 'copy 1 Add Cast',
  },
];

/** As if none served TopK, whichever nodes the GPU can compute. */
const kernels = standardKernels.filter(({ id }) => !id.startsWith('top-k'));

/** `2 TopK 1`: the plan's steps. */
function stepsOf({ steps }: Plan): string {
  return steps
    .map((step) => {
      if (step.kind === 'host') return step.op;
      return step.kind === 'dispatches' ? String(step.dispatches.length) : step.kind;
    })
    .join(' ');
}

describe('host steps', () => {
  it.each(cases)('$name', async (it) => {
    const { device } = await testDevice();
    const feeds = feedsOf(it);
    const compiled = compile(graphOf(it), { kernels });
    expect(stepsOf(compiled.plan)).toBe(it.steps);
    for (const { reason, step } of compiled.plan.hostNodes) if (step !== undefined) expect(reason).toMatch(/\w+ \w+/);
    expectSame(await runCompiled(device, compiled, feeds), await expectedOf(graphOf(it), feeds), it.name);
  });

  it('texts go in and out', async () => {
    const { device } = await testDevice();
    const make = () =>
      graphOf({
        name: 'texts',
        inputs: [{ dtype: 'string', dims: [2, 'N'] }],
        symbols: { N: { min: 1, max: 4 } },
        build: (b, x) => b.Transpose(b.Concat([x, x], { axis: 0 })),
      });
    const x: Tensor = { dtype: 'string', dims: [2, 2], data: ['a', 'b', 'c', ''] };
    const results = await runCompiled(device, compile(make()), [new Map([['x0', x]])]);
    expect(results[0]!.get('y0')).toEqual({
      dtype: 'string',
      dims: [2, 4],
      data: ['a', 'c', 'a', 'c', 'b', '', 'b', ''],
    });
  });

  it('the same graph gives the same bytes, and the file is valid', () => {
    const bytes = () => {
      const { plan, blobs } = compile(graphOf(cases[0]!), { kernels });
      return engineBytes({ plan, blobs: blobs.map((blob) => blob()), builder: 'test' });
    };
    expect(Buffer.compare(bytes(), bytes())).toBe(0);
    expect(stepsOf(parseEngine(bytes()).plan)).toBe('1 TopK 2');
  });

  it('are refused with the list of all of them where there may be none', () => {
    expect(() => compile(graphOf(cases[2]!), { noHost: true })).toThrow(/UNSUPPORTED_NODES: 1 node.*NonZero.*size of/s);
    expect(() => compile(graphOf(cases[1]!), { noHost: true })).toThrow(/4 node.*input is float64.*no float64/s);
  });
});
