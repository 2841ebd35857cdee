// AffineGrid: the positions of an image's elements, from −1 to 1, mapped by a matrix.

import { type Dim, sub, type Value } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import { defineKernel } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { emitResult } from './elements.ts';

export const affineGrid = defineKernel<null>({
  id: 'affine-grid',
  version: 1,
  summary: 'positions mapped by a matrix, one coordinate an invocation',
  ops: ['AffineGrid'],
  ownsWords: true,
  applies: ({ group }) => computeOf(group.accumulated.type.dtype) === 'f32',
  params: () => [null],
  cost: () => 1,
  emit(e, { group }) {
    const { shader } = e;
    const node = group.anchor!;
    const theta = node.inputs[0] as Value;
    const aligned = node.view().int('align_corners') === 1;
    const { shape } = group.accumulated.type;
    const sizes = shape.slice(1, -1);
    return emitResult(e, shape, (position) => {
      const coords = position.coords(shader);
      const [batch, row] = [coords[0]!, coords.at(-1)!];
      const factor = (column: number) => e.read(theta, Position.at(theta.type.shape, [batch, row, column]));
      // x, the last axis, comes first.
      const places = sizes.map((size, i) => along(e, size, coords[i + 1]!, aligned)).reverse();
      const terms = places.map((place, i) => `${factor(i)} * ${place}`);
      return [...terms, factor(sizes.length)].join(' + ');
    });
  },
});

/** The position of a place on an axis: −1 and 1 are the centers of the outermost elements, or their outer edges. */
function along(e: Emitter, dim: Dim, place: Ix, aligned: boolean): string {
  const float = (x: Ix) => `f32(${ix.text(x)})`;
  if (!aligned) return e.shader.let(`(2.0f * ${float(place)} + 1.0f) / ${float(e.size(dim))} - 1.0f`);
  const last = e.size(sub(dim, 1));
  // An axis of one element has its place in the middle.
  if (last === 0) return '0.0f';
  const position = `2.0f * ${float(place)} / ${float(last)} - 1.0f`;
  return e.shader.let(typeof last === 'number' ? position : `select(0.0f, ${position}, ${last} > 0u)`);
}
