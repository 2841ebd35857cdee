// Where in a row its largest or smallest element is: the element first, then the first or last place that holds it.

import { argGeometry } from '@trtx/ir';
import { defineKernel, type Kernel } from '../kernel.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { emitRows, ROW_PARAMS, type RowParams, rowCost, rowsOf } from './reduction.ts';

/** `worse` compares an element with the best one; no element of a row of numbers is better. */
function defineArg(op: string, id: string, combine: 'max' | 'min', worse: '<' | '>'): Kernel {
  return defineKernel<RowParams>({
    id,
    version: 1,
    summary: `${op}: the element, then its place, in two passes over a row`,
    ops: [op],
    applies: () => true,
    params: () => ROW_PARAMS,
    cost({ group, target }, params) {
      const at = group.anchor!.view();
      return rowCost(target, rowsOf(at, argGeometry(at).axes), params);
    },
    emit(e, { group }, params) {
      const node = group.anchor!;
      const at = node.view();
      const input = node.inputs[0]!;
      const last = at.int('select_last_index') === 1;
      return emitRows(e, rowsOf(at, argGeometry(at).axes), params, (row) => {
        const read = (k: ix.Ix) => e.read(input, row.element(k));
        const best = row.reduce(input.type.dtype, combine, read);
        const place = row.reduce('uint32', last ? 'max' : 'min', (k) => {
          return `select(${ix.text(k)}, ${last ? '0u' : '4294967295u'}, ${read(k)} ${worse} ${best})`;
        });
        row.once(() =>
          e.store(Position.linear(group.accumulated.type.shape, row.number), e.shader.let(`i32(${place})`)),
        );
      });
    },
  });
}

export const argMax = defineArg('ArgMax', 'arg-max', 'max', '<');
export const argMin = defineArg('ArgMin', 'arg-min', 'min', '>');
