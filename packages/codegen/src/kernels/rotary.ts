// RotaryEmbedding: pairs of features turned by the angle of their position.

import { rotaryGeometry, type Value } from '@trtx/ir';
import { defineKernel } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { emitResult } from './elements.ts';

export const rotary = defineKernel<null>({
  id: 'rotary',
  version: 1,
  summary: 'pairs of features turned, one element an invocation',
  ops: ['RotaryEmbedding'],
  ownsWords: true,
  applies: ({ group }) => computeOf(group.accumulated.type.dtype) === 'f32',
  params: () => [null],
  cost: () => 1,
  emit(e, { group }) {
    const { shader } = e;
    const node = group.anchor!;
    const at = node.view();
    const [x, cosines, sines, ids] = node.inputs as [Value, Value, Value, Value?];
    const g = rotaryGeometry(at);
    const { shape } = x.type;
    return emitResult(e, shape, (position) => {
      const coords = position.coords(shader);
      const last = coords.length - 1;
      // Packed heads lie one after the other in the last axis.
      const feature = shader.index(g.packed ? ix.mod(coords[last]!, g.size) : coords[last]!, 'f');
      const [batch, step] = [coords[0]!, coords[g.packed ? 1 : 2]!];
      const own = e.read(x, position);
      const result = shader.name('result');
      shader.line(`var ${result} = ${own};`);
      shader.when(g.turned === g.size || ix.less(feature, g.turned), () => {
        const { pair, isFirst, distance } = pairOf(feature, g.turned, g.interleaved);
        const first = shader.let(isFirst, 'first');
        const partner = shader.let(
          `select(${ix.text(ix.sub(coords[last]!, distance))}, ${ix.text(ix.add(coords[last]!, distance))}, ${first})`,
        );
        const angle = (cache: Value) => {
          const place = ids
            ? [shader.let(`u32(${e.read(ids, Position.at(ids.type.shape, [batch, step]))})`)]
            : [batch, step];
          return e.read(cache, Position.at(cache.type.shape, [...place, shader.index(pair, 'pair')]));
        };
        const other = e.read(x, Position.at(shape, coords.with(last, partner)));
        const sine = shader.let(angle(sines));
        shader.line(`${result} = ${own} * ${angle(cosines)} + select(${other}, -${other}, ${first}) * ${sine};`);
      });
      return result;
    });
  },
});

/** Which pair a feature is of, whether it is its first one, and how far apart the two are. */
function pairOf(feature: Ix, turned: number, interleaved: boolean): { pair: Ix; isFirst: string; distance: number } {
  if (interleaved) return { pair: ix.div(feature, 2), isFirst: `${ix.text(ix.mod(feature, 2))} == 0u`, distance: 1 };
  const half = turned / 2;
  return { pair: ix.mod(feature, half), isFirst: `${ix.text(feature)} < ${half}u`, distance: half };
}
