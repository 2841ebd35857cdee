// Optionals.

import { bodyProto, info, node, optionalType, sequenceType, tensorType } from '../models.ts';
import { bothWays, branches, type ControlModel, flag, index, integer, onX, x23 } from './parts.ts';

const OPTIONAL_TENSOR = optionalType(tensorType('float32', [2, 3]));
const OPTIONAL_SEQUENCE = optionalType(sequenceType(tensorType('float32', [2, 3])));

export const optionalModels: readonly ControlModel[] = [
  {
    name: 'an optional that is there, and one that is not',
    model: {
      nodes: [
        node('Optional', ['x'], ['full']),
        node('Optional', [], ['empty'], { type: tensorType('float32', [2, 3]) }),
        node('OptionalHasElement', ['full'], ['has']),
        node('OptionalHasElement', ['empty'], ['lacks']),
        node('OptionalGetElement', ['full'], ['y']),
      ],
      outputs: ['has', 'lacks', 'y'],
      opset: 18,
    },
    runs: [{ x: x23 }],
  },
  {
    name: 'OptionalHasElement and OptionalGetElement of what is no optional',
    model: {
      nodes: [
        node('OptionalHasElement', ['x'], ['has']),
        node('OptionalHasElement', [''], ['lacks']),
        node('OptionalGetElement', ['x'], ['got']),
        node('Relu', ['got'], ['y']),
      ],
      outputs: ['has', 'lacks', 'y'],
      opset: 18,
    },
    runs: [{ x: x23 }],
  },
  {
    name: 'an optional sequence through Identity',
    model: {
      nodes: [
        node('SequenceConstruct', ['x', 'x'], ['s']),
        node('Optional', ['s'], ['o']),
        node('Identity', ['o'], ['p']),
        node('OptionalGetElement', ['p'], ['t']),
        node('Identity', ['t'], ['u']),
        node('SequenceLength', ['u'], ['y']),
      ],
      opset: 16,
    },
    runs: [{ x: x23 }],
  },
  {
    name: 'If of optionals',
    model: {
      nodes: [
        node(
          'If',
          ['c'],
          ['o'],
          branches(
            bodyProto([], [node('Optional', ['x'], ['t'])], [{ name: 't', type: OPTIONAL_TENSOR }]),
            bodyProto(
              [],
              [node('Optional', [], ['e'], { type: tensorType('float32', [2, 3]) })],
              [{ name: 'e', type: OPTIONAL_TENSOR }],
            ),
          ),
        ),
        node('OptionalHasElement', ['o'], ['has']),
        node(
          'If',
          ['has'],
          ['y'],
          branches(
            bodyProto([], [node('OptionalGetElement', ['o'], ['got'])], [info('got', 'float32', [2, 3])]),
            onX('Neg', 'none'),
          ),
        ),
      ],
      inputs: [info('x', 'float32', [2, 3]), flag('c')],
      outputs: ['has', 'y'],
      opset: 18,
    },
    runs: bothWays,
  },
  {
    name: 'Loop of an optional sequence',
    model: {
      nodes: [
        node('Optional', [], ['o'], { type: sequenceType(tensorType('float32', [2, 3])) }),
        node('Loop', ['m', '', 'o'], ['final'], {
          body: bodyProto(
            [index('i'), flag('go_in'), { name: 'o_in', type: OPTIONAL_SEQUENCE }],
            [
              node('Identity', ['go_in'], ['go']),
              node('OptionalHasElement', ['o_in'], ['has']),
              node(
                'If',
                ['has'],
                ['s'],
                branches(
                  bodyProto(
                    [],
                    [node('OptionalGetElement', ['o_in'], ['got'])],
                    [{ name: 'got', type: sequenceType(tensorType('float32', [2, 3])) }],
                  ),
                  bodyProto(
                    [],
                    [node('SequenceEmpty', [], ['none'])],
                    [{ name: 'none', type: sequenceType(tensorType('float32', [2, 3])) }],
                  ),
                ),
              ),
              node('SequenceInsert', ['s', 'x'], ['longer']),
              node('Optional', ['longer'], ['o_out']),
            ],
            [flag('go'), { name: 'o_out', type: OPTIONAL_SEQUENCE }],
          ),
        }),
        node('OptionalGetElement', ['final'], ['list']),
        node('ConcatFromSequence', ['list'], ['y'], { axis: 0 }),
      ],
      inputs: [info('x', 'float32', [2, 3]), index('m')],
      opset: 18,
    },
    runs: [1, 3].map((m) => ({ x: x23, m: integer(m) })),
  },
];
