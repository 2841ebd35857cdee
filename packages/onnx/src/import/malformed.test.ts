// Models whose bytes can be read and that are not valid, or not for us. Every error names its place.

import { describe, expect, it } from 'vitest';
import {
  attribute,
  bodyAttribute,
  info,
  type ModelInput,
  modelBytes,
  node,
  numbers,
  tensor,
} from '../testing/models.ts';
import { expectRefusal, type Refusal } from '../testing/refusal.ts';
import type { NodeProto } from '../wire/index.ts';
import { importModel } from './import.ts';
import { surveyModel } from './survey.ts';

const relu = (input: string, output: string, more: Partial<NodeProto> = {}) =>
  node('Relu', [input], [output], {}, more);
const w = numbers('w', 'float32', [2], [1, 2]);
const x4 = info('x', 'float32', [1, 1, 4, 4]);
const kernel = numbers('w', 'float32', [1, 1, 3, 3], new Array(9).fill(1));

const CASES: [string, ModelInput, Refusal][] = [
  // Names and edges
  [
    'two nodes that give one value',
    { nodes: [relu('x', 'y'), node('Neg', ['x'], ['y'], {}, { name: 'other' })] },
    { code: 'ONNX_MODEL', says: 'two nodes give one value, the other one is n_y', node: 'other', tensor: 'y' },
  ],
  [
    'a node that gives one value twice',
    { nodes: [node('Split', ['x'], ['y', 'y'])] },
    { code: 'ONNX_MODEL', says: 'two nodes give one value', node: 'n_y', tensor: 'y' },
  ],
  [
    'a node that gives an input',
    { nodes: [relu('x', 'x')], outputs: ['x'] },
    { code: 'ONNX_MODEL', says: 'a node gives a value that is an input or initializer', node: 'n_x', tensor: 'x' },
  ],
  [
    'a node that gives an initializer',
    { nodes: [relu('x', 'w')], outputs: ['w'], initializers: [w] },
    { code: 'ONNX_MODEL', says: 'an input or initializer', node: 'n_w', tensor: 'w' },
  ],
  [
    'a missing input',
    { nodes: [relu('z', 'y')] },
    { code: 'ONNX_MODEL', says: 'an input of a node is given nowhere', node: 'n_y (Relu)', tensor: 'z' },
  ],
  [
    'an input called __proto__ that is missing',
    { nodes: [relu('__proto__', 'y')] },
    { code: 'ONNX_MODEL', says: 'given nowhere', tensor: '__proto__' },
  ],
  [
    'an input called constructor that is missing',
    { nodes: [relu('constructor', 'y')] },
    { code: 'ONNX_MODEL', says: 'given nowhere', tensor: 'constructor' },
  ],
  [
    'an output that no node gives',
    { outputs: ['z'] },
    { code: 'ONNX_MODEL', says: 'a graph output is given nowhere', tensor: 'z' },
  ],
  [
    'two outputs of one name',
    { outputs: ['y', 'y'] },
    { code: 'ONNX_MODEL', says: 'two graph outputs have one name', tensor: 'y' },
  ],
  [
    'two inputs of one name',
    { inputs: [info('x', 'float32', [1]), info('x', 'float32', [1])] },
    { code: 'ONNX_MODEL', says: 'two graph inputs have one name', tensor: 'x' },
  ],
  [
    'an input without a name',
    { inputs: [info('', 'float32', [1])] },
    { code: 'ONNX_MODEL', says: 'a graph input without a name' },
  ],
  [
    'an initializer without a name',
    { initializers: [tensor('', 'float32', [0])] },
    { code: 'ONNX_MODEL', says: 'an initializer without a name' },
  ],
  [
    'two initializers of one name',
    { initializers: [w, w] },
    { code: 'ONNX_MODEL', says: 'two initializers have one name', tensor: 'w' },
  ],
  [
    'a NUL in the name of an input',
    { inputs: [info('x\0', 'float32', [1])] },
    { code: 'ONNX_MODEL', says: 'NUL character', tensor: 'x\\u0000' },
  ],
  [
    'a NUL in the name of a value',
    { nodes: [relu('x', 'y\0', { name: 'n' })] },
    { code: 'ONNX_MODEL', says: 'the name of a value has a NUL character', tensor: 'y\\u0000' },
  ],
  [
    'a NUL in the name of a node',
    { nodes: [relu('x', 'y', { name: 'n\0' })] },
    { code: 'ONNX_MODEL', says: 'the name of a node has a NUL character' },
  ],
  [
    'a NUL in the name of an op',
    { nodes: [node('Re\0lu', ['x'], ['y'])] },
    { code: 'ONNX_MODEL', says: 'the name of an op has a NUL character' },
  ],
  [
    'a cycle',
    { nodes: [node('Add', ['x', 'b'], ['a']), relu('a', 'b'), relu('b', 'y')] },
    { code: 'ONNX_MODEL', says: 'the graph has a cycle', node: 'n_b (Relu)', tensor: 'a' },
  ],
  [
    'a node that reads itself',
    { nodes: [node('Add', ['x', 'y'], ['y'])] },
    { code: 'ONNX_MODEL', says: 'the graph has a cycle', node: 'n_y (Add)', tensor: 'y' },
  ],
  [
    'a node without an op',
    { nodes: [node('', ['x'], ['y'])] },
    { code: 'ONNX_MODEL', says: 'a node without an op', node: 'n_y' },
  ],
  // Types
  [
    'an input without a type',
    { inputs: [{ name: 'x' }] },
    { code: 'ONNX_MODEL', says: 'the graph input is of undefined', tensor: 'x' },
  ],
  [
    'an input without a shape',
    { inputs: [info('x', 'float32')] },
    { code: 'ONNX_MODEL', says: 'no declared shape', tensor: 'x' },
  ],
  [
    'an input that is a sequence of nothing',
    { inputs: [{ name: 'x', type: { sequence_type: {} } }] },
    { code: 'ONNX_MODEL', says: 'the graph input holds values of no known type', tensor: 'x' },
  ],
  [
    'an input that is a map',
    { inputs: [{ name: 'x', type: { map_type: {} } }] },
    { code: 'ONNX_MODEL', says: 'the graph input is a map', tensor: 'x' },
  ],
  [
    'an input with a negative dimension',
    { inputs: [info('x', 'float32', [-1])] },
    { code: 'ONNX_MODEL', says: 'negative dimension -1', tensor: 'x' },
  ],
  [
    'an input of 2^62',
    { inputs: [info('x', 'float32', [2n ** 62n])] },
    { code: 'ONNX_MODEL', says: 'too large', tensor: 'x' },
  ],
  [
    'an input whose dims are too large together',
    { inputs: [info('x', 'float32', [2 ** 31, 2 ** 31])] },
    { code: 'ONNX_MODEL', says: 'too large', tensor: 'x' },
  ],
  [
    'an input of rank 10,000',
    { inputs: [info('x', 'float32', new Array(10_000).fill(1))] },
    { code: 'ONNX_MODEL', says: 'rank 10000', tensor: 'x' },
  ],
  [
    'an output declared with another type',
    { outputs: [info('y', 'int32', [2, 3])] },
    { code: 'ONNX_MODEL', says: 'declared as int32, but it is float32', node: 'n_y', tensor: 'y' },
  ],
  [
    'an inner value declared with another type',
    { nodes: [relu('x', 't'), relu('t', 'y')], graph: { value_info: [info('t', 'int8')] } },
    { code: 'ONNX_MODEL', says: 'declared as int8, but it is float32', node: 'n_t', tensor: 't' },
  ],
  [
    'operands of two types',
    { inputs: [info('x', 'float32', [2]), info('z', 'int32', [2])], nodes: [node('Add', ['x', 'z'], ['y'])] },
    { code: 'SHAPE', says: 'int32 where another input is float32', node: 'n_y', tensor: 'y' },
  ],
  [
    'operands that do not broadcast',
    { inputs: [info('x', 'float32', [2]), info('z', 'float32', [3])], nodes: [node('Add', ['x', 'z'], ['y'])] },
    { code: 'SHAPE', says: 'dimensions 2 and 3 differ', node: 'n_y', tensor: 'y' },
  ],
  // Attributes
  [
    'an attribute without a name',
    { nodes: [relu('x', 'y', { attribute: [attribute('', 1)] })] },
    { code: 'ONNX_MODEL', says: 'an attribute without a name', node: 'n_y', tensor: 'y' },
  ],
  [
    'two attributes of one name',
    { nodes: [relu('x', 'y', { attribute: [attribute('a', 1), attribute('a', 2)] })] },
    { code: 'ONNX_MODEL', says: 'two attributes a', node: 'n_y', tensor: 'y' },
  ],
  [
    'an attribute of an unknown type',
    { nodes: [relu('x', 'y', { attribute: [{ ...attribute('a', 1), type: 99 }] })] },
    { code: 'ONNX_MODEL', says: 'attribute a has the unknown type 99', node: 'n_y', tensor: 'y' },
  ],
  [
    'an attribute that refers to a function',
    { nodes: [relu('x', 'y', { attribute: [{ ...attribute('a', 1), ref_attr_name: 'b' }] })] },
    { code: 'ONNX_MODEL', says: 'attribute a refers to b outside of a function', node: 'n_y', tensor: 'y' },
  ],
  [
    'an unknown attribute',
    { nodes: [node('Relu', ['x'], ['y'], { __proto__x: 1 })] },
    { code: 'SHAPE', says: 'unknown attribute __proto__x', node: 'n_y', tensor: 'y' },
  ],
  [
    'the attribute __proto__',
    { nodes: [relu('x', 'y', { attribute: [attribute('__proto__', 1)] })] },
    { code: 'SHAPE', says: 'unknown attribute __proto__', node: 'n_y', tensor: 'y' },
  ],
  [
    'lists of unequal length',
    {
      inputs: [x4],
      initializers: [kernel],
      nodes: [node('Conv', ['x', 'w'], ['y'], { dilations: [1], strides: [1, 1] })],
    },
    { code: 'SHAPE', says: 'dilations', node: 'n_y', tensor: 'y' },
  ],
  [
    "a kernel shape that is not the weights'",
    { inputs: [x4], initializers: [kernel], nodes: [node('Conv', ['x', 'w'], ['y'], { kernel_shape: [2 ** 31, 1] })] },
    { code: 'SHAPE', says: 'kernel_shape', node: 'n_y', tensor: 'y' },
  ],
  [
    'a Split into no parts',
    { nodes: [node('Split', ['x'], ['y'], { num_outputs: 0 })] },
    { code: 'SHAPE', says: 'num_outputs = 0 is below 1', node: 'n_y', tensor: 'y' },
  ],
  [
    'an axis past the rank',
    { nodes: [node('Softmax', ['x'], ['y'], { axis: 7 })] },
    { code: 'SHAPE', says: 'axis 7', node: 'n_y', tensor: 'y' },
  ],
  // Constants
  [
    'a Constant without a value',
    { nodes: [node('Constant', [], ['c']), node('Add', ['x', 'c'], ['y'])] },
    { code: 'ONNX_MODEL', says: 'a Constant with 0 values', node: 'n_c', tensor: 'c' },
  ],
  [
    'a Constant with two values',
    { nodes: [node('Constant', [], ['c'], { value_int: 1, value_ints: [1] }), relu('x', 'y')] },
    { code: 'ONNX_MODEL', says: 'a Constant with 2 values', node: 'n_c', tensor: 'c' },
  ],
  [
    'an initializer with both kinds of data',
    { initializers: [{ ...w, float_data: new Uint8Array(8) }], nodes: [node('Add', ['x', 'w'], ['y'])] },
    { code: 'ONNX_MODEL', says: 'data in both raw_data and float_data', node: 'n_y', tensor: 'w' },
  ],
  [
    'an initializer of a wrong length',
    { initializers: [{ ...w, raw_data: new Uint8Array(7) }], nodes: [node('Add', ['x', 'w'], ['y'])] },
    { code: 'ONNX_MODEL', says: '7 bytes of data where float32[2] has 8', tensor: 'w' },
  ],
  // Versions
  ['no opset', { model: { opset_import: [] } }, { code: 'ONNX_PARSE', says: 'does not say which opset' }],
  ['no graph', { model: { graph: undefined } }, { code: 'ONNX_PARSE', says: 'no graph' }],
  [
    'no opset of the default domain',
    { model: { opset_import: [{ domain: 'a', version: 1n }] } },
    { code: 'ONNX_MODEL', says: 'imports no opset of the default domain', node: 'n_y' },
  ],
  ['opset 0', { opset: 0 }, { code: 'ONNX_MODEL', says: 'opset version 0 of domain ai.onnx' }],
  ['opset -1', { opset: -1 }, { code: 'ONNX_MODEL', says: 'opset version -1' }],
  [
    'an opset that is newer than this importer',
    { opset: 99 },
    { code: 'UNSUPPORTED_OPS', says: 'opset 99 is newer than 28', node: 'n_y' },
  ],
];

