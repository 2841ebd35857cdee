// Losses of classification, written out: what the model gives for the class of each label, negated, weighed and summed.

import type { Value } from '@trtx/ir';
import { type Emitter, inputOf, type LegacyNode, take } from './node.ts';
import { become, NEVER, step } from './steps.ts';

export const lossSteps = [
  step('SoftmaxCrossEntropyLoss', NEVER, (node, emit) => {
    const logarithms = emit.node('LogSoftmax', [inputOf(node, 0, emit)], { axis: 1 });
    node.inputs[0] = logarithms;
    negativeLogLikelihood(node, emit);
    node.outputCount = 1;
    node.behind = ([loss]) => [loss!, logarithms];
  }),
  step('NegativeLogLikelihoodLoss', NEVER, negativeLogLikelihood),
];

/** input [N, C, …], target [N, …] of numbers below C, and a weight for each class. */
function negativeLogLikelihood(node: LegacyNode, emit: Emitter): void {
  const [input, target] = [inputOf(node, 0, emit), inputOf(node, 1, emit)];
  const weight = node.inputs[2] ?? undefined;
  const ignored = take(node, 'ignore_index') as number | undefined;
  const reduction = take(node, 'reduction') ?? 'mean';
  const { dtype } = input.type;
  const zero = emit.scalar(dtype, 0);
  // A label that is ignored may be no class: class 0 is read in its place, and does not count.
  const skip =
    ignored === undefined ? undefined : emit.node('Equal', [target, emit.scalar(target.type.dtype, ignored)]);
  const labels = skip ? emit.node('Where', [skip, emit.scalar(target.type.dtype, 0), target]) : target;
  const counted = (value: Value) => (skip ? emit.node('Where', [skip, zero, value]) : value);
  const classes = emit.constant('int64', [1], [1]);
  const places = emit.node('Unsqueeze', [labels, classes]);
  const picked = emit.node('Squeeze', [emit.node('GatherElements', [input, places], { axis: 1 }), classes]);
  const weights = weight && counted(emit.node('Gather', [weight, labels]));
  const loss = counted(weights ? emit.node('Mul', [picked, weights]) : picked);
  const sum = (value: Value) => emit.node('ReduceSum', [value], { keepdims: 0 });
  if (reduction === 'none') become(node, 'Neg', [loss]);
  else if (reduction === 'sum') become(node, 'Neg', [sum(loss)]);
  else if (reduction !== 'mean') throw emit.fail(`the reduction ${reduction}`);
  else if (!weights && !skip) become(node, 'Neg', [emit.node('ReduceMean', [loss], { keepdims: 0 })]);
  else {
    const ones = () => emit.node('Expand', [emit.scalar(dtype, 1), emit.node('Shape', [target])]);
    become(node, 'Div', [emit.node('Neg', [sum(loss)]), sum(weights ?? counted(ones()))]);
  }
}
