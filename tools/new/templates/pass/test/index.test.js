import { parseGraph, printGraph, standardOps, verify } from '@trtx/ir';
import { optimize, pipelineWith } from '@trtx/passes';
import { expect, it } from 'vitest';
import { __id__, placed } from '../src/index.js';

/** @param {string} lines of a graph whose input is x and whose output is y */
const graphOf = (lines) => parseGraph(`graph net\ninput x: float32[N,4]\n${lines}\noutput y\n`, standardOps);

/**
 * The ops that are left, and how often the pass changed something.
 * @param {string} lines
 */
function run(lines) {
  const graph = graphOf(lines);
  const { trace } = optimize(graph, { pipeline: [__id__] });
  verify(graph);
  // A second run changes nothing.
  const text = printGraph(graph);
  expect(optimize(graph, { pipeline: [__id__] }).trace).toEqual([]);
  expect(printGraph(graph)).toBe(text);
  return { ops: [...graph.topological()].map(({ op }) => op.name), changes: trace.length };
}

it.each([
  ['at the end', 'a = Relu(x)\nb = Neg(a)\ny = Neg(b)', ['Relu']],
  ['in between', 'a = Neg(x)\nb = Neg(a)\ny = Relu(b)', ['Relu']],
  ['where the inner one is used elsewhere too', 'a = Neg(x)\nb = Neg(a)\ny = Add(a, b)', ['Neg', 'Add']],
])('two negations %s go', (_, lines, ops) => {
  expect(run(lines)).toEqual({ ops, changes: 1 });
});

it.each([
  ['one negation', 'y = Neg(x)', ['Neg']],
  ['negations with something between', 'a = Neg(x)\nb = Relu(a)\ny = Neg(b)', ['Neg', 'Relu', 'Neg']],
  ['other ops', 'a = Abs(x)\ny = Abs(a)', ['Abs', 'Abs']],
])('%s stay', (_, lines, ops) => {
  expect(run(lines)).toEqual({ ops, changes: 0 });
});

it('has a place in the pipelines', () => {
  const graph = graphOf('a = Neg(x)\nb = Neg(a)\ny = Relu(b)');
  optimize(graph, { pipeline: pipelineWith(1, [placed]), verify: true });
  expect([...graph.nodes].map(({ op }) => op.name)).toEqual(['Relu']);
});
