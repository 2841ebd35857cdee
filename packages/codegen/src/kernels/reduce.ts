// Reductions whose reducer is data: the Reduce family and the global pools.

import { combinedType, type Node, type Trait, traitOf } from '@trtx/ir';
import { ROW_MAJOR_ONLY } from '../format/format.ts';
import { defineKernel, type Kernel } from '../kernel.ts';
import { partsOf } from '../range/ranges.ts';
import { computeOf } from '../storage.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { printScalar } from '../wgsl/scalar.ts';
import { emitRows, type RowParams, rowCost, rowParams, rowsOf } from './reduction.ts';

export const reduce: Kernel = defineKernel<RowParams>({
  id: 'reduce',
  version: 4,
  summary: 'a row of elements to one, by an invocation or a workgroup',
  ops: ({ trait }) => trait.kind === 'reduction',
  checks: true,
  formats: () => [...ROW_MAJOR_ONLY, { reads: 'channels-last', writes: 'row-major', needs: [] }],
  applies: ({ group }) => reductionOf(group.anchor!).reducer !== undefined,
  params: rowParams,
  cost({ group, target, formats }, params) {
    const at = group.anchor!.view();
    // Rows are next to each other then, and the elements of one are apart.
    const apart = formats.reads === 'channels-last' && params.lanes > 1 ? 2 : 1;
    return apart * rowCost(target, rowsOf(at, reductionOf(group.anchor!).axes(at)), params);
  },
  emit(e, { group, grouping }, params) {
    const node = group.anchor!;
    const at = node.view();
    const { axes, reducer } = reductionOf(node);
    const input = node.inputs[0]!;
    const dtype = combinedType(input.type.dtype, reducer!);
    const { each, finish } = partsOf(reducer!, input.type.dtype);
    const rows = rowsOf(at, axes(at));
    const bit = e.overflow(node);
    const open = bit === undefined ? undefined : grouping.ranges!.openInReduction(node, each);
    return emitRows(e, rows, params, (row) => {
      const term = (k: Ix) => {
        const x = e.read(input, row.element(k));
        return printScalar(e.shader, each, () => x, open && { open: open.each, bit: bit! });
      };
      const combined = open?.combined
        ? e.shader.let(row.checkedSum(bit!, term))
        : row.reduce(dtype, reducer!.combine, term);
      row.once(() => {
        const count = `${computeOf(dtype)}(${ix.text(e.size(rows.count))})`;
        const result = printScalar(e.shader, finish, (i) => (i ? count : combined));
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
