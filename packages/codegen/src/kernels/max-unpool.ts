// MaxUnpool: elements written where their indices tell, zeros elsewhere, on the core of scatters.

import { product, unpooledShape, type Value } from '@trtx/ir';
import type { Problem } from '../kernel.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { defineLines } from './scatter-lines.ts';

export const maxUnpool = defineLines({
  op: 'MaxUnpool',
  id: 'max-unpool',
  summary: 'MaxUnpool: the places of the result are dealt out to invocations, each of which looks through all indices',
  linesOf,
  code(e, problem) {
    const { shader } = e;
    const [x, indices] = problem.group.anchor!.inputs as [Value, Value];
    const { shape } = problem.group.accumulated.type;
    const told = unpooledShape(problem.group.anchor!.view());
    return {
      ...linesOf(problem),
      at: (_, target) => Position.linear(shape, target),
      initial: () => '0.0f',
      each(_, take) {
        shader.loop(e.size(product(x.type.shape)), 't', (t) => {
          const at = Position.linear(x.type.shape, t);
          const index = shader.let(`u32(${e.read(indices, at)})`, 'index');
          // Indices count in the shape that the window tells, which a given one may exceed or cut off.
          const coords = Position.linear(told, index).coords(shader);
          const inside = coords.map((coord, d) => ix.less(coord, e.size(shape[d]!)));
          const exists = ix.all([ix.less(index, e.size(product(told))), ...inside]);
          take(Position.at(shape, coords).linear(shader), exists, () => e.read(x, at));
        });
      },
    };
  },
});

function linesOf({ group }: Problem) {
  const updates = product(group.anchor!.inputs[0]!.type.shape);
  return { lines: [], targets: product(group.accumulated.type.shape), updates, reduction: 'none' as const };
}
