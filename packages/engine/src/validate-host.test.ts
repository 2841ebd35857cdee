import { isTrtxError } from '@trtx/errors';
import { describe, expect, it } from 'vitest';
import { changed, hostPlan, type MutablePlan } from './testing/plan.ts';
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

describe('validatePlan, of the host', () => {
  it('takes a plan that uses everything', () => {
    expect(refusal(hostPlan)).toBe('valid');
  });

  it.each<[string, (plan: MutablePlan) => void, string]>([
    ['a value of nothing', (p) => delete p.values[4].bytes, 'steps[1].attributes.w is no constant'],
    ['a value from nowhere', (p) => p.values.push({ name: 'v', dtype: 'string', shape: [] }), 'values[9] comes from'],
    ['a value of two things', (p) => (p.values[5].bytes = { buffer: 4, offset: 0 }), 'values[5] is no constant'],
    ['a value of two constants', (p) => (p.values[4].elements = [1, 2]), 'values[4] has 2 elements'],
    ['elements that are too few', (p) => p.values[6].elements.pop(), 'values[6] has 1 elements'],
    ['texts that are too few', (p) => p.values[5].strings.pop(), 'values[5] has 1 texts'],
    ['bytes past their buffer', (p) => (p.values[4].bytes.offset = 16), 'values[4].bytes.offset is 16, not in 0..8'],
    ['bytes on the GPU', (p) => (p.values[4].bytes.buffer = 2), 'values[4].bytes.buffer is of kind arena'],
    ['a text on the GPU', (p) => (p.values[3].gpu = p.values[2].gpu), 'values[3].gpu.storage is f32'],
    ['a place among constants', (p) => (p.values[2].gpu.buffer = 4), 'values[2].gpu.buffer is of kind host'],
    ['the elements of itself', (p) => (p.values[7].of = 7), 'values[7].of is 7, not in 0..6'],
    ['the elements of another type', (p) => (p.values[7].of = 0), 'values[7].of is of another type'],
    ['a given value in an output', (p) => (p.values[2].gpu.buffer = 1), 'values[2].gpu.buffer is of kind output'],
    ['a value that is given twice', (p) => p.steps[1].outputs.push(3), 'steps[1].outputs[2] is value 3, which comes'],
    ['a constant that is given', (p) => p.steps[1].outputs.push(4), 'steps[1].outputs[2] is value 4, which comes'],
    ['an input without a value', (p) => delete p.inputs[1].value, 'inputs[1].value is not an integer'],
    [
      'an input that lies elsewhere',
      (p) => (p.values[0].gpu.offset = 4),
      "inputs[0].value does not lie in the input's",
    ],
    ['an input of another type', (p) => (p.inputs[1].value = 1), 'inputs[1].value is of another type'],
    ['an output on both sides', (p) => (p.outputs[0].value = 2), 'outputs[0] has both a buffer and a value'],
    ['an output that is on the GPU alone', (p) => (p.outputs[1].value = 7), 'outputs[1].value is on the GPU alone'],
    ['an attribute of nothing', (p) => (p.steps[1].attributes.w = {}), 'steps[1].attributes.w is undefined'],
    [
      'a number that is none',
      (p) => (p.steps[1].attributes.axes = [true]),
      'steps[1].attributes.axes[0] is not an obj',
    ],
    ['a step of no op', (p) => delete p.steps[1].op, 'steps[1].op is not a text'],
    ['a node of no step', (p) => (p.hostNodes[0].step = 4), 'hostNodes[0].step is 4, not in 0..3'],
    ['a symbol of a dispatch', (p) => (p.symbols[1].step = 0), 'symbols[1].step is no host step'],
    ['a symbol of no output', (p) => (p.symbols[1].output = 2), 'symbols[1].output is 2, not in 0..1'],
    ['a symbol of no axis', (p) => (p.symbols[1].axis = 1), 'symbols[1].axis is 1, not in 0..0'],
    ['an input of a size that comes later', (p) => (p.inputs[0].shape = [{ expr: 1 }]), 'inputs[0].shape has a size'],
    ['workgroups that come later', (p) => swap(p, 'workgroups'), 'steps[0].dispatches has a size that is known later'],
    ['params that come later', (p) => swap(p, 'bindings'), 'steps[0].dispatches has a size that is known later'],
    ['a copy that comes before', (p) => p.steps.unshift(p.steps.pop()), 'symbols[1].step is no host step'],
    ['a value of its own step', (p) => p.steps[1].inputs.push(2), 'steps[1].inputs has a size that is known later'],
    ['a tensor of its own step', (p) => ownOutput(p), 'is what a later step'],
    ['a binding of the host', (p) => (p.steps[0].dispatches[0].bindings[1].buffer = 4), 'binds a buffer of the host'],
    ['a copy from the host', (p) => (p.steps[3].from.buffer = 4), 'steps[3].from.buffer is of kind host'],
  ])('refuses %s', (_, change, message) => {
    expect(refusal(changed(change, hostPlan))).toContain(message);
  });
});

/** The step reads what it gives, of a size that is known. */
function ownOutput(plan: MutablePlan): void {
  plan.values[2].shape = [1];
  plan.steps[1].inputs.push(2);
}

/** Gives the first dispatch what the last has. */
function swap(plan: MutablePlan, key: string): void {
  const [first, last] = [plan.steps[0].dispatches[0], plan.steps[2].dispatches[0]];
  if (key === 'bindings') first.bindings[0] = last.bindings[0];
  else first[key] = last[key];
}
