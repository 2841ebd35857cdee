// Branches.

import { bodyProto, functionProto, info, node, numbers } from '../models.ts';
import { bothWays, branches, type ControlModel, flag, LOCAL, onX, truth, x23 } from './parts.ts';

export const ifModels: readonly ControlModel[] = [
  {
    name: 'If',
    model: {
      nodes: [node('If', ['c'], ['y'], branches(onX('Relu', 't'), onX('Neg', 'e')))],
      inputs: [info('x', 'float32', [2, 3]), flag('c')],
    },
    runs: bothWays,
  },
  {
    name: 'If of outputs of several sizes',
    model: {
      nodes: [
        node(
          'If',
          ['c'],
          ['y', 'z'],
          branches(
            bodyProto(
              [],
              [node('Transpose', ['x'], ['ty']), node('Relu', ['x'], ['tz'])],
              [info('ty', 'float32'), info('tz', 'float32')],
            ),
            bodyProto(
              [],
              [node('Neg', ['x'], ['ey']), node('Abs', ['x'], ['ez'])],
              [info('ey', 'float32'), info('ez', 'float32')],
            ),
          ),
        ),
      ],
      inputs: [info('x', 'float32', [2, 3]), flag('c')],
      outputs: ['y', 'z'],
    },
    runs: bothWays,
  },
  {
    name: 'If of version 1',
    model: {
      nodes: [node('If', ['c'], ['y'], branches(onX('Relu', 't'), onX('Neg', 'e')))],
      inputs: [info('x', 'float32', [2, 3]), flag('c')],
      opset: 10,
    },
    runs: bothWays,
  },
  {
    name: 'If whose condition is an initializer',
    model: {
      nodes: [node('If', ['c'], ['y'], branches(onX('Relu', 't'), onX('Neg', 'e')))],
      initializers: [numbers('c', 'bool', [], [0])],
    },
    runs: [{ x: x23 }],
  },
  {
    name: 'If in If, which reads values and initializers of both graphs around it',
    model: {
      nodes: [
        node('Exp', ['x'], ['outer']),
        node(
          'If',
          ['c'],
          ['y'],
          branches(
            bodyProto(
              [],
              [
                node('Mul', ['outer', 'w'], ['middle']),
                node(
                  'If',
                  ['d'],
                  ['inner'],
                  branches(
                    bodyProto(
                      [],
                      [node('Add', ['middle', 'outer'], ['a']), node('Add', ['a', 'own'], ['b'])],
                      [info('b', 'float32')],
                      [numbers('own', 'float32', [], [10])],
                    ),
                    bodyProto([], [node('Sub', ['x', 'w'], ['f'])], [info('f', 'float32')]),
                  ),
                ),
              ],
              [info('inner', 'float32')],
            ),
            onX('Neg', 'e'),
          ),
        ),
      ],
      inputs: [info('x', 'float32', [2, 3]), flag('c'), flag('d')],
      initializers: [numbers('w', 'float32', [3], [1, 2, 3])],
    },
    runs: [
      [true, true],
      [true, false],
      [false, true],
    ].map(([c, d]) => ({ x: x23, c: truth(c!), d: truth(d!) })),
  },
  {
    name: 'branches with the same names in them',
    model: {
      nodes: [
        node(
          'If',
          ['c'],
          ['y'],
          branches(
            bodyProto([], [node('Relu', ['x'], ['t']), node('Exp', ['t'], ['r'])], [info('r', 'float32')]),
            bodyProto([], [node('Neg', ['x'], ['t']), node('Abs', ['t'], ['r'])], [info('r', 'float32')]),
          ),
        ),
        node('Add', ['y', 'x'], ['t']),
      ],
      inputs: [info('x', 'float32', [2, 3]), flag('c')],
      outputs: ['t'],
    },
    runs: bothWays,
  },
  {
    name: 'a function that holds an If, called twice',
    model: {
      functions: [
        functionProto(
          'Choose',
          ['a', 'which'],
          ['r'],
          [
            node('Mul', ['a', 'a'], ['x']),
            node(
              'If',
              ['which'],
              ['r'],
              branches(
                bodyProto([], [node('Add', ['x', 'a'], ['t'])], [info('t', 'float32')]),
                bodyProto([], [node('Sub', ['x', 'a'], ['t'])], [info('t', 'float32')]),
              ),
            ),
          ],
        ),
      ],
      model: LOCAL,
      nodes: [
        node('Choose', ['x', 'c'], ['once'], {}, { domain: 'local' }),
        node('Not', ['c'], ['not_c']),
        node('Choose', ['once', 'not_c'], ['y'], {}, { domain: 'local' }),
      ],
      inputs: [info('x', 'float32', [2, 3]), flag('c')],
    },
    runs: bothWays,
  },
  {
    name: 'branches that call a function',
    model: {
      functions: [
        functionProto('Twice', ['a'], ['r'], [node('Add', ['a', 'a'], ['x']), node('Identity', ['x'], ['r'])]),
      ],
      model: LOCAL,
      nodes: [
        node(
          'If',
          ['c'],
          ['y'],
          branches(
            bodyProto([], [node('Twice', ['x'], ['t'], {}, { domain: 'local' })], [info('t', 'float32')]),
            bodyProto(
              [],
              [
                node('Twice', ['x'], ['e'], {}, { domain: 'local' }),
                node('Twice', ['e'], ['f'], {}, { domain: 'local' }),
              ],
              [info('f', 'float32')],
            ),
          ),
        ),
      ],
      inputs: [info('x', 'float32', [2, 3]), flag('c')],
    },
    runs: bothWays,
  },
];
