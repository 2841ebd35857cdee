import type { Tensor } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { checkModel } from '../../../../tests/support/imported.ts';
import { random } from '../../../reference/src/testing/check.ts';
import { type AttributeInput, bodyProto, info, type ModelInput, modelBytes, node, numbers } from '../testing/models.ts';
import { importModel } from './import.ts';

const check = (model: ModelInput, inputs: Readonly<Record<string, Tensor>>) => checkModel(modelBytes(model), inputs);
const refusal = (model: ModelInput) => expect(importModel(modelBytes(model))).rejects;
const integers = (...values: number[]): Tensor => ({
  dtype: 'int64',
  dims: [values.length],
  data: BigInt64Array.from(values, BigInt),
});

/** s' = s + a, row = s' · a */
const sums = bodyProto(
  [info('s', 'float32', [2]), info('a', 'float32', [2])],
  [node('Add', ['s', 'a'], ['s_out']), node('Mul', ['s_out', 'a'], ['row'])],
  [info('s_out', 'float32', [2]), info('row', 'float32', [2])],
);

/** row = a · b + c, double = 2 · row */
const rows = bodyProto(
  [info('a', 'float32', [2, 3]), info('b', 'float32', [3]), info('c', 'float32', [])],
  [node('Mul', ['a', 'b'], ['ab']), node('Add', ['ab', 'c'], ['row']), node('Add', ['row', 'row'], ['double'])],
  [info('row', 'float32', [2, 3]), info('double', 'float32', [2, 3])],
);

describe('Scan', () => {
  const scan = (attributes: Record<string, AttributeInput> = {}, opset = 21): ModelInput => ({
    nodes: [node('Scan', ['s0', 'x'], ['s_final', 'y'], { body: sums, num_scan_inputs: 1, ...attributes })],
    inputs: [info('s0', 'float32', [2]), info('x', 'float32', [5, 2])],
    outputs: ['s_final', 'y'],
    opset,
  });
  const inputs = { s0: random([2], { seed: 1 }), x: random([5, 2], { seed: 2 }) };

  it.each([9, 11, 16, 21])('of opset %i', (opset) => check(scan({}, opset), inputs));

  it.each([
    [[1], [0]],
    [[0], [1]],
    [[1], [1]],
  ])('with input directions %j and output directions %j', (scan_input_directions, scan_output_directions) =>
    check(scan({ scan_input_directions, scan_output_directions }), inputs),
  );

  it.each([0, 1, -1, -2])('along input axis %i', async (axis) => {
    const dims = axis === 0 || axis === -2 ? [5, 2] : [2, 5];
    const model = scan({ scan_input_axes: [axis] });
    await check(
      { ...model, inputs: [info('s0', 'float32', [2]), info('x', 'float32', dims)] },
      {
        ...inputs,
        x: random(dims, { seed: 3 }),
      },
    );
  });

  it('over an axis whose size only the run tells', () =>
    check({ ...scan(), inputs: [info('s0', 'float32', [2]), info('x', 'float32', ['N', 2])] }, inputs));

  it('of several inputs and outputs, each its own way, without states', async () => {
    const given = {
      a: random([2, 4, 3], { seed: 4 }),
      b: random([4, 3], { seed: 5 }),
      c: random([4], { seed: 6 }),
    };
    for (const axes of [
      [0, 0],
      [1, 2],
      [-1, -3],
    ])
      await check(
        {
          nodes: [
            node('Scan', ['a', 'b', 'c'], ['y', 'z'], {
              body: rows,
              num_scan_inputs: 3,
              scan_input_axes: [1, 0, 0],
              scan_input_directions: [0, 1, 0],
              scan_output_axes: axes,
              scan_output_directions: [1, 0],
            }),
          ],
          inputs: Object.entries(given).map(([name, { dims }]) => info(name, 'float32', dims)),
          outputs: ['y', 'z'],
        },
        given,
      );
  });

  it('reads what is around it', () => {
    const body = bodyProto(
      [info('s', 'float32', [2]), info('a', 'float32', [2])],
      [
        node('Mul', ['a', 'scale'], ['scaled']),
        node('Add', ['s', 'scaled'], ['s_out']),
        node('Add', ['s_out', 'bias'], ['row']),
      ],
      [info('s_out', 'float32', [2]), info('row', 'float32', [2])],
    );
    const model = scan({ body });
    return check(
      {
        ...model,
        inputs: [...model.inputs!, info('bias', 'float32', [2])],
        initializers: [numbers('scale', 'float32', [2], [0.5, 3])],
      },
      { ...inputs, bias: random([2], { seed: 7 }) },
    );
  });

  it('refuses what does not fit', async () => {
    await refusal(scan({ num_scan_inputs: 3 })).toThrow('num_scan_inputs is 3');
    await refusal(scan({ scan_input_axes: [2] })).toThrow('scan_input_axes has 2 for [5,2]');
    await refusal(scan({ scan_output_axes: [2] })).toThrow('scan_output_axes has 2 for [5,2]');
    await refusal(scan({ scan_input_directions: [0, 1] })).toThrow('2 entries where 1 belong');
    await refusal(scan({ body: rows })).toThrow('body has 3 inputs where 2 belong');
  });
});

describe('Scan-8, which has a batch', () => {
  const scan = (lengths: string, attributes: Record<string, AttributeInput> = {}): ModelInput => ({
    nodes: [node('Scan', [lengths, 's0', 'x'], ['s_final', 'y'], { body: sums, num_scan_inputs: 1, ...attributes })],
    inputs: [
      info('s0', 'float32', [3, 2]),
      info('x', 'float32', [3, 5, 2]),
      ...(lengths ? [info(lengths, 'int64', [3])] : []),
    ],
    outputs: ['s_final', 'y'],
    opset: 8,
  });
  const inputs = { s0: random([3, 2], { seed: 1 }), x: random([3, 5, 2], { seed: 2 }) };

  it('goes over each', () => check(scan(''), inputs));
  it('from the end', () => check(scan('', { directions: [1] }), inputs));
  it('as far as it is long', () => check(scan('lengths'), { ...inputs, lengths: integers(5, 1, 3) }));
  it('from the end of what is short', () =>
    check(scan('lengths', { directions: [1] }), { ...inputs, lengths: integers(2, 5, 4) }));
});
