import { isTrtxError } from '@trtx/errors';
import { describe, expect, it } from 'vitest';
import type { Step } from './plan.ts';
import { branch, changed, flowPlan, hostPlan, type MutablePlan } from './testing/plan.ts';
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
    ['a symbol of a dispatch', (p) => (p.symbols[1].value = 1), 'symbols[1].value is set by no step'],
    ['a symbol of an input', (p) => (p.symbols[1].value = 0), 'symbols[1].value is set by no step'],
    ['a symbol of no value', (p) => (p.symbols[1].value = 9), 'symbols[1].value is 9, not in 0..8'],
    ['a symbol of a float', (p) => floatSymbol(p), 'symbols[1] reads an integer of what is float32'],
    ['a symbol of no axis', (p) => (p.symbols[1].axis = 1), 'symbols[1].axis is 1, not in 0..0'],
    ['an input of a size that comes later', (p) => (p.inputs[0].shape = [{ expr: 1 }]), 'inputs[0].shape has a size'],
    ['workgroups that come later', (p) => swap(p, 'workgroups'), 'steps[0].dispatches has a size that is known later'],
    ['params that come later', (p) => swap(p, 'bindings'), 'steps[0].dispatches has a size that is known later'],
    ['a copy that comes before', (p) => p.steps.unshift(p.steps.pop()), 'steps[0] has a size that is known later'],
    [
      'a constant on the GPU',
      (p) => (p.values[7].gpu = p.values[1].gpu),
      'values[7].gpu is a place that nothing writes',
    ],
    ['a value of its own step', (p) => p.steps[1].inputs.push(2), 'steps[1].inputs has a size that is known later'],
    ['a tensor of its own step', (p) => ownOutput(p), 'is what a later step'],
    [
      'a binding of the host',
      (p) => (p.steps[0].dispatches[0].bindings[1].buffer = 4),
      'binds a buffer of kind host as read',
    ],
    ['a copy from the host', (p) => (p.steps[3].from.buffer = 4), 'steps[3].from.buffer is of kind host'],
  ])('refuses %s', (_, change, message) => {
    expect(refusal(changed(change, hostPlan))).toContain(message);
  });
});

