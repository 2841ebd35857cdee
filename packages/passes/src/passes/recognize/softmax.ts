// Softmax, LogSoftmax and ReduceLogSumExp written out, with the largest element taken off first or not.

import { softmaxGeometry } from '@trtx/ir';
import { any, op } from '../../pattern.ts';
import { product } from '../../product.ts';
import { type Recognition, recognize } from '../../recognize.ts';
import { definePass } from '../../rule.ts';
import { kept, reduced, restored, sharedAxes } from './statistics.ts';

const x = any('x');
const exp = op('Exp', x).as('exp');
const largest = reduced('ReduceMax', x, 'most');
const most = kept(largest, 'most');

/** Recognitions along the one axis of a reduction. */
function alongAxis(reduction: string, opName: string): Recognition['make'] {
  return (match, patch) => {
    const axes = sharedAxes(match, match.value('x'), patch, reduction);
    return axes?.length === 1 ? patch.node(opName, [match.value('x')], { axis: axes[0] }) : undefined;
  };
}

const softmax = recognize({
  name: 'softmax',
  pattern: product(1, [exp], [kept(reduced('ReduceSum', exp, 'sum'), 'sum')]),
  reason: 'eˣ / Σ eˣ',
  make: alongAxis('sum', 'Softmax'),
});

const logSoftmax = recognize({
  name: 'log-softmax',
  pattern: op('Sub', x, kept(reduced('ReduceLogSumExp', x, 'sum'), 'sum')),
  reason: 'x − ln Σ eˣ',
  make: alongAxis('sum', 'LogSoftmax'),
});

const logOfSoftmax = recognize({
  name: 'log-of-softmax',
  pattern: op('Log', op('Softmax', x).as('softmax')),
  reason: 'ln Softmax(x)',
  make: (match, patch) => patch.node('LogSoftmax', [match.value('x')], match.node('softmax').attributes),
});

/** Both are the same for x and x − c. */
const shifted = recognize({
  name: 'softmax-shifted',
  pattern: op(['Softmax', 'LogSoftmax'], op('Sub', x, most)),
  reason: 'less the largest element',
  make(match, patch) {
    const { anchor } = patch;
    const input = match.value('x');
    const axes = sharedAxes(match, input, patch, 'most');
    if (axes?.join() !== softmaxGeometry(anchor.view()).axes.join()) return undefined;
    return patch.node(anchor.op.name, [input], anchor.attributes);
  },
});

const logSumExp = recognize({
  name: 'log-sum-exp',
  pattern: op('Log', reduced('ReduceSum', exp, 'sum')),
  reason: 'ln Σ eˣ',
  make(match, patch) {
    const sum = match.node('sum');
    return patch.node('ReduceLogSumExp', [match.value('x'), sum.inputs[1]], sum.attributes);
  },
});

const shiftedSum = recognize({
  name: 'log-sum-exp-shifted',
  pattern: op('Add', restored(largest), restored(reduced('ReduceLogSumExp', op('Sub', x, most), 'sum'))),
  reason: 'max x + ln Σ e^(x − max x)',
  make(match, patch) {
    const input = match.value('x');
    const { inputs, attributes } = match.node('sum');
    const keepdims = patch.anchor.output.type.shape.length === input.type.shape.length ? 1 : 0;
    if (!sharedAxes(match, input, patch, 'sum', 'most')) return undefined;
    return patch.node('ReduceLogSumExp', [input, inputs[1]], new Map([...attributes, ['keepdims', keepdims]]));
  },
});

export const recognizeSoftmax = definePass({
  name: 'recognize-softmax',
  summary: 'Softmax, LogSoftmax and ReduceLogSumExp written out with Exp, Log and reductions',
  rules: [softmax, logSoftmax, logOfSoftmax, shifted, logSumExp, shiftedSum],
});