describe('models that are refused', () => {
  it.each(CASES)('%s', (_, input, refusal) => expectRefusal(input, refusal));
});

describe('unsupported ops', () => {
  const graph = modelBytes({ nodes: [relu('x', 'y')] });
  const body = bodyAttribute('then_branch', { node: [relu('x', 'z')] });
  const branch = node('Choose', ['c'], ['d'], {}, { attribute: [body] });
  const bytes = modelBytes({
    nodes: [
      ...Array.from({ length: 7 }, (_, i) => node('Fancy', ['x'], [`f${i}`])),
      node('Fancy', ['x'], ['g'], {}, { domain: 'com.example' }),
      branch,
      relu('x', 'y'),
    ],
    inputs: [info('x', 'float32', [2]), info('c', 'bool', [])],
    model: {
      opset_import: [
        { domain: '', version: 17n },
        { domain: 'com.example', version: 3n },
      ],
    },
  });

  it('are reported together, with where and how often', async () => {
    await expect(importModel(bytes)).rejects.toThrowErrorMatchingInlineSnapshot(`
      [TrtxError: UNSUPPORTED_OPS: 9 nodes of the model cannot be imported: Fancy, Choose (node n_f0)
        - ai.onnx Fancy-17 × 7: it has no definition (n_f0, n_f1, n_f2, n_f3, n_f4, …)
        - com.example Fancy-3 × 1: it has no definition (n_g)
        - ai.onnx Choose-17 × 1: it holds a graph, and is no If, Loop, Scan or SequenceMap (n_d)
        hint: Define them in a plugin, or export the model without them.]
    `);
  });

  it('do not keep a model from being surveyed', () => {
    expect(surveyModel(bytes)).toMatchObject({
      graph: 'g',
      nodes: 10,
      nodesInSubgraphs: 1,
      inputs: [
        { name: 'x', type: 'float32', dims: [2] },
        { name: 'c', type: 'bool', dims: [] },
      ],
      outputs: [{ name: 'y', type: 'undefined', dims: undefined }],
      opCounts: new Map([
        ['Fancy', 7],
        ['Choose', 1],
        ['Relu', 1],
        ['com.example::Fancy', 1],
      ]),
      unsupported: [
        { op: 'Fancy', domain: '', version: 17, count: 7, nodes: ['n_f0', 'n_f1', 'n_f2', 'n_f3', 'n_f4'] },
        { op: 'Fancy', domain: 'com.example', version: 3, count: 1 },
        { op: 'Choose', count: 1 },
      ],
    });
    expect(surveyModel(graph).unsupported).toEqual([]);
  });
});
