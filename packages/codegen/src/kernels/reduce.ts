// Reductions whose reducer is data: the Reduce family and the global pools.

import { bounds, combinedType, type Node, scalar, type Trait, traitOf } from '@trtx/ir';
import { ROW_MAJOR_ONLY } from '../format/format.ts';
import { defineKernel, type Kernel } from '../kernel.ts';
import { computeOf, isNarrowed } from '../storage.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { printScalar } from '../wgsl/scalar.ts';
import { emitRows, ROW_PARAMS, type RowParams, rowCost, rowsOf } from './reduction.ts';

export const reduce: Kernel = defineKernel<RowParams>({
  id: 'reduce',
  version: 2,
  summary: 'a row of elements to one, by an invocation or a workgroup',
  ops: ({ trait }) => trait.kind === 'reduction',
  formats: () => [...ROW_MAJOR_ONLY, { reads: 'channels-last', writes: 'row-major', needs: [] }],
  applies: ({ group }) => reductionOf(group.anchor!).reducer !== undefined && !needsWideEnds(group.anchor!),
  params: () => ROW_PARAMS,
  cost({ group, target, formats }, params) {
    const at = group.anchor!.view();
    // Rows are next to each other then, and the elements of one are apart.
    const apart = formats.reads === 'channels-last' && params.lanes > 1 ? 2 : 1;
    return apart * rowCost(target, rowsOf(at, reductionOf(group.anchor!).axes(at)), params);
  },
  emit(e, { group }, params) {
    const node = group.anchor!;
    const at = node.view();
    const { axes, reducer } = reductionOf(node);
    const { combine, each = (x) => x, finish = (x) => x } = reducer!;
    const input = node.inputs[0]!;
    const own = input.type.dtype;
    const dtype = combinedType(own, reducer!);
    const term = each(scalar.cast(scalar.arg(0, own), dtype));
    const finished = scalar.cast(finish(scalar.arg(0, dtype), scalar.arg(1, dtype)), own);
    const rows = rowsOf(at, axes(at));
    return emitRows(e, rows, params, (row) => {
      const combined = row.reduce(dtype, combine, (k) => {
        const x = e.read(input, row.element(k));
        return printScalar(e.shader, term, () => x);
      });
      row.once(() => {
        const count = `${computeOf(dtype)}(${ix.text(e.size(rows.count))})`;
        const result = printScalar(e.shader, finished, (i) => (i ? count : combined));
        e.store(Position.linear(group.accumulated.type.shape, row.number), e.shader.let(result));
      });
    });
  },
});

/** True for the smallest or largest of what may be no element, in a type whose own ends the GPU cannot hold. */
function needsWideEnds(node: Node): boolean {
  const at = node.view();
  const { axes, reducer } = reductionOf(node);
  const { combine } = reducer!;
  const ends = (combine === 'min' || combine === 'max') && isNarrowed(at.input(0).dtype);
  return ends && bounds(rowsOf(at, axes(at)).count).min < 1;
}

function reductionOf(node: Node): Extract<Trait, { kind: 'reduction' }> {
  const at = node.view();
  const trait = traitOf(node.op, at);
  if (trait.kind !== 'reduction') throw at.fail('no reduction');
  return trait;
}
