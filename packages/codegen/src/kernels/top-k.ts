// The k best elements of a row, of equals the first: either each element counts how many are better than it, which is its
// rank, or the best one is looked for k times.
//
// Elements are compared by keys: u32 numbers of the same order, in which NaN has a place too.

import { type Dim, type NodeView, orderAxis, type Value } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import { defineKernel } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import { rounds } from '../target.ts';
import { typical } from '../typical.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { emitElements } from './elements.ts';
import { emitRows, ROW_PARAMS, type RowParams, rowCost, rowsOf } from './reduction.ts';

export const topKByRank = defineKernel<null>({
  id: 'top-k.rank',
  version: 1,
  summary: 'TopK: each element counts those that are better and goes to its rank',
  ops: ['TopK'],
  applies: () => true,
  params: () => [null],
  cost({ group, target }) {
    const at = group.anchor!.view();
    const rows = rowsOf(at, [orderAxis(at)]);
    const threads = typical(rows.rows) * typical(rows.count);
    return rounds(target, threads) * typical(rows.count);
  },
  emit(e, { group }) {
    const { shader } = e;
    const { input, axis, largest, count, wanted } = partsOf(group.anchor!.view(), group.anchor!.inputs[0]!, e);
    const { shape } = group.accumulated.type;
    return emitElements(e, input.type.shape, (position) => {
      const coords = position.coords(shader);
      const own = shader.let(keyOf(e, input, position, largest));
      const rank = shader.name('rank');
      shader.line(`var ${rank} = 0u;`);
      const place = coords[axis]!;
      shader.loop(count, 'j', (j) => {
        const other = shader.let(keyOf(e, input, Position.at(input.type.shape, coords.with(axis, j)), largest));
        const before = `(${other} > ${own}) | ((${other} == ${own}) & (${ix.text(j)} < ${ix.text(place)}))`;
        shader.line(`${rank} += select(0u, 1u, ${before});`);
      });
      shader.when(ix.less(rank, wanted), () => {
        const result = group.accumulated === group.anchor!.output ? e.read(input, position) : `i32(${ix.text(place)})`;
        e.store(Position.at(shape, coords.with(axis, rank)), shader.let(result));
      });
    });
  },
});

export const topKByPasses = defineKernel<RowParams>({
  id: 'top-k.passes',
  version: 1,
  summary: 'TopK: the best element of a row that is left, k times',
  ops: ['TopK'],
  applies: () => true,
  params: () => ROW_PARAMS,
  cost({ group, target }, params) {
    const at = group.anchor!.view();
    return 2 * typical(at.need(1).values[0]!) * rowCost(target, rowsOf(at, [orderAxis(at)]), params);
  },
  emit(e, { group }, params) {
    const { shader } = e;
    const at = group.anchor!.view();
    const { input, axis, largest, wanted } = partsOf(at, group.anchor!.inputs[0]!, e);
    const { shape } = group.accumulated.type;
    return emitRows(e, rowsOf(at, [axis]), params, (row) => {
      const [key, place] = [shader.name('key'), shader.name('place')];
      // What was taken last: everything better, or equal and before it, is gone.
      shader.line(`var ${key} = 4294967295u;`);
      shader.line(`var ${place} = 4294967295u;`);
      shader.loop(wanted, 't', (t) => {
        const read = (k: Ix) => shader.let(keyOf(e, input, row.element(k), largest));
        const left = (own: string, k: Ix) =>
          `(${own} < ${key}) | ((${own} == ${key}) & (${ix.text(ix.add(k, 1))} > ${ix.text(ix.add(place, 1))}))`;
        const best = shader.let(
          row.reduce('uint32', 'max', (k) => {
            const own = read(k);
            return `select(0u, ${own}, ${left(own, k)})`;
          }),
        );
        const found = row.reduce('uint32', 'min', (k) => {
          const own = read(k);
          return `select(4294967295u, ${ix.text(k)}, (${own} == ${best}) & (${left(own, k)}))`;
        });
        shader.line(`${key} = ${best};`);
        shader.line(`${place} = ${found};`);
        row.once(() => {
          const source = row.element(place);
          const result = group.accumulated === group.anchor!.output ? e.read(input, source) : `i32(${place})`;
          e.store(Position.at(shape, source.coords(shader).with(axis, t)), shader.let(result));
        });
      });
    });
  },
});

function partsOf(at: NodeView, input: Value, e: Emitter) {
  const axis = orderAxis(at);
  const [k] = at.need(1).values as [Dim];
  return { input, axis, largest: at.int('largest') === 1, count: e.size(input.type.shape[axis]!), wanted: e.size(k) };
}

/** A u32 that is larger the better the element is. */
function keyOf(e: Emitter, input: Value, position: Position, largest: boolean): string {
  const x = e.read(input, position);
  const type = computeOf(input.type.dtype);
  const key = { f32: `float_key(${x})`, i32: `(bitcast<u32>(${x}) ^ 0x80000000u)`, u32: x, bool: `u32(${x})` }[type];
  if (type === 'f32')
    // Both zeros are one number; below zero more bits mean less.
    e.shader.global(`fn float_key(x: f32) -> u32 {
  let bits = select(bitcast<u32>(x), 0u, x == 0.0f);
  return select(bits | 0x80000000u, ~bits, bits >= 0x80000000u);
}`);
  return largest ? key : `(~${key})`;
}
