// DeformConv: each output element is a sum over input channels and taps, which are read where their offsets move them.

import { deformConvGeometry, type Value } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import { defineKernel } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { emitResult } from './elements.ts';

export const deformConv = defineKernel<null>({
  id: 'deform-conv',
  version: 1,
  summary: 'convolution whose taps are moved by offsets, one output element an invocation',
  ops: ['DeformConv'],
  ownsWords: true,
  applies: ({ group }) => computeOf(group.accumulated.type.dtype) === 'f32',
  params: () => [null],
  cost: () => 1,
  emit(e, { group }) {
    const { shader } = e;
    const node = group.anchor!;
    const g = deformConvGeometry(node.view());
    const [x, w, offsets, bias, mask] = node.inputs as [Value, Value, Value, Value?, Value?];
    const [inner, outer] = [g.inputChannels / g.groups, g.outputChannels / g.groups];
    const perOffset = g.inputChannels / g.offsetGroups;
    return emitResult(e, group.accumulated.type.shape, (position) => {
      const [n, o, ...out] = position.coords(shader) as [Ix, Ix, ...Ix[]];
      const sum = shader.name('sum');
      shader.line(`var ${sum} = ${bias ? e.read(bias, Position.at(bias.type.shape, [o])) : '0.0f'};`);
      const eachTap = (axis: number, taps: readonly Ix[], tap: Ix): void => {
        const window = g.axes[axis];
        if (window) {
          shader.loop(window.kernel, 'k', (k) =>
            eachTap(axis + 1, [...taps, k], ix.add(ix.mul(tap, window.kernel), k)),
          );
          return;
        }
        shader.loop(inner, 'i', (i) => {
          const channel = shader.index(ix.add(ix.mul(ix.div(o, outer), inner), i), 'channel');
          const moved = shader.index(ix.add(ix.mul(ix.div(channel, perOffset), g.taps), tap), 'moved');
          const point = g.axes.map(({ stride, dilation, begin }, d) => {
            const place = ix.sub(ix.add(ix.mul(out[d]!, stride), ix.mul(taps[d]!, dilation)), e.size(begin));
            const number = ix.add(ix.mul(moved, g.axes.length), d);
            const offset = e.read(offsets, Position.at(offsets.type.shape, [n, number, ...out]));
            return shader.let(`f32(i32(${ix.text(place)})) + ${offset}`, 'at');
          });
          const weight = e.read(w, Position.at(w.type.shape, [o, i, ...taps]));
          const factor = mask
            ? `${weight} * ${e.read(mask, Position.at(mask.type.shape, [n, moved, ...out]))}`
            : weight;
          shader.line(`${sum} += ${shader.let(factor)} * ${interpolated(e, x, [n, channel], point)};`);
        });
      };
      eachTap(0, [], 0);
      return sum;
    });
  },
});

/** Linearly between the elements around a point of a plane; outside of it there are zeros. */
function interpolated(e: Emitter, input: Value, plane: readonly Ix[], point: readonly string[]): string {
  const { shader } = e;
  const { shape } = input.type;
  const sizes = shape.slice(plane.length).map((size) => e.size(size));
  const low = point.map((x) => shader.let(`floor(${x})`, 'low'));
  const rest = point.map((x, d) => shader.let(`${x} - ${low[d]}`, 'rest'));
  const sum = shader.name('value');
  shader.line(`var ${sum} = 0.0f;`);
  for (let corner = 0; corner < 2 ** point.length; corner++) {
    const isFar = (d: number) => ((corner >> d) & 1) === 1;
    const places = low.map((x, d) => shader.let(`u32(i32(${x}) + ${isFar(d) ? 1 : 0})`, 'place'));
    const weights = rest.map((x, d) => (isFar(d) ? x : `(1.0f - ${x})`));
    shader.when(ix.all(places.map((place, d) => ix.less(place, sizes[d]!))), () => {
      const element = e.read(input, Position.at(shape, [...plane, ...places]));
      shader.line(`${sum} += ${[...weights, element].join(' * ')};`);
    });
  }
  return sum;
}
