// Sizes that only a run tells beside sizes that it could have: whatever they are, the result is ONNX Runtime's, or the run is
// refused. An engine takes two sizes to be equal of which one could be 1 and broadcast, so that some are.

import { EngineRunner } from '@trtx/builder';
import { isTrtxError } from '@trtx/errors';
import { parseProfile, type Tensor } from '@trtx/ir';
import { importModel } from '@trtx/onnx';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testDevice } from '../support/chain.ts';
import { expectClose } from '../support/compare.ts';
import { encodeModel, type OracleNode, runModelWithOnnxRuntime } from '../support/onnx-oracle.ts';
import { floats } from './programs.ts';
import { integers } from './steered.ts';

const RUNS = 24;
const SEED = 3;

const ramp = (...dims: number[]) =>
  floats(
    dims,
    Array.from({ length: dims.reduce((n, dim) => n * dim, 1) }, (_, i) => ((i * 5) % 13) - 6),
  );

interface Case {
  readonly name: string;
  readonly nodes: readonly OracleNode[];
  readonly constants?: Readonly<Record<string, Tensor>>;
  /** Inputs of one shape. */
  readonly fixed?: readonly string[];
  /** Inputs of a run, from four sizes. */
  readonly inputs: (sizes: readonly [number, number, number, number]) => Readonly<Record<string, Tensor>>;
}

const op = (op: string, inputs: readonly string[], output: string, attributes = {}): OracleNode => ({
  op,
  inputs,
  outputs: [output],
  attributes,
});
const one = { c: ramp(1, 1) };

const cases: readonly Case[] = [
  {
    name: 'Expand of an input',
    nodes: [op('Expand', ['x', 's'], 'y')],
    inputs: ([n, m, k]) => ({ x: ramp(n, m), s: integers(k, 1) }),
  },
  {
    name: 'Expand to a higher rank, then a sum',
    nodes: [op('Expand', ['x', 's'], 'e'), op('Add', ['e', 'z'], 'y')],
    inputs: ([n, m, k]) => ({ x: ramp(n, m), z: ramp(k, m), s: integers(2, k, 1) }),
  },
  {
    name: 'Expand of a constant beside an input',
    nodes: [op('Expand', ['c', 's'], 'e'), op('Add', ['e', 'x'], 'y')],
    constants: one,
    inputs: ([n, m, k, l]) => ({ x: ramp(n, m), s: integers(k, l) }),
  },
  {
    name: 'ConstantOfShape that is multiplied away',
    nodes: [op('ConstantOfShape', ['s'], 'e'), op('Mul', ['e', 'x'], 'f'), op('Sub', ['x', 'f'], 'y')],
    inputs: ([n, m, k]) => ({ x: ramp(n, m), s: integers(k, m) }),
  },
  {
    name: 'Tile of a constant beside an input',
    nodes: [op('Tile', ['c', 's'], 'e'), op('Mul', ['x', 'e'], 'y')],
    constants: one,
    inputs: ([n, m, k, l]) => ({ x: ramp(n, m), s: integers(k, l) }),
  },
  {
    name: 'Where of what is as large as told',
    nodes: [op('Greater', ['x', 'z'], 'g'), op('ConstantOfShape', ['s'], 'e'), op('Where', ['g', 'x', 'e'], 'y')],
    inputs: ([n, m, k, l]) => ({ x: ramp(n, m), z: ramp(n, m), s: integers(k, l) }),
  },
  {
    name: 'Reshape there and back',
    nodes: [op('Reshape', ['x', 's'], 'r'), op('Reshape', ['r', 'all'], 'y')],
    constants: { all: integers(-1) },
    inputs: ([n, m, k, l]) => ({ x: ramp(n, m), s: integers(k, l) }),
  },
  {
    name: 'Expand to as many as are not 0',
    nodes: [
      op('NonZero', ['z'], 'n'),
      op('Shape', ['n'], 'd', { start: 1 }),
      op('Expand', ['c', 'd'], 'e'),
      op('Add', ['e', 'x'], 'y'),
    ],
    constants: { c: ramp(1) },
    fixed: ['z'],
    inputs: ([n, , k]) => ({
      x: ramp(1, n),
      z: floats(
        [3],
        [0, 1, 2].map((i) => (i < k ? 1 : 0)),
      ),
    }),
  },
  {
    name: 'two parts that the same sizes tell',
    nodes: [
      op('Expand', ['c', 's'], 'e'),
      op('Expand', ['c', 's'], 'f'),
      op('Add', ['e', 'x'], 'a'),
      op('Mul', ['f', 'z'], 'b'),
      op('Concat', ['a', 'b'], 'y', { axis: 0 }),
    ],
    constants: one,
    inputs: ([n, m, k]) => ({ x: ramp(n, m), z: ramp(k, m), s: integers(k, m) }),
  },
];

describe.each(cases)('$name', ({ nodes, constants, fixed = [], inputs }) => {
  const isFixed = (name: string, dtype: string) => dtype === 'int64' || fixed.includes(name);
  it('is right or refused', async () => {
    const example = inputs([2, 3, 2, 3]);
    const shapes = Object.fromEntries(
      Object.entries(example).map(([name, { dims, dtype }]) => [
        name,
        isFixed(name, dtype) ? dims : dims.map((_, axis) => `${name}${axis}`),
      ]),
    );
    const model = encodeModel(nodes, example, { constants, shapes });
    const ranges = Object.entries(example).flatMap(([name, { dtype }]) =>
      isFixed(name, dtype) ? [] : [`${name}:{0..4}x{0..4}`],
    );
    const { device, isFallback: software } = await testDevice();
    const runners = await Promise.all(
      ([0, 2] as const).map(async (level) => {
        const { graph } = await importModel(model);
        return EngineRunner.create(graph, { device, software, level, profile: parseProfile(ranges) });
      }),
    );
    const size = fc.constantFrom(0, 1, 1, 2, 3);
    const samples = fc.sample(fc.tuple(size, size, size, size), { seed: SEED, numRuns: RUNS });
    let right = 0;
    for (const sizes of [[2, 3, 2, 3] as const, ...samples]) {
      const run = inputs(sizes);
      const feeds = new Map(Object.entries(run));
      for (const runner of runners) {
        const result = await runner.run(feeds).catch((error: unknown) => {
          if (isTrtxError(error)) return undefined;
          throw error;
        });
        if (!result) continue;
        const expected = await runModelWithOnnxRuntime(model, run);
        expectClose(result.get('y')!, expected.get('y')!, {}, `y of ${sizes}`);
        right++;
      }
    }
    expect(right).toBeGreaterThan(runners.length);
    for (const runner of runners) await runner.dispose();
  });
});
