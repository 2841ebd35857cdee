import { isTrtxError } from '@trtx/errors';
import { describe, expect, it } from 'vitest';
import { changed, type MutablePlan, samplePlan } from './testing/plan.ts';
import { validatePlan } from './validate.ts';

function refusal(plan: unknown): string {
  try {
    validatePlan(plan);
  } catch (error) {
    if (!isTrtxError(error) || error.code !== 'ENGINE_INVALID') throw error;
    return error.message.split('\n')[0]!.replace('ENGINE_INVALID: the plan contradicts itself: ', '');
  }
  return 'valid';
}

describe('validatePlan', () => {
  it('takes a plan that uses everything, and returns it', () => {
    expect(validatePlan(samplePlan)).toBe(samplePlan);
  });

  it.each<[string, (plan: MutablePlan) => void, string]>([
    ['no plan', (p) => delete p.steps, 'steps is not an array'],
    ['a name that is no text', (p) => (p.name = 1), 'name is not a text'],
    ['an expression of itself', (p) => (p.exprs[2][1] = 2), 'exprs[2] is 2, not in 0..1'],
    ['an expression of a later one', (p) => (p.exprs[2][2] = 5), 'exprs[2] is 5, not in 0..1'],
    ['an operation that is unknown', (p) => (p.exprs[2][0] = '%'), 'exprs[2] is %, not one of'],
    ['an expression that is too long', (p) => p.exprs[0].push(1), 'exprs[0] has a wrong length'],
    ['an expression that is too short', (p) => p.exprs[2].pop(), 'exprs[2] is not an integer'],
    ['a constant that is no integer', (p) => (p.exprs[1][1] = 1.5), 'exprs[1] is not an integer'],
    ['a symbol out of range', (p) => (p.exprs[0][1] = 1), 'exprs[0] is 1, not in 0..0'],
    ['a symbol of no input', (p) => (p.symbols[0].input = 1), 'symbols[0].input is 1'],
    ['a symbol of no axis', (p) => (p.symbols[0].axis = 2), 'symbols[0].axis is 2'],
    ['a symbol of no values', (p) => (p.symbols[0].max = 31), 'symbols[0].max is 31, not in 32..'],
    ['a multiple of nothing', (p) => (p.symbols[0].multipleOf = 0), 'symbols[0].multipleOf is 0'],
    ['a size that is negative', (p) => (p.inputs[0].shape[0] = -1), 'inputs[0].shape[0] is -1'],
    ['a size of no expression', (p) => (p.inputs[0].shape[1] = { expr: 6 }), 'inputs[0].shape[1].expr is 6'],
    ['a size of another type', (p) => (p.inputs[0].shape[1] = '1'), 'inputs[0].shape[1] is not an object'],
    ['a type that is unknown', (p) => (p.inputs[0].dtype = 'complex32'), 'inputs[0].dtype is complex32'],
    ['a storage that does not fit the type', (p) => (p.inputs[0].storage = 'i32'), 'inputs[0].storage is i32'],
    ['a text on the GPU', (p) => (p.inputs[0].dtype = 'string'), 'inputs[0].storage is f32'],
    ['an input in an output', (p) => (p.inputs[0].buffer = 1), 'inputs[0].buffer is of kind output'],
    ['a tensor larger than its buffer', (p) => (p.inputs[0].shape = [65]), 'inputs[0] does not fit into buffer 0'],
    ['two inputs of a name', (p) => twice(p), 'inputs has x twice'],
    [
      'two inputs in a buffer',
      (p) => p.inputs.push({ ...p.inputs[0], name: 'z' }),
      'inputs[1].buffer belongs to another',
    ],
    ['a buffer of no input', (p) => p.buffers.push({ kind: 'input', bytes: 4 }), 'buffers[5] is the buffer of none'],
    ['a buffer of another kind', (p) => (p.buffers[2].kind = 'heap'), 'buffers[2].kind is heap'],
    ['a buffer of 3 bytes', (p) => (p.buffers[2].bytes = 1023), 'buffers[2].bytes is 1023, not a multiple of 4'],
    ['two params buffers', (p) => p.buffers.push({ kind: 'params', bytes: 4 }), 'buffers[5] is a second params buffer'],
    [
      'a params buffer that is huge',
      (p) => (p.buffers[4].bytes = 2 ** 30),
      'buffers[4].bytes is 1073741824, not in 0..',
    ],
    ['a blob in the arena', (p) => (p.blobs[0].buffer = 2), 'blobs[0].buffer is of kind arena'],
    ['a blob past its buffer', (p) => (p.blobs[1].offset = 204), 'blobs[1].offset is 204, not in 0..200'],
    ['a blob of odd size', (p) => (p.blobs[1].bytes = 99), 'blobs[1].bytes is 99'],
    ['a parameter past its buffer', (p) => (p.params[1][0] = 4), 'params[1] is 4, not in 0..3'],
    ['a parameter that is no pair', (p) => (p.params[1] = 4), 'params[1] is not a pair'],
    ['a constraint of no size', (p) => (p.constraints[0].a = { expr: 99 }), 'constraints[0].a.expr is 99'],
    ['a pipeline of no module', (p) => (p.pipelines[0].module = 1), 'pipelines[0].module is 1'],
    ['a binding of another kind', (p) => (p.pipelines[0].layout[0] = 'write'), 'pipelines[0].layout[0] is write'],
    ['many bindings', (p) => (p.pipelines[0].layout = Array(65).fill('read')), 'pipelines[0].layout has more than 64'],
    ['a step of another kind', (p) => (p.steps[0].kind = 'jump'), 'steps[0].kind is jump'],
    ['a dispatch of no pipeline', (p) => (dispatch(p, 0).pipeline = 2), 'steps[0].dispatches[0].pipeline is 2'],
    [
      'a binding too few',
      (p) => dispatch(p, 0).bindings.pop(),
      'steps[0].dispatches[0].bindings are 2, its pipeline has 3',
    ],
    ['a binding too many', (p) => dispatch(p, 0).bindings.push({}), 'bindings[3] is one binding more'],
    ['a binding of no buffer', (p) => (binding(p, 0, 1).buffer = 5), 'bindings[1].buffer is 5'],
    ['a binding off 256', (p) => (binding(p, 0, 2).offset = 4), 'bindings[2].offset is 4, not a multiple of 256'],
    ['a binding past its buffer', (p) => (binding(p, 0, 2).size = 772), 'bindings[2].size is 772, not in 0..768'],
    ['a binding of nothing', (p) => (binding(p, 0, 2).size = 0), 'bindings[2].size is 0, which WebGPU does not allow'],
    ['a binding without a size', (p) => delete binding(p, 0, 2).size, 'bindings[2].size is not an integer'],
    ['weights to write', (p) => (binding(p, 0, 2).buffer = 3), 'binds a buffer of kind weights as read_write'],
    ['an input to write', (p) => (binding(p, 0, 2).buffer = 0), 'binds a buffer of kind input as read_write'],
    ['params to write', (p) => (binding(p, 0, 2).buffer = 4), 'binds a buffer of kind params as read_write'],
    ['an arena as uniform', (p) => (binding(p, 0, 0).buffer = 2), 'binds a buffer of kind arena as uniform'],
    [
      'a buffer read and written',
      (p) => (binding(p, 1, 2).buffer = 2),
      'binds buffer 2 as read, another binding as read_write',
    ],
    ['written ranges that meet', (p) => (binding(p, 1, 0).size = 260), 'overlaps another writable binding of buffer 2'],
    ['four sides of workgroups', (p) => (dispatch(p, 0).workgroups = [1, 1, 1, 1]), 'workgroups has a wrong length'],
    ['no workgroups', (p) => (dispatch(p, 0).workgroups = []), 'workgroups has a wrong length'],
    ['a copy inside a buffer', (p) => (p.steps[1].from = { buffer: 1, offset: 4 }), 'copies inside one buffer'],
    ['a copy to weights', (p) => (p.steps[1].to.buffer = 3), 'steps[1].to.buffer is of kind weights'],
    ['a copy of 3 bytes', (p) => (p.steps[1].bytes = 3), 'steps[1].bytes is 3, not a multiple of 4'],
    ['a copy past its buffer', (p) => (p.steps[1].bytes = 132), 'steps[1].to.offset is 0, not in 0..-4'],
    ['a host node without a name', (p) => (p.hostNodes[0] = {}), 'hostNodes[0].node is not a text'],
    ['a feature that is no text', (p) => (p.requires.features = [1]), 'requires.features[0] is not a text'],
    ['a limit that is no number', (p) => (p.requires.limits.x = '1'), 'requires.limits.x is not an integer'],
    ['a matrix that is a text', (p) => (p.requires.matrices = ['f16']), 'requires.matrices[0] is not an object'],
    ['a peak that is no number', (p) => (p.liveBytesPeak = undefined), 'liveBytesPeak is not an integer'],
  ])('refuses %s', (_, change, message) => {
    expect(refusal(changed(change))).toContain(message);
  });

  it('refuses whatever is not an object', () => {
    for (const value of [undefined, null, 1, 'plan', [], true]) expect(refusal(value)).toBe('plan is not an object');
  });
});

function twice(plan: MutablePlan): void {
  plan.buffers.push({ kind: 'input', bytes: 256 });
  plan.inputs.push({ ...plan.inputs[0], buffer: 5 });
}

function dispatch(plan: MutablePlan, index: number): MutablePlan {
  return plan.steps[0].dispatches[index];
}

function binding(plan: MutablePlan, of: number, index: number): MutablePlan {
  return dispatch(plan, of).bindings[index];
}
