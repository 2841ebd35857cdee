// Loops.

import { bodyProto, functionProto, info, node, numbers } from '../models.ts';
import {
  branches,
  type ControlModel,
  flag,
  floats,
  index,
  integer,
  LOCAL,
  onX,
  truth,
  v3,
  vector,
  x23,
} from './parts.ts';

/** v' = v · 2 + i; goes on while the sum of v' is less than the limit, where there is one; a row of each v'. */
const doubling = (limited: boolean) =>
  bodyProto(
    [index('i'), flag('go_in'), vector('v')],
    [
      node('Cast', ['i'], ['k'], { to: 1 }),
      node('Add', ['v', 'v'], ['vv']),
      node('Add', ['vv', 'k'], ['v_out']),
      ...(limited
        ? [node('ReduceSum', ['v_out'], ['sum'], { keepdims: 0 }), node('Less', ['sum', 'limit'], ['go'])]
        : [node('Identity', ['go_in'], ['go'])]),
      node('Neg', ['v_out'], ['row']),
    ],
    [flag('go'), vector('v_out'), vector('row')],
  );

const limit = floats([], [200]);
const never = floats([], [-1]);

/** As the case test_loop11 of the ONNX project: a row is a slice of a constant by the number of the iteration. */
const slices = bodyProto(
  [index('iter_count'), flag('cond_in'), info('y_in', 'float32', [1])],
  [
    node('Identity', ['cond_in'], ['cond_out']),
    node('Constant', [], ['x'], { value: numbers('x', 'float32', [5], [1, 2, 3, 4, 5]) }),
    node('Constant', [], ['one'], { value: numbers('one', 'int64', [], [1]) }),
    node('Add', ['iter_count', 'one'], ['end']),
    node('Unsqueeze', ['iter_count'], ['slice_start'], { axes: [0] }),
    node('Unsqueeze', ['end'], ['slice_end'], { axes: [0] }),
    node('Slice', ['x', 'slice_start', 'slice_end'], ['slice_out']),
    node('Add', ['y_in', 'slice_out'], ['y_out']),
    node('Identity', ['y_out'], ['scan_out']),
  ],
  [flag('cond_out'), info('y_out', 'float32', [1]), info('scan_out', 'float32', [1])],
);

