// Models whose constants, or the sizes that they ask for, are not valid.

import { describe, it } from 'vitest';
import { info, type ModelInput, node, numbers, sparse } from '../testing/models.ts';
import { expectRefusal, type Refusal } from '../testing/refusal.ts';

const ints = (name: string, ...values: number[]) => numbers(name, 'int64', [values.length], values);
const w = numbers('w', 'float32', [2], [1, 2]);
const x4 = info('x', 'float32', [1, 1, 4, 4]);
const kernel = numbers('w', 'float32', [1, 1, 3, 3], new Array(9).fill(1));

const CASES: [string, ModelInput, Refusal][] = [
  [
    'a Constant of raw data of a wrong length',
    {
      nodes: [
        node('Constant', [], ['c'], { value: { ...w, raw_data: new Uint8Array(9) } }),
        node('Add', ['x', 'c'], ['y']),
      ],
    },
    { code: 'ONNX_MODEL', says: '9 bytes of data where float32[2] has 8', node: 'n_c', tensor: 'c' },
  ],
  [
    'a tensor of 2^62 elements in an attribute',
    { nodes: [node('ConstantOfShape', ['w'], ['y'], { value: { ...w, dims: [2n ** 62n] } })], initializers: [w] },
    { code: 'ONNX_MODEL', says: 'too large', node: 'n_y', tensor: 'n_y.value' },
  ],
  [
    'a sparse initializer of the name of a dense one',
    { initializers: [w], graph: { sparse_initializer: [sparse('w', [2], [0])] } },
    { code: 'ONNX_MODEL', says: 'two initializers have one name', tensor: 'w' },
  ],
  [
    'a sparse initializer without a name',
    { graph: { sparse_initializer: [sparse('', [2], [0])] } },
    { code: 'ONNX_MODEL', says: 'an initializer without a name' },
  ],
  // Sizes
  [
    'a shape of negative sizes',
    { nodes: [node('Reshape', ['x', 's'], ['y'])], initializers: [ints('s', -2, -3)] },
    { code: 'SHAPE', says: 'negative dimension -2', node: 'n_y', tensor: 'y' },
  ],
  [
    'a shape of two free sizes',
    { nodes: [node('Reshape', ['x', 's'], ['y'])], initializers: [ints('s', -1, -1)] },
    { code: 'SHAPE', says: 'negative dimension', node: 'n_y', tensor: 'y' },
  ],
  [
    'a shape of 2^120 elements',
    { nodes: [node('Expand', ['x', 's'], ['y'])], initializers: [ints('s', 2 ** 40, 2 ** 40, 2 ** 40, 1, 1)] },
    { code: 'SHAPE', says: 'too large', node: 'n_y', tensor: 'y' },
  ],
  [
    'a shape of 10,000 sizes',
    { nodes: [node('ConstantOfShape', ['s'], ['y'])], initializers: [ints('s', ...new Array(4000).fill(1))] },
    { code: 'SHAPE', says: 'rank 4000', node: 'n_y', tensor: 'y' },
  ],
  [
    'parts of negative sizes',
    { nodes: [node('Split', ['x', 's'], ['y', 'z'], { axis: 1 })], initializers: [ints('s', -3, 6)] },
    { code: 'SHAPE', says: 'negative dimension -3', node: 'n_y', tensor: 'y' },
  ],
  [
    'repeats below zero',
    { nodes: [node('Tile', ['x', 's'], ['y'])], initializers: [ints('s', 1, -1)] },
    { code: 'SHAPE', says: 'negative dimension -3', node: 'n_y', tensor: 'y' },
  ],
  [
    'starts, ends and axes of unequal number',
    {
      nodes: [node('Slice', ['x', 'starts', 'ends', 'axes'], ['y'])],
      initializers: [ints('starts', 0, 0), ints('ends', 1), ints('axes', 0, 1)],
    },
    { code: 'SHAPE', says: '2 starts, 1 ends, 2 axes', node: 'n_y', tensor: 'y' },
  ],
  [
    'strides of a wrong number',
    { inputs: [x4], initializers: [kernel], nodes: [node('ConvTranspose', ['x', 'w'], ['y'], { strides: [1] })] },
    { code: 'SHAPE', says: 'strides has 1 numbers where 2 belong', node: 'n_y', tensor: 'y' },
  ],
  [
    'a range without steps',
    { nodes: [node('Range', ['a', 'a', 'a'], ['y'])], initializers: [numbers('a', 'float32', [], [0])] },
    { code: 'SHAPE', says: 'a delta of 0', node: 'n_y', tensor: 'y' },
  ],
];

describe('values that are refused', () => {
  it.each(CASES)('%s', (_, input, refusal) => expectRefusal(input, refusal));
});
