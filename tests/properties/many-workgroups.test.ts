// More workgroups than one dimension of a dispatch has, 65,535, for one kernel of each core, with the cheapest tactic that has
// so many.

import type { Compiled } from '@trtx/codegen';
import type { GraphBuilder, Tensor, Value } from '@trtx/ir';
import { expect, it } from 'vitest';
import { type Case, f32, feedsOf, graphOf, runCompiled, variantsOf } from '../kernels/support.ts';
import { testDevice } from '../support/chain.ts';
import { EXACT, FUNCTION, isNear, type Tolerance } from './float64.ts';

const MOST = 65535;

interface Large {
  readonly name: string;
  readonly inputs: Case['inputs'];
  build(b: GraphBuilder, ...x: Value[]): Value;
  /** Element i of the result, from the inputs' data. */
  of(i: number, ...x: ArrayLike<number>[]): number;
  readonly tolerance: Tolerance;
}

const ROWS = MOST + 3;

const cases: readonly Large[] = [
  {
    name: 'elements',
    inputs: [f32(64 * MOST + 7), f32(1)],
    build: (b, x, y) => b.Add(x, y),
    of: (i, x, y) => Math.fround(x[i]! + y[0]!),
    tolerance: EXACT,
  },
  {
    name: 'rows of a reduction',
    inputs: [f32(ROWS, 3)],
    build: (b, x) => b.ReduceMax(x, b.constant('int64', [1], [1])),
    of: (i, x) => Math.max(x[3 * i]!, x[3 * i + 1]!, x[3 * i + 2]!),
    tolerance: EXACT,
  },
  {
    name: 'rows of a softmax',
    inputs: [f32(ROWS, 2)],
    build: (b, x) => b.Softmax(x),
    of: (i, x) => 1 / (1 + Math.exp(x[i ^ 1]! - x[i]!)),
    tolerance: FUNCTION,
  },
  {
    name: 'rows of a normalization',
    inputs: [f32(ROWS, 2), f32(2)],
    build: (b, x, scale) => b.RMSNormalization(x, scale),
    of: (i, x, scale) => (x[i]! / Math.sqrt((x[i]! ** 2 + x[i ^ 1]! ** 2) / 2 + 1e-5)) * scale[i % 2]!,
    tolerance: FUNCTION,
  },
  {
    name: 'tiles of a product',
    inputs: [f32(ROWS, 1, 2), f32(ROWS, 2, 1)],
    build: (b, x, y) => b.MatMul(x, y),
    of: (i, x, y) => x[2 * i]! * y[2 * i]! + x[2 * i + 1]! * y[2 * i + 1]!,
    tolerance: FUNCTION,
  },
];

it.each(cases)('$name', async ({ name, inputs, build, of, tolerance }) => {
  const one: Case = { name, inputs, build };
  const [feeds] = feedsOf(one);
  const data = [...feeds!.values()].map((tensor: Tensor) => tensor.data as Float32Array);
  const compiled = cheapestWithMany(one);
  const [results] = await runCompiled((await testDevice()).device, compiled, [feeds!]);
  const result = results!.get('y0')!.data as Float32Array;
  const bad = result.findIndex((value, i) => !isNear(value, of(i, ...data), tolerance));
  expect(bad < 0 ? '' : `[${bad}] ${result[bad]} for ${of(bad, ...data)}`).toBe('');
});

function cheapestWithMany(one: Case): Compiled {
  for (const { compiled } of variantsOf(() => graphOf(one))) {
    const [step] = compiled.plan.steps;
    if (step?.kind === 'dispatches' && Number(step.dispatches[0]!.workgroups[0]) > MOST) return compiled;
  }
  throw new Error('no tactic has so many workgroups');
}
