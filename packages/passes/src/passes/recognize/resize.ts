// Resize to the nearest element written out: every element so many times in a row, by an axis of its own for the copies.

import { constantFrom, type Dim, mul } from '@trtx/ir';
import { any, op } from '../../pattern.ts';
import { recognize } from '../../recognize.ts';
import { definePass } from '../../rule.ts';

const repeat = recognize({
  name: 'resize-repeat',
  pattern: op('Reshape', op(['Expand', 'Tile'], op('Reshape', any('x'), any()).as('split'), any()).as('copies'), any()),
  reason: 'every element several times in a row',
  make(match, patch) {
    const x = match.value('x');
    const { shape } = x.type;
    if (shape.length < 3 || shape.length > 5) return undefined;
    const scales = timesOf(shape, match.value('split').type.shape, match.value('copies').type.shape, (a, b) =>
      patch.sameDim(a, b),
    );
    // Batches and channels are no pictures.
    if (scales?.[0] !== 1 || scales[1] !== 1 || scales.every((n) => n === 1)) return undefined;
    const y = patch.node(
      'Resize',
      [x, null, patch.constant(constantFrom('float32', [scales.length], scales), 'scales')],
      { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
    );
    const root = patch.anchor.output.type.shape;
    return patch.sameShape(
      root,
      shape.map((dim, axis) => mul(dim, scales[axis]!)),
    )
      ? y
      : undefined;
  },
});

export const recognizeResize = definePass({
  name: 'recognize-resize',
  summary: 'Resize to the nearest element written out as Reshape, Expand or Tile, Reshape',
  rules: [repeat],
});

/** How often each element along an axis is there, where `split` has a 1 behind axes, which in `copies` is a number. */
function timesOf(
  shape: readonly Dim[],
  split: readonly Dim[],
  copies: readonly Dim[],
  same: (a: Dim, b: Dim) => boolean,
): number[] | undefined {
  if (split.length !== copies.length) return undefined;
  const times: number[] = [];
  let at = 0;
  for (const dim of shape) {
    if (at >= split.length || !same(split[at]!, dim) || !same(copies[at]!, dim)) return undefined;
    at++;
    const count = copies[at];
    const isCopied = split[at] === 1 && count !== 1 && split.length - at > shape.length - times.length - 1;
    if (isCopied && typeof count !== 'number') return undefined;
    times.push(isCopied ? (count as number) : 1);
    if (isCopied) at++;
  }
  return at === split.length ? times : undefined;
}
