// Sums of exponentials along a row, with its largest element taken off first so that none overflows: Softmax, its
// logarithm, and the logarithm of the sum.

import { type Node, type NodeView, reduceGeometry, softmaxGeometry } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import { defineKernel, type Kernel } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import { call } from '../wgsl/functions.ts';
import { Position } from '../wgsl/position.ts';
import { literal } from '../wgsl/scalar.ts';
import { emitRows, type Row, type RowParams, rowCost, rowParams, rowsOf } from './reduction.ts';

interface Sums {
  op: string;
  id: string;
  summary: string;
  axes(at: NodeView): readonly number[];
  /** Stores the results of a row. */
  finish(e: Emitter, row: Row, node: Node, most: string, sum: string): void;
}

function defineSums({ op, id, summary, axes, finish }: Sums): Kernel {
  return defineKernel<RowParams>({
    id,
    version: 3,
    summary,
    ops: [op],
    applies: ({ group }) => computeOf(group.accumulated.type.dtype) === 'f32',
    params: rowParams,
    cost({ group, target }, params) {
      const at = group.anchor!.view();
      return rowCost(target, rowsOf(at, axes(at)), params);
    },
    emit(e, { group }, params) {
      const node = group.anchor!;
      const at = node.view();
      const input = node.inputs[0]!;
      return emitRows(e, rowsOf(at, axes(at)), params, (row) => {
        const most = row.reduce('float32', 'max', (k) => e.read(input, row.element(k)));
        // Infinities have no distance from one another: the sum, and by it the row, is NaN.
        const sum = row.reduce('float32', 'add', (k) =>
          call(e.shader, 'exponential', `${e.read(input, row.element(k))} - ${most}`),
        );
        finish(e, row, node, most, sum);
      });
    },
  });
}

/** Every element of the row once more: `result` of its distance to the largest one, and of what `factor` makes of the sum. */
function eachElement(
  factor: (e: Emitter, sum: string) => string,
  result: (x: string, factor: string) => string,
): Sums['finish'] {
  return (e, row, node, most, sum) => {
    const { shader } = e;
    const known = shader.let(factor(e, sum));
    row.each((k) => {
      const position = row.element(k);
      e.store(position, shader.let(result(`(${e.read(node.inputs[0]!, position)} - ${most})`, known)));
    });
  };
}

const alongAxis = (at: NodeView) => softmaxGeometry(at).axes;

export const softmax = defineSums({
  op: 'Softmax',
  id: 'softmax',
  summary: 'Softmax: maximum, sum of exponentials, result, in three passes over a row',
  axes: alongAxis,
  finish: eachElement(
    (_, sum) => `1.0f / ${sum}`,
    (x, scale) => `exp(${x}) * ${scale}`,
  ),
});

export const logSoftmax = defineSums({
  op: 'LogSoftmax',
  id: 'log-softmax',
  summary: 'LogSoftmax: maximum, sum of exponentials, result, in three passes over a row',
  axes: alongAxis,
  finish: eachElement(
    (e, sum) => call(e.shader, 'logarithm', sum),
    (x, log) => `${x} - ${log}`,
  ),
});

export const logSumExp = defineSums({
  op: 'ReduceLogSumExp',
  id: 'log-sum-exp',
  summary: 'ReduceLogSumExp: maximum, sum of exponentials, in two passes over a row',
  axes: (at) => reduceGeometry(at).axes,
  finish(e, row, node, most, sum) {
    const { shader } = e;
    row.once(() => {
      // A row of −∞ alone, or with +∞ in it, is no distance from its largest element.
      const finite = `abs(${most}) < ${literal(shader, Number.POSITIVE_INFINITY, 'f32')}`;
      const result = shader.let(`select(${most}, ${most} + log(${sum}), ${finite})`);
      e.store(Position.linear(node.output.type.shape, row.number), result);
    });
  },
});
