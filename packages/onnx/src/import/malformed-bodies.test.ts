// Models whose functions or bodies are not valid, or make more of themselves than the file has.

import { describe, it } from 'vitest';
import { bodyAttribute, functionProto, info, type ModelInput, node, numbers } from '../testing/models.ts';
import { expectRefusal, type Refusal } from '../testing/refusal.ts';
import type { FunctionProto, GraphProto, ModelProto, NodeProto } from '../wire/index.ts';

const w = numbers('w', 'float32', [2], [1, 2]);
const relu = (input: string, output: string) => node('Relu', [input], [output]);
const local: Partial<ModelProto> = { opset_import: ['', 'local'].map((domain) => ({ domain, version: 21n })) };

/** An If with one graph for both cases, or two. */
function choose(condition: string, output: string, yes: Partial<GraphProto>, no = yes): NodeProto {
  const attributes = [bodyAttribute('then_branch', yes), bodyAttribute('else_branch', no)];
  return node('If', [condition], [output], {}, { attribute: attributes });
}

/** Functions F0, F1, …, each of which calls the next one twice; the last one gives back nothing. */
function doubling(count: number, inBranches = false): FunctionProto[] {
  return Array.from({ length: count }, (_, i) => {
    const call = (input: string, output: string) => node(`F${i + 1}`, [input], [output], {}, { domain: 'local' });
    const branch = (value: string) => ({ node: [call('a', value)], output: [{ name: value }] });
    const nodes = inBranches ? [choose('a', 'b', branch('s'), branch('t'))] : [call('a', 't'), call('t', 'b')];
    return functionProto(`F${i}`, ['a'], ['b'], i === count - 1 ? [] : nodes);
  });
}

/** Loops in each other that double what they carry. */
function loops(depth: number): NodeProto {
  const inner = depth === 0 ? node('Relu', ['v'], ['o']) : loops(depth - 1);
  const body = bodyAttribute('body', {
    node: [
      { ...inner, input: inner.input.map((name) => (name === 'x' ? 'v' : name)) },
      node('Concat', ['o', 'o'], ['w'], { axis: 0 }),
    ],
    input: [info('i', 'int64', []), info('c', 'bool', []), info('v', 'float32', [null])],
    output: [{ name: 'c' }, { name: 'w' }],
  });
  return node('Loop', ['trips', '', 'x'], ['o'], {}, { attribute: [body] });
}

const CASES: [string, ModelInput, Refusal][] = [
  [
    'a function that calls itself in a branch',
    {
      nodes: [node('F', ['x'], ['y'], {}, { domain: 'local' })],
      inputs: [info('x', 'bool', [])],
      functions: [
        functionProto(
          'F',
          ['a'],
          ['b'],
          [choose('a', 'b', { node: [node('F', ['a'], ['t'], {}, { domain: 'local' })], output: [{ name: 't' }] })],
        ),
      ],
      model: local,
    },
    { code: 'ONNX_MODEL', says: 'the function F calls itself', node: 'n_y/n_t' },
  ],
  [
    'functions that call each other twice, and do nothing',
    { nodes: [node('F0', ['x'], ['y'], {}, { domain: 'local' })], functions: doubling(30), model: local },
    { code: 'ONNX_MODEL', says: 'more than 100000 nodes and calls where functions are inlined', node: 'n_y/n_t' },
  ],
  [
    'functions that call each other twice in branches',
    {
      nodes: [node('F0', ['x'], ['y'], {}, { domain: 'local' })],
      inputs: [info('x', 'bool', [])],
      functions: doubling(20, true),
      model: local,
    },
    { code: 'ONNX_MODEL', says: 'more than 100000 nodes and calls where functions are inlined', node: 'n_y/n_s' },
  ],
  [
    'calls in calls of very long names',
    {
      nodes: [node('F0', ['x'], ['y'], {}, { domain: 'local', name: 'n'.repeat(100_000) })],
      functions: doubling(12),
      model: local,
    },
    { code: 'ONNX_MODEL', says: 'the names of calls in calls are too long together', node: 'nnnn' },
  ],
  [
    'a body that reads what is nowhere',
    {
      nodes: [choose('x', 'y', { node: [relu('nowhere', 't')], output: [{ name: 't' }] })],
      inputs: [info('x', 'bool', [])],
    },
    { code: 'ONNX_MODEL', says: 'given nowhere', node: 'n_y', tensor: 'nowhere' },
  ],
  [
    'bodies that give each other a value',
    {
      nodes: [
        choose('x', 'y', {
          node: [choose('x', 't', { node: [relu('y', 'u')], output: [{ name: 'u' }] })],
          output: [{ name: 't' }],
        }),
      ],
      inputs: [info('x', 'bool', [])],
    },
    { code: 'ONNX_MODEL', says: 'the graph has a cycle', node: 'n_y (If)', tensor: 'y' },
  ],
  [
    'a branch that is missing',
    { nodes: [node('If', ['x'], ['y'])], inputs: [info('x', 'bool', [])] },
    { code: 'ONNX_MODEL', says: 'attribute then_branch is missing', node: 'n_y', tensor: 'y' },
  ],
  [
    'branches of unequal types',
    {
      nodes: [
        choose(
          'x',
          'y',
          { initializer: [w], output: [{ name: 'w' }] },
          { initializer: [numbers('v', 'int64', [2], [1, 2])], output: [{ name: 'v' }] },
        ),
      ],
      inputs: [info('x', 'bool', [])],
    },
    { code: 'SHAPE', says: 'float32[2] in one case and int64[2] in the other', node: 'n_y', tensor: 'y' },
  ],
  [
    'loops in loops in loops',
    {
      nodes: [loops(8)],
      outputs: ['o'],
      inputs: [info('x', 'float32', [1])],
      initializers: [numbers('trips', 'int64', [], [3])],
    },
    { code: 'ONNX_MODEL', says: 'loops in loops more than 6 deep', node: 'n_o', tensor: 'o' },
  ],
];

describe('functions and bodies that are refused', () => {
  it.each(CASES)('%s', (_, input, refusal) => expectRefusal(input, refusal));
});