export const loopModels: readonly ControlModel[] = [
  {
    name: 'Loop with a count and a condition',
    model: {
      nodes: [node('Loop', ['m', 'c', 'v0'], ['v', 'rows'], { body: doubling(true) })],
      inputs: [index('m'), flag('c'), vector('v0'), info('limit', 'float32', [])],
      outputs: ['v', 'rows'],
    },
    runs: [
      { m: integer(9), c: truth(true), v0: v3, limit },
      { m: integer(2), c: truth(true), v0: v3, limit },
      { m: integer(9), c: truth(false), v0: v3, limit },
      { m: integer(0), c: truth(true), v0: v3, limit },
      { m: integer(5), c: truth(true), v0: v3, limit: never },
    ],
  },
  {
    name: 'Loop without a condition',
    model: {
      nodes: [node('Loop', ['m', '', 'v0'], ['v', 'rows'], { body: doubling(true) })],
      inputs: [index('m'), vector('v0'), info('limit', 'float32', [])],
      outputs: ['v', 'rows'],
    },
    runs: [
      { m: integer(9), v0: v3, limit },
      { m: integer(3), v0: v3, limit },
    ],
  },
  {
    name: 'Loop without a count',
    model: {
      nodes: [node('Loop', ['', 'c', 'v0'], ['v', 'rows'], { body: doubling(true) })],
      inputs: [flag('c'), vector('v0'), info('limit', 'float32', [])],
      outputs: ['v', 'rows'],
    },
    runs: [true, false].map((c) => ({ c: truth(c), v0: v3, limit })),
  },
  {
    name: 'Loop with neither',
    model: {
      nodes: [node('Loop', ['', '', 'v0'], ['v', 'rows'], { body: doubling(true) })],
      inputs: [vector('v0'), info('limit', 'float32', [])],
      outputs: ['v', 'rows'],
    },
    runs: [
      { v0: v3, limit },
      { v0: v3, limit: never },
    ],
  },
  {
    name: 'Loop whose body hands its condition on',
    model: {
      nodes: [node('Loop', ['m', 'c', 'v0'], ['v', 'rows'], { body: doubling(false) })],
      inputs: [index('m'), flag('c'), vector('v0')],
      outputs: ['v', 'rows'],
    },
    runs: [
      { m: integer(4), c: truth(true), v0: v3 },
      { m: integer(4), c: truth(false), v0: v3 },
    ],
  },
  {
    name: 'Loop over slices of a constant',
    model: {
      nodes: [node('Loop', ['trip_count', 'cond', 'y'], ['res_y', 'res_scan'], { body: slices })],
      inputs: [index('trip_count'), flag('cond'), info('y', 'float32', [1])],
      outputs: ['res_y', 'res_scan'],
      opset: 11,
    },
    runs: [{ trip_count: integer(5), cond: truth(true), y: floats([1], [-2]) }],
  },
  {
    name: 'Loop whose states grow and change places',
    model: {
      nodes: [
        node('Loop', ['m', '', 'a0', 'b0', 'list0'], ['a', 'b', 'list'], {
          body: bodyProto(
            [index('i'), flag('go_in'), vector('a_in'), vector('b_in'), vector('list_in', 'L')],
            [
              node('Identity', ['go_in'], ['go']),
              node('Identity', ['b_in'], ['a_out']),
              node('Add', ['a_in', 'b_in'], ['b_out']),
              node('Concat', ['list_in', 'b_out'], ['list_out'], { axis: 0 }),
            ],
            [flag('go'), vector('a_out'), vector('b_out'), vector('list_out', 'M')],
          ),
        }),
      ],
      inputs: [index('m'), vector('a0'), vector('b0'), vector('list0', 'N')],
      outputs: ['a', 'b', 'list'],
    },
    runs: [0, 1, 4].map((m) => ({ m: integer(m), a0: v3, b0: floats([3], [0, 1, -1]), list0: floats([2], [7, 8]) })),
  },
  {
    name: 'Loop in Loop in If, with values of all graphs around',
    model: {
      nodes: [
        node('Relu', ['x'], ['positive']),
        node(
          'If',
          ['c'],
          ['y'],
          branches(
            bodyProto(
              [],
              [
                node('Loop', ['m', '', 'x'], ['outer_final'], {
                  body: bodyProto(
                    [index('i'), flag('go_in'), info('s', 'float32', [2, 3])],
                    [
                      node('Identity', ['go_in'], ['go']),
                      node('Loop', ['i', '', 's'], ['inner_final'], {
                        body: bodyProto(
                          [index('j'), flag('go_in2'), info('t', 'float32', [2, 3])],
                          [
                            node('Identity', ['go_in2'], ['go2']),
                            node('Add', ['i', 'j'], ['ij']),
                            node('Cast', ['ij'], ['f'], { to: 1 }),
                            node('Mul', ['positive', 'f'], ['scaled']),
                            node('Add', ['t', 'scaled'], ['plus']),
                            node('Add', ['plus', 'w'], ['t_out']),
                          ],
                          [flag('go2'), info('t_out', 'float32', [2, 3])],
                        ),
                      }),
                    ],
                    [flag('go'), info('inner_final', 'float32', [2, 3])],
                  ),
                }),
              ],
              [info('outer_final', 'float32')],
            ),
            onX('Neg', 'e'),
          ),
        ),
      ],
      inputs: [info('x', 'float32', [2, 3]), flag('c'), index('m')],
      initializers: [numbers('w', 'float32', [3], [0.5, 0, -0.5])],
    },
    runs: [
      { x: x23, c: truth(true), m: integer(4) },
      { x: x23, c: truth(false), m: integer(4) },
    ],
  },
  {
    name: 'a function that holds a Loop, whose body calls another',
    model: {
      functions: [
        functionProto('Step', ['a', 'b'], ['r'], [node('Mul', ['a', 'b'], ['x']), node('Add', ['x', 'b'], ['r'])]),
        functionProto(
          'Repeat',
          ['v', 'times'],
          ['r'],
          [
            node('Constant', [], ['half'], { value: numbers('half', 'float32', [], [0.5]) }),
            node('Loop', ['times', '', 'v'], ['r'], {
              body: bodyProto(
                [index('i'), flag('go_in'), vector('x')],
                [node('Identity', ['go_in'], ['go']), node('Step', ['x', 'half'], ['x_out'], {}, { domain: 'local' })],
                [flag('go'), vector('x_out')],
              ),
            }),
          ],
        ),
      ],
      model: LOCAL,
      nodes: [
        node('Repeat', ['v0', 'm'], ['x'], {}, { domain: 'local' }),
        node('Repeat', ['x', 'm'], ['y'], {}, { domain: 'local' }),
      ],
      inputs: [vector('v0'), index('m')],
    },
    runs: [{ v0: v3, m: integer(3) }],
  },
];
