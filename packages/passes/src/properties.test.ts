import { TrtxError } from '@trtx/errors';
import { canonicalText, cloneGraph, type Graph, printGraph, type Tensor, verify } from '@trtx/ir';
import { ReferenceRunner } from '@trtx/reference';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type OptimizeOptions, optimize } from './manager.ts';
import { recognizeAttention, recognizing } from './passes/recognize/index.ts';
import { PIPELINES } from './pipelines.ts';
import { randomNumbers } from './testing/expect.ts';
import { BATCH, buildRandom, recipes, shuffled } from './testing/random-graph.ts';

async function outputs(graph: Graph) {
  const random = randomNumbers(7);
  const dims = [BATCH, 4, 4, 6];
  const data = Float64Array.from({ length: BATCH * 96 }, () => 4 * random() - 2);
  return new ReferenceRunner(graph).run(new Map([['x', { dtype: 'float64', dims, data } satisfies Tensor]]));
}

async function expectSameOutputs(graph: Graph, ...variants: readonly OptimizeOptions[]) {
  // What no run can compute (a size that only the run tells, and that does not fit) need not be the same.
  const expected = await outputs(graph).catch((error: unknown) => {
    fc.pre(!(error instanceof TrtxError && error.code === 'SHAPE'));
    throw error;
  });
  for (const options of variants) {
    const copy = cloneGraph(graph);
    optimize(copy, { ...options, verify: true });
    const actual = await outputs(copy);
    expect([...actual.keys()]).toEqual([...expected.keys()]);
    for (const [name, { dims, data }] of expected) {
      expect(actual.get(name)!.dims).toEqual(dims);
      const other = actual.get(name)!.data as Float64Array;
      // Infinities come of products of products; what is near them is not compared.
      (data as Float64Array).forEach((a, i) => {
        const near = Math.abs(a - other[i]!) <= 1e-7 * Math.max(1, Math.abs(a));
        if (!near && Math.abs(a) < 1e100) expect.fail(`${name}[${i}]: ${other[i]} for ${a} in\n${printGraph(copy)}`);
      });
    }
  }
}

/** Runs of each property, times this: 20 in nightly tests. */
const SCALE = Number(process.env.TRTX_PROPERTY_RUNS ?? 1);

const check = (property: (graph: Graph) => Promise<void> | void, numRuns = 150) =>
  fc.assert(
    fc.asyncProperty(recipes, async (recipe) => property(buildRandom(recipe))),
    { numRuns: numRuns * SCALE },
  );

describe('random graphs', () => {
  it('compute the same at every level', () =>
    check((graph) => expectSameOutputs(graph, { level: 0 }, { level: 1 }, { level: 2 }), 500));

  it('compute the same with any pass left out', () =>
    check((graph) => expectSameOutputs(graph, ...PIPELINES[2].map(({ name }) => ({ skip: [name] })))));

  it('compute the same with the passes in another order', () =>
    check((graph) => expectSameOutputs(graph, { pipeline: [...PIPELINES[2]].reverse() })));

  it('compute the same after any number of changes', () =>
    check((graph) => expectSameOutputs(graph, ...[1, 2, 3, 5, 8].map((stopAfter) => ({ stopAfter })))));

  it('are left alone by a second run, of all passes and of each', () =>
    check((graph) => {
      for (const pipeline of [PIPELINES[2], ...PIPELINES[2].map((pass) => [pass])]) {
        const copy = cloneGraph(graph);
        optimize(copy, { pipeline });
        expect(optimize(copy, { pipeline }).trace).toEqual([]);
      }
    }));

  it('keep sound types after each pass', () =>
    check((graph) => {
      optimize(graph, { verify: true });
      verify(graph);
    }));

  it('become the same whatever order their nodes were made in', () =>
    check((graph) => {
      const a = cloneGraph(graph);
      const b = shuffled(graph, randomNumbers(graph.nodes.size));
      optimize(a);
      optimize(b);
      expect(canonicalText(b)).toBe(canonicalText(a));
    }));

  it('give every rule something to do', () => {
    const fired = new Set<string>();
    for (const recipe of fc.sample(recipes, { seed: 1, numRuns: 4000 }))
      for (const { pass, rule } of optimize(buildRandom(recipe)).trace) fired.add(`${pass}/${rule}`);
    // What is written out in many ways is recognized in graphs that are written for it.
    const passes = PIPELINES[2].filter((pass) => pass !== recognizeAttention && !recognizing.includes(pass));
    const all = passes.flatMap(({ name, rules = [] }) => rules.map((rule) => `${name}/${rule.name}`));
    expect(all.filter((rule) => !fired.has(rule))).toEqual([]);
  });
});
