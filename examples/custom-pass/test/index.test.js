import { parseGraph, printGraph, standardOps, verify } from '@trtx/ir';
import { exportModel, importModel } from '@trtx/onnx';
import { optimize, pipelineWith } from '@trtx/passes';
import { describe, expect, it } from 'vitest';
import { placed } from '../src/index.js';

/**
 * A graph of these lines, whose input is x and whose output is y.
 * @param {string} lines
 */
function graphOf(lines, type = 'float32[N,4]') {
  return parseGraph(`graph net\n  input x: ${type}\n${lines.replaceAll(/^ */gm, '  ')}\n  output y\n`, standardOps);
}

/** @param {import('@trtx/ir').Graph} graph */
function nodesOf(graph) {
  return [...graph.topological()].map(({ op }) => op.name);
}

/** @param {import('@trtx/ir').Graph} graph */
function run(graph) {
  const report = optimize(graph, { pipeline: [placed.pass] });
  verify(graph);
  return report.trace.length;
}

describe('a sum of squares', () => {
  it.each([
    ['s = Mul(x, x)\ny = ReduceSum(s, int64[1] [1])', 'float32[N,4]'],
    ['s = Mul(x, x)\ny = ReduceSum(s, int64[1] [-1]) {keepdims: 0}', 'float16[2,N]'],
    ['s = Mul(x, x)\ny = ReduceSum(s)', 'int32[N,M]'],
  ])('is recognized: %j of %s', (lines, type) => {
    const graph = graphOf(lines, type);
    const before = printGraph(graph)
      .split('\n')
      .find((line) => line.includes('ReduceSum('));
    expect(run(graph)).toBe(1);
    expect(nodesOf(graph)).toEqual(['ReduceSumSquare']);
    // The same type, attributes and axes.
    expect(printGraph(graph)).toContain(before?.replace('ReduceSum(s', 'ReduceSumSquare(x').trim());
    expect(run(graph)).toBe(0);
  });

  it.each([
    ['of two values', 's = Mul(x, float32[] [2])\ny = ReduceSum(s)'],
    ['whose squares are used elsewhere', 's = Mul(x, x)\nt = ReduceSum(s)\ny = Add(s, t)'],
    ['that is a mean', 's = Mul(x, x)\ny = ReduceMean(s)'],
  ])('%s is left as it is', (_, lines) => {
    const graph = graphOf(lines);
    const before = printGraph(graph);
    expect(run(graph)).toBe(0);
    expect(printGraph(graph)).toBe(before);
  });

  it('is recognized in its place among the others, in a model', async () => {
    const graph = graphOf('c = Identity(x)\ns = Pow(c, float32[] [2])\ny = ReduceSum(s, int64[1] [1])');
    const { graph: imported } = await importModel(exportModel(graph));
    const { trace } = optimize(imported, { pipeline: pipelineWith(2, [placed]), verify: true });
    expect(nodesOf(imported)).toEqual(['ReduceSumSquare']);
    expect(trace.map(({ pass }) => pass)).toContain('sums-of-squares');
  });
});