describe('validatePlan, of branches and loops', () => {
  it('takes a plan that uses everything', () => {
    expect(refusal(flowPlan)).toBe('valid');
  });

  const choice = (p: MutablePlan) => p.steps[0];
  const loop = (p: MutablePlan) => p.steps[1];

  it.each<[string, (plan: MutablePlan) => void, string]>([
    ['a branch of no steps', (p) => delete choice(p).onTrue, 'steps[0].onTrue is not an object'],
    ['a branch of no node', (p) => delete choice(p).node, 'steps[0].node is not a text'],
    ['a condition that is no bool', (p) => (choice(p).condition = 2), 'steps[0].condition is of type int64'],
    ['a condition of two', (p) => (p.values[1].shape = [2]), 'steps[0].condition has other than one element'],
    ['branches that set different things', (p) => otherTarget(p), 'steps[0] has branches that set different'],
    ['a branch that sets less', (p) => choice(p).onTrue.moves.pop(), 'steps[0] has branches that set different values'],
    [
      'a step of no kind in a branch',
      (p) => (choice(p).onFalse.steps[1].kind = 'x'),
      'steps[0].onFalse.steps[1].kind is x',
    ],
    ['a loop that never ends', (p) => dropAll(loop(p), 'trips', 'next'), 'steps[1] never ends'],
    ['trips that are no number', (p) => (loop(p).trips = 1), 'steps[1].trips is of type bool'],
    [
      'a constraint of no size in a branch',
      (p) => (choice(p).onTrue.constraints[0].b = { expr: 4 }),
      'steps[0].onTrue.constraints[0].b.expr is 4, not in 0..3',
    ],
    [
      'a constraint of no node in a loop',
      (p) => delete loop(p).constraints[0].node,
      'steps[1].constraints[0].node is not a text',
    ],
    ['constraints that are no list', (p) => (loop(p).constraints = {}), 'steps[1].constraints is not an array'],
    ['a loop without carry', (p) => delete loop(p).carry, 'steps[1].carry is not an array'],
    ['a move from nowhere', (p) => (loop(p).enter[0].from = 15), 'steps[1].enter[0].from is 15, not in 0..14'],
    ['a move onto an input', (p) => (loop(p).carry[0].to = 0), 'steps[1].carry[0].to is value 0, which comes'],
    [
      'a move onto an output',
      (p) => (loop(p).exit[0] = { from: 7, to: 7 }),
      'is value 7, which comes from elsewhere too',
    ],
    ['a move onto an iteration', (p) => (loop(p).exit[0].to = 8), 'is value 8, which comes from elsewhere too'],
    ['a move to other axes', (p) => (loop(p).exit[0].from = 8), 'steps[1].exit[0] makes float32 of int64'],
    ['a stack of the same axes', (p) => (loop(p).stacks[0].from = 7), 'steps[1].stacks[0] makes 1 axes of 1'],
    ['a stack of sequences', (p) => sequences(p), 'steps[1].stacks[0] stacks what is a sequence'],
    ['a sequence with axes', (p) => (p.values[10].shape = [1]), 'values[10].shape has axes'],
    ['a sequence of bytes', (p) => (p.values[13].bytes = p.values[4].bytes), 'values[13] is no constant'],
    ['a sequence on the GPU', (p) => (p.values[13].gpu = p.values[3].gpu), 'values[13].gpu.storage is f32, not one of'],
    ['a state that is not begun', (p) => loop(p).enter.pop(), 'has a size that is known later'],
    [
      'a carried value that is not begun',
      (p) => (loop(p).carry[0] = loop(p).exit.pop()),
      'steps[1].carry[0].to is not set before the first iteration',
    ],
    ['what a branch gives, after it', (p) => (loop(p).enter[0].from = 5), 'steps[1].enter[0].from has a size that is'],
    ['what only a branch has', (p) => p.steps[1].steps[1].inputs.push(13), 'steps[1].steps[1].inputs is what a later'],
    [
      'what an iteration gives, after it',
      (p) => (loop(p).exit[0].from = 5),
      'steps[1].exit[0].from has a size that is',
    ],
    ['an iteration outside', (p) => p.steps.unshift(reader(8)), 'steps[0].inputs is what a later step gives'],
    ['a condition that comes later', (p) => (loop(p).condition = 6), 'steps[1].condition is what a later step gives'],
    ['a later size in a body', (p) => (p.steps[1].steps[0].dispatches[0].workgroups = [{ expr: 2 }]), 'known later'],
    ['a stack, before the loop', (p) => (p.steps[1].steps[2].bytes = { expr: 3 }), 'steps[1].steps[2] has a size that'],
    ['an output of a body', (p) => (p.outputs[0].shape = [{ expr: 2 }]), 'outputs[0].shape has a size that is known'],
    ['an output that no step sets', (p) => (p.outputs[1].value = 13), 'outputs[1].value is what a later step gives'],
    ['a node of no step', (p) => (p.hostNodes[0].step = 8), 'hostNodes[0].step is 8, not in 0..7'],
    ['nests without end', (p) => nest(p), 'is nested more than 64 deep'],
  ])('refuses %s', (_, change, message) => {
    expect(refusal(changed(change, flowPlan))).toContain(message);
  });
});

function dropAll(from: MutablePlan, ...keys: string[]): void {
  for (const key of keys) delete from[key];
}

function reader(value: number): object {
  return { kind: 'host', op: 'Read', attributes: {}, inputs: [value], outputs: [], node: '', reason: '' };
}

/** The second branch sets another value. */
function otherTarget(plan: MutablePlan): void {
  plan.values.push({ name: 'other', dtype: 'sequence', shape: [] });
  plan.steps[0].onFalse.moves[0].to = 15;
}

/** Stacks sequences. */
function sequences(plan: MutablePlan): void {
  plan.values.push({ name: 's', dtype: 'sequence', shape: [] });
  plan.values[10].shape = [];
  plan.steps[1].stacks[0] = { from: 10, to: 11 };
}

function nest(plan: MutablePlan): void {
  let steps = plan.steps;
  for (let depth = 0; depth < 100; depth++) {
    const inside: Step[] = [];
    steps.push(branch(1, { steps: inside, moves: [] }, { steps: [], moves: [] }));
    steps = inside;
  }
}

/** A symbol that is an element of what is no integer. */
function floatSymbol({ symbols }: MutablePlan): void {
  delete symbols[1].axis;
  symbols[1].element = 0;
}

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
