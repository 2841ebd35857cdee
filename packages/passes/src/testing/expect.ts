// Before and Expected: how passes are tested.

import {
  type Constant,
  canonicalText,
  cloneGraph,
  constantFrom,
  elementCount,
  type Graph,
  parseGraph,
  printGraph,
  standardOps,
  type Tensor,
  verify,
} from '@trtx/ir';
import { ReferenceRunner } from '@trtx/reference';
import { expect } from 'vitest';
import { optimize } from '../manager.ts';
import type { Pass } from '../rule.ts';

export function parse(text: string): Graph {
  return parseGraph(text, standardOps);
}

/** Runs the passes on `before`, verifies after each, and runs them again, which must change nothing. */
export function run(before: string, ...pipeline: readonly Pass[]): Graph {
  const graph = parse(before);
  optimize(graph, { pipeline, verify: true });
  verify(graph);
  expect(optimize(graph, { pipeline }).trace).toEqual([]);
  return graph;
}

/** The passes turn `before` into `expected`, compared structurally. */
export function expectRewrite(before: string, expected: string, ...pipeline: readonly Pass[]): void {
  const graph = run(before, ...pipeline);
  expect(canonicalText(graph), printGraph(graph)).toBe(canonicalText(parse(expected)));
}

/** The passes leave `before` as it is. */
export function expectUnchanged(before: string, ...pipeline: readonly Pass[]): void {
  expectRewrite(before, before, ...pipeline);
}

/** Runs `text` and what the passes make of it on the reference with random inputs; `#name` is a random constant. */
export async function expectSameValues(text: string, ...pipeline: readonly Pass[]): Promise<void> {
  const constants = new Map<string, Constant>();
  const random = randomNumbers(1);
  const numbered = text.replace(/(float32\[[\d,]+\]) #\w+/g, (_, type: string) => {
    const dims = type.match(/\d+(?=[,\]])/g)!.map(Number);
    const values = Array.from({ length: elementCount(dims) }, () => 0.5 + random());
    const hash = (constants.size + 1).toString(16);
    constants.set(hash, constantFrom('float32', dims, values));
    return `${type} #${hash}`;
  });
  const graph = parseGraph(numbered, standardOps, { constants });
  const optimized = cloneGraph(graph);
  const { trace } = optimize(optimized, { pipeline, verify: true });
  expect(trace).not.toEqual([]);
  const inputs = randomInputs(graph, random);
  expectClose(await new ReferenceRunner(optimized).run(inputs), await new ReferenceRunner(graph).run(inputs));
}

/** Inputs of float32 graphs with fixed shapes. */
export function randomInputs(graph: Graph, random: () => number): Map<string, Tensor> {
  return new Map(
    graph.inputs.map(({ name, type }) => {
      const dims = type.shape as number[];
      const data = Float32Array.from({ length: elementCount(dims) }, () => 4 * random() - 2);
      return [name, { dtype: 'float32', dims, data }];
    }),
  );
}

export function expectClose(actual: ReadonlyMap<string, Tensor>, expected: ReadonlyMap<string, Tensor>): void {
  expect([...actual.keys()]).toEqual([...expected.keys()]);
  for (const [name, { dtype, dims, data }] of expected) {
    const other = actual.get(name)!;
    expect([name, other.dtype, other.dims]).toEqual([name, dtype, dims]);
    const worst = Math.max(
      0,
      ...Array.from(data as Float32Array, (a, i) => distance(a, (other.data as Float32Array)[i]!)),
    );
    expect(worst, `output ${name}`).toBeLessThan(1e-4);
  }
}

/** Relative above 1; 0 for two NaNs or equal infinities. */
function distance(a: number, b: number): number {
  return Object.is(a, b) || a === b ? 0 : Math.abs(a - b) / Math.max(1, Math.abs(a));
}

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
