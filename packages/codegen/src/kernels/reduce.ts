// Reductions whose reducer is data: the Reduce family and the global pools.

import { scalar, traitOf } from '@trtx/ir';
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
];

export const reduce: Kernel = defineKernel<RowParams>({
  id: 'reduce',
  version: 1,
  summary: 'a row of elements to one, by an invocation or a workgroup',
  ops: OPS,
  applies({ group }) {
    const trait = traitOf(group.anchor!.op, group.anchor!.view());
    return trait.kind === 'reduction' && trait.reducer !== undefined && group.accumulated.type.dtype !== 'bool';
  },
  params: () => ROW_PARAMS,
  cost: ({ group, target }, params) => rowCost(target, rowsOf(group.anchor!.view(), axesOf(group)), params),
  emit(e, { group }, params) {
    const node = group.anchor!;
    const at = node.view();
    const trait = traitOf(node.op, at);
    if (trait.kind !== 'reduction' || !trait.reducer) throw at.fail('no reducer');
    const { combine, each, finish } = trait.reducer;
    const input = node.inputs[0]!;
    const { dtype } = input.type;
    const type = computeOf(dtype) as 'f32' | 'i32' | 'u32';
    const rows = rowsOf(at, trait.axes(at));
    return emitRows(e, rows, params, (row) => {
      const sum = row.reduce(type, combine, (k) => {
        const element = e.read(input, row.element(k));
        return each ? printScalar(e.shader, each(scalar.arg(0, dtype)), () => element) : element;
      });
      row.once(() => {
        const count = `${type}(${ix.text(e.size(rows.count))})`;
        const result = finish
          ? printScalar(e.shader, finish(scalar.arg(0, dtype), scalar.arg(1, dtype)), (i) => (i === 0 ? sum : count))
          : sum;
        e.store(Position.linear(group.accumulated.type.shape, row.number), e.shader.let(result));
      });
    });
  },
});

function axesOf(group: { anchor: import('@trtx/ir').Node | null }): readonly number[] {
  const at = group.anchor!.view();
  const trait = traitOf(group.anchor!.op, at);
  return trait.kind === 'reduction' ? trait.axes(at) : [];
}
