// Sequences, and SequenceMap over them.

import { bodyProto, info, node, numbers, sequenceType, tensorType } from '../models.ts';
import { branches, type ControlModel, flag, floats, index, integer, truth, v3, vector, x23 } from './parts.ts';

const three = ['X', 'Y', 'Z'].map((name) => info(name, 'float32', [2, 3]));
const threeTensors = Object.fromEntries(
  ['X', 'Y', 'Z'].map((name, k) => [
    name,
    floats(
      [2, 3],
      [0, 1, 2, 3, 4, 5].map((v) => v + 10 * k),
    ),
  ]),
);
const place = (name: string, value: number) => numbers(name, 'int64', [], [value]);

export const sequenceModels: readonly ControlModel[] = [
  {
    name: 'a sequence of tensors of several sizes, with one inserted',
    model: {
      nodes: [
        node('SequenceEmpty', [], ['s0']),
        node('SequenceInsert', ['s0', 'X'], ['s1']),
        node('SequenceInsert', ['s1', 'Y'], ['s2']),
        node('SequenceInsert', ['s2', 'Z', 'p'], ['s3']),
        node('SequenceAt', ['s3', 'q'], ['out']),
      ],
      inputs: [2, 1, 3].map((size, k) => info('XYZ'[k]!, 'float32', [size, 3])),
      outputs: ['out'],
      initializers: [place('p', 1), place('q', 2)],
      opset: 12,
    },
    runs: [
      {
        X: floats([2, 3], [0, 1, 2, 3, 4, 5]),
        Y: floats([1, 3], [6, 7, 8]),
        Z: floats([3, 3], [0, 0, 0, 1, 1, 1, 2, 2, 2]),
      },
    ],
  },
  {
    name: 'a sequence with one erased',
    model: {
      nodes: [
        node('SequenceConstruct', ['X', 'Y', 'Z'], ['s1']),
        node('SequenceErase', ['s1', 'p'], ['s2']),
        node('SequenceAt', ['s2', 'q'], ['out']),
        node('SequenceErase', ['s1'], ['s3']),
        node('SequenceLength', ['s3'], ['length']),
        node('SequenceAt', ['s3', 'last'], ['before']),
      ],
      inputs: three,
      outputs: ['out', 'length', 'before'],
      initializers: [place('p', 1), place('q', 1), place('last', -1)],
      opset: 12,
    },
    runs: [threeTensors],
  },
  {
    name: 'a sequence by places from its end',
    model: {
      nodes: [
        node('SequenceConstruct', ['X', 'Y', 'Z'], ['s1']),
        node('SequenceErase', ['s1', 'p'], ['s2']),
        node('SequenceInsert', ['s2', 'X', 'q'], ['s3']),
        node('SequenceAt', ['s3', 'r'], ['out']),
        node('ConcatFromSequence', ['s3'], ['all'], { axis: 1 }),
      ],
      inputs: three,
      outputs: ['out', 'all'],
      initializers: [place('p', -3), place('q', -1), place('r', -1)],
      opset: 12,
    },
    runs: [threeTensors],
  },
  {
    name: 'a sequence by places that the run tells',
    model: {
      nodes: [
        node('SequenceConstruct', ['X', 'Y'], ['s1']),
        node('SequenceInsert', ['s1', 'Z', 'p'], ['s2']),
        node('SequenceAt', ['s2', 'q'], ['out']),
        node('ConcatFromSequence', ['s2'], ['all'], { axis: -1, new_axis: 1 }),
      ],
      inputs: [...three, index('p'), index('q')],
      outputs: ['out', 'all'],
      opset: 12,
    },
    runs: [
      [0, 0],
      [2, -2],
      [-2, 1],
    ].map(([p, q]) => ({ ...threeTensors, p: integer(p!), q: integer(q!) })),
  },
  {
    name: 'If of sequences',
    model: {
      nodes: [
        node(
          'If',
          ['c'],
          ['s'],
          branches(
            bodyProto(
              [],
              [node('SequenceConstruct', ['X', 'Y', 'Z'], ['t'])],
              [{ name: 't', type: sequenceType(tensorType('float32', [2, 3])) }],
            ),
            bodyProto(
              [],
              [node('SequenceConstruct', ['Z', 'X'], ['e'])],
              [{ name: 'e', type: sequenceType(tensorType('float32', [2, 3])) }],
            ),
          ),
        ),
        node('SequenceLength', ['s'], ['length']),
        node('ConcatFromSequence', ['s'], ['all'], { axis: 0 }),
      ],
      inputs: [...three, flag('c')],
      outputs: ['length', 'all'],
      opset: 13,
    },
    runs: [true, false].map((c) => ({ ...threeTensors, c: truth(c) })),
  },
  {
    name: 'SequenceMap over two sequences and a tensor, with two outputs',
    model: {
      nodes: [
        node('SequenceConstruct', ['X', 'Y', 'Z'], ['a']),
        node('SequenceConstruct', ['Z', 'X', 'Y'], ['b']),
        node('SequenceMap', ['a', 'w', 'b'], ['sums', 'shapes'], {
          body: bodyProto(
            [info('p', 'float32', [2, 3]), vector('q'), info('r', 'float32', [2, 3])],
            [node('Mul', ['p', 'q'], ['pq']), node('Add', ['pq', 'r'], ['sum']), node('Shape', ['r'], ['shape'])],
            [info('sum', 'float32', [2, 3]), info('shape', 'int64', [2])],
          ),
        }),
        node('ConcatFromSequence', ['sums'], ['out'], { axis: 0 }),
        node('ConcatFromSequence', ['shapes'], ['sizes'], { axis: 0, new_axis: 1 }),
      ],
      inputs: [...three, vector('w')],
      outputs: ['out', 'sizes'],
      opset: 17,
    },
    runs: [{ ...threeTensors, w: v3 }],
  },
  {
    name: 'SequenceMap that reads what is around it, of the shapes of a sequence of tensors of several sizes',
    model: {
      nodes: [
        node('SplitToSequence', ['x', 'parts'], ['s'], { axis: 1 }),
        node('SequenceMap', ['s'], ['shapes', 'plus'], {
          body: bodyProto(
            [info('p', 'float32', [2, 'C'])],
            [node('Shape', ['p'], ['shape']), node('Add', ['p', 'bias'], ['sum'])],
            [info('shape', 'int64', [2]), info('sum', 'float32', [2, 'C'])],
          ),
        }),
        node('ConcatFromSequence', ['shapes'], ['sizes'], { axis: 0 }),
        node('ConcatFromSequence', ['plus'], ['out'], { axis: 1 }),
      ],
      inputs: [info('x', 'float32', [2, 3]), info('bias', 'float32', [])],
      initializers: [numbers('parts', 'int64', [2], [1, 2])],
      outputs: ['sizes', 'out'],
      opset: 17,
    },
    runs: [{ x: x23, bias: floats([], [0.5]) }],
  },
];
