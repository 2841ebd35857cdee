// Where in a row its largest or smallest element is: the element first, then the first or last place that holds it.

import { argGeometry, type DType, isFloat, type NodeView, orderAxis } from '@trtx/ir';
import { defineKernel, type Kernel } from '../kernel.ts';
import { call } from '../wgsl/functions.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { literal } from '../wgsl/scalar.ts';
import { emitRows, type Row, type RowParams, rowCost, rowParams, rowsOf } from './reduction.ts';

interface Places {
  op: string;
  id: string;
  summary: string;
  combine: 'max' | 'min';
  axes(at: NodeView): readonly number[];
  last?(at: NodeView): boolean;
  /** The result of a row, or of each of its elements, from the place that was found (a u32). */
  result: { readonly ofRow: (place: string) => string } | { readonly ofElement: (isPlace: string) => string };
}

function definePlaces({ op, id, summary, combine, axes, last, result }: Places): Kernel {
  return defineKernel<RowParams>({
    id,
    version: 3,
    summary,
    ops: [op],
    applies: () => true,
    params: rowParams,
    cost({ group, target }, params) {
      const at = group.anchor!.view();
      return rowCost(target, rowsOf(at, axes(at)), params);
    },
    emit(e, { group }, params) {
      const node = group.anchor!;
      const at = node.view();
      const input = node.inputs[0]!;
      const { shape } = group.accumulated.type;
      return emitRows(e, rowsOf(at, axes(at)), params, (row) => {
        const read = (k: Ix) => e.read(input, row.element(k));
        const place = findPlace(row, input.type.dtype, combine, last?.(at) === true, read);
        if ('ofRow' in result) {
          row.once(() => e.store(Position.linear(shape, row.number), e.shader.let(result.ofRow(place))));
          return;
        }
        row.each((k) => e.store(row.element(k), e.shader.let(result.ofElement(`${ix.text(k)} == ${place}`))));
      });
    },
  });
}

/** The first or last place of a row's best element, which NaN is where there is one. */
function findPlace(row: Row, dtype: DType, combine: 'max' | 'min', last: boolean, read: (k: Ix) => string): string {
  const best = row.reduce(dtype, combine, read);
  const none = literal(row.e.shader, last ? 0 : 2 ** 32 - 1, 'u32');
  return row.reduce('uint32', last ? 'max' : 'min', (k) => {
    const x = row.e.shader.let(read(k));
    const isBest = isFloat(dtype) ? `(${x} == ${best}) | ${call(row.e.shader, 'is_nan', x)}` : `${x} == ${best}`;
    return `select(${none}, ${ix.text(k)}, ${isBest})`;
  });
}

const argOf = (op: string, id: string, combine: 'max' | 'min') =>
  definePlaces({
    op,
    id,
    summary: `${op}: the element, then its place, in two passes over a row`,
    combine,
    axes: (at) => argGeometry(at).axes,
    last: (at) => at.int('select_last_index') === 1,
    result: { ofRow: (place) => `i32(${place})` },
  });

export const argMax = argOf('ArgMax', 'arg-max', 'max');
export const argMin = argOf('ArgMin', 'arg-min', 'min');

export const hardmax = definePlaces({
  op: 'Hardmax',
  id: 'hardmax',
  summary: 'Hardmax: the element, its place, then 1 there and 0 elsewhere, in three passes over a row',
  combine: 'max',
  axes: (at) => [orderAxis(at)],
  result: { ofElement: (isPlace) => `select(0.0f, 1.0f, ${isPlace})` },
});
