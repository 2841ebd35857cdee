import { describe, expect, it } from 'vitest';
import { attribute, functionProto, info, type ModelInput, modelBytes, node } from '../testing/models.ts';
import type { GraphProto } from '../wire/index.ts';
import { readFlow, steeringInputs } from './flow.ts';

const steering = (input: ModelInput) => [...steeringInputs(readFlow(modelBytes(input)))].sort();
const x = info('x', 'float32', [2, 3]);
const shape = (name: string) => info(name, 'int64', [2]);

describe('steeringInputs', () => {
  it('finds shapes and axes, and no data', () => {
    expect(steering({ nodes: [node('Reshape', ['x', 's'], ['y'])], inputs: [x, shape('s')] })).toEqual(['s']);
    const slice = node('Slice', ['x', 'starts', 'ends', '', 'steps'], ['y']);
    const inputs = [x, shape('starts'), shape('ends'), shape('steps')];
    expect(steering({ nodes: [slice], inputs })).toEqual(['ends', 'starts', 'steps']);
    expect(steering({ nodes: [node('Gather', ['x', 'i'], ['y'])], inputs: [x, shape('i')] })).toEqual([]);
  });

  it('knows where older versions have their inputs', () => {
    const scales = info('s', 'float32', [2]);
    const resized = (op: string, opset: number, inputs: string[]) =>
      steering({ nodes: [node(op, inputs, ['y'])], inputs: [x, scales], opset });
    expect(resized('Upsample', 9, ['x', 's'])).toEqual(['s']);
    expect(resized('Resize', 10, ['x', 's'])).toEqual(['s']);
    expect(resized('Resize', 11, ['x', '', 's'])).toEqual(['s']);
  });

  it('goes back through arithmetic, and not through the shape of data', () => {
    const nodes = [
      node('Shape', ['x'], ['dims']),
      node('Mul', ['k', 'dims'], ['scaled']),
      node('Cast', ['scaled'], ['wide'], { to: 7 }),
      node('Expand', ['x', 'wide'], ['y']),
    ];
    expect(steering({ nodes, inputs: [x, shape('k')] })).toEqual(['k']);
  });

  it('takes no tensor of rank 2 for a shape', () => {
    const nodes = [node('Reshape', ['m', 'minus1'], ['flat']), node('Reshape', ['x', 'flat'], ['y'])];
    expect(steering({ nodes, inputs: [x, info('m', 'int64', [1, 2]), info('minus1', 'int64', [1])] })).toEqual([
      'minus1',
    ]);
  });

  it('sees into functions', () => {
    const functions = [functionProto('F', ['a', 'b'], ['c'], [node('Reshape', ['a', 'b'], ['c'])])];
    const model = { opset_import: ['', 'local'].map((domain) => ({ domain, version: 21n })) };
    const nodes = [node('F', ['x', 's'], ['y'], {}, { domain: 'local' })];
    expect(steering({ nodes, functions, model, inputs: [x, shape('s'), shape('unused')] })).toEqual(['s']);
  });

  it('sees into bodies: what they read from outside, and what they are given', () => {
    const body: GraphProto = {
      node: [node('Reshape', ['v_in', 'outside'], ['r']), node('Expand', ['r', 'carried'], ['v_out'])],
      initializer: [],
      input: [info('i', 'int64', []), info('go', 'bool', []), info('v_in', 'float32', [2, 3]), shape('carried')],
      output: [info('go', 'bool'), info('v_out', 'float32'), shape('carried')],
      value_info: [],
      sparse_initializer: [],
    };
    const loop = node('Loop', ['', '', 'x', 's'], ['y', 's_out']);
    loop.attribute.push({ ...attribute('body', 0), type: 5, i: undefined, g: body });
    expect(steering({ nodes: [loop], inputs: [x, shape('s'), shape('outside')] })).toEqual(['outside', 's']);
  });
});
