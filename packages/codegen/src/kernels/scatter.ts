// Writes at places that an input tells, the other way round: each element of the result looks for the updates that are
// meant for it, in their order, so that equal places are no race.

import { type Node, type ScatterReduction, sameDim, scatterAxis, scatterDepth, type Value } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import { defineKernel, type Kernel } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { printBinary } from '../wgsl/scalar.ts';
import { emitResult } from './elements.ts';

interface Scatter {
  op: string;
  id: string;
  summary: string;
  /** Emits the loop over the updates that may be meant for an element; `take` takes the one at a position. */
  search(e: Emitter, node: Node, coords: readonly Ix[], take: (update: Position) => void): void;
}

function defineScatter({ op, id, summary, search }: Scatter): Kernel {
  return defineKernel<null>({
    id,
    version: 1,
    summary,
    ops: [op],
    ownsWords: true,
    applies: () => true,
    params: () => [null],
    cost: () => 1,
    emit(e, { group }) {
      const { shader } = e;
      const node = group.anchor!;
      const [data, , updates] = node.inputs as [Value, Value, Value];
      const reduction = node.view().string('reduction') as ScatterReduction;
      return emitResult(e, data.type.shape, (position) => {
        const acc = shader.name('acc');
        shader.line(`var ${acc} = ${e.read(data, position)};`);
        search(e, node, position.coords(shader), (at) => {
          const update = shader.let(e.read(updates, at));
          const combined = reduction === 'none' ? update : printBinary(shader, reduction, acc, update, data.type.dtype);
          shader.line(`${acc} = ${combined};`);
        });
        return acc;
      });
    },
  });
}

/** The condition that an index, which may count from the end, is this coordinate. */
function isPlace(e: Emitter, indices: Value, at: Position, size: Ix, coord: Ix): string {
  const raw = e.shader.let(e.read(indices, at));
  const place =
    computeOf(indices.type.dtype) === 'i32' ? `select(u32(${raw}), u32(${raw}) + ${ix.text(size)}, ${raw} < 0i)` : raw;
  return `${place} == ${ix.text(coord)}`;
}

export const scatterElements = defineScatter({
  op: 'ScatterElements',
  id: 'scatter-elements',
  summary: 'ScatterElements: each element looks through the indices of its line',
  search(e, node, coords, take) {
    const [data, indices] = node.inputs as [Value, Value];
    const axis = scatterAxis(node.view());
    const { shape } = indices.type;
    // Lines past the indices are data alone.
    const inside = shape.flatMap((dim, d) =>
      d === axis || sameDim(dim, data.type.shape[d]!) ? [] : [ix.less(coords[d]!, e.size(dim))],
    );
    e.shader.when(ix.all(inside), () =>
      e.shader.loop(e.size(shape[axis]!), 't', (t) => {
        const at = coords.with(axis, t);
        const size = e.size(data.type.shape[axis]!);
        e.shader.when(isPlace(e, indices, Position.at(shape, at), size, coords[axis]!), () =>
          take(Position.at(shape, at)),
        );
      }),
    );
  },
});

export const scatterND = defineScatter({
  op: 'ScatterND',
  id: 'scatter-nd',
  summary: 'ScatterND: each element looks through all indices',
  search(e, node, coords, take) {
    const { shader } = e;
    const [data, indices, updates] = node.inputs as [Value, Value, Value];
    const depth = scatterDepth(node.view());
    const leading = indices.type.shape.slice(0, -1);
    const loop = (axis: number, at: readonly Ix[]): void => {
      if (axis < leading.length) {
        shader.loop(e.size(leading[axis]!), 't', (t) => loop(axis + 1, [...at, t]));
        return;
      }
      const tests = Array.from({ length: depth }, (_, d) => {
        const place = Position.at(indices.type.shape, [...at, d]);
        return isPlace(e, indices, place, e.size(data.type.shape[d]!), coords[d]!);
      });
      shader.when(ix.all(tests), () => take(Position.at(updates.type.shape, [...at, ...coords.slice(depth)])));
    };
    loop(0, []);
  },
});
