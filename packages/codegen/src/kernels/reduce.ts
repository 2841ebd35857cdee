// Reductions whose reducer is data: the Reduce family and the global pools.

import { type Node, scalar, type Trait, traitOf } from '@trtx/ir';
import { defineKernel, type Kernel } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { printScalar } from '../wgsl/scalar.ts';
import { emitRows, ROW_PARAMS, type RowParams, rowCost, rowsOf } from './reduction.ts';

const OPS = [
  'ReduceSum',
  'ReduceMean',
  'ReduceMax',
  'ReduceMin',
  'ReduceProd',
  'ReduceL1',
  'ReduceL2',
  'ReduceLogSum',
  'ReduceSumSquare',
  'GlobalAveragePool',
  'GlobalMaxPool',
  'GlobalLpPool',
];

export const reduce: Kernel = defineKernel<RowParams>({
  id: 'reduce',
  version: 1,
  summary: 'a row of elements to one, by an invocation or a workgroup',
  ops: OPS,
  applies: ({ group }) => reductionOf(group.anchor!).reducer !== undefined,
  params: () => ROW_PARAMS,
  cost({ group, target }, params) {
    const at = group.anchor!.view();
    return rowCost(target, rowsOf(at, reductionOf(group.anchor!).axes(at)), params);
  },
  emit(e, { group }, params) {
    const node = group.anchor!;
    const at = node.view();
    const { axes, reducer } = reductionOf(node);
    const { combine, each, finish } = reducer!;
    const input = node.inputs[0]!;
    const element = scalar.arg(0, input.type.dtype);
    const { dtype } = each?.(element) ?? element;
    const rows = rowsOf(at, axes(at));
    return emitRows(e, rows, params, (row) => {
      const combined = row.reduce(dtype, combine, (k) => {
        const x = e.read(input, row.element(k));
        return each ? printScalar(e.shader, each(element), () => x) : x;
      });
      row.once(() => {
        const count = `${computeOf(dtype)}(${ix.text(e.size(rows.count))})`;
        const result = finish
          ? printScalar(e.shader, finish(scalar.arg(0, dtype), scalar.arg(1, dtype)), (i) => (i ? count : combined))
          : combined;
        e.store(Position.linear(group.accumulated.type.shape, row.number), e.shader.let(result));
      });
    });
  },
});

function reductionOf(node: Node): Extract<Trait, { kind: 'reduction' }> {
  const at = node.view();
  const trait = traitOf(node.op, at);
  if (trait.kind !== 'reduction') throw at.fail('no reduction');
  return trait;
}
