// Attention in windows of a picture, of which each has a mask of its own, the same for all pictures: scores of [pictures ·
// windows, heads, queries, keys] are taken apart into pictures and windows for it, and put together again.

import { type Dim, mul, type Value } from '@trtx/ir';
import type { Operand, Patch } from '../../patch.ts';
import { any, type Match, op, type Pattern } from '../../pattern.ts';
import { targetOf } from '../simplify/canonical-reshapes.ts';
import { masked, maskOf } from './attention-mask.ts';

const OF = 'window ';

/** Scores with a mask for each window. */
export function maskedInWindows(scores: Pattern): Pattern {
  const apart = op('Reshape', scores, any()).as('windows');
  return op(
    'Reshape',
    masked(
      apart.where(({ output }) => output.type.shape.length === 5),
      OF,
    ),
    any(),
  );
}

/**
 * The mask with those of windows in it, for scores of a shape; the mask itself where windows have none.
 * @param query of which there are as many as scores along the first axis
 */
export function withWindows(
  mask: Operand | undefined | 'unfit',
  { match, query, shape }: { readonly match: Match; readonly query: Value; readonly shape: readonly Dim[] },
  patch: Patch,
): Operand | undefined | 'unfit' {
  const windows = match.find('windows');
  if (!windows || mask === 'unfit') return mask;
  const [pictures, count, ...rest] = windows.type.shape as [Dim, Dim, ...Dim[]];
  const own = maskOf(match, windows.type.shape, [], patch, OF);
  const isApart = patch.sameShape(rest, shape.slice(1)) && patch.sameDim(mul(pictures, count), shape[0]!);
  if (!isApart || typeof count !== 'number' || !own || own === 'unfit') return 'unfit';
  const { dtype, shape: dims } = own.type;
  const isForAll = (dims.length < 5 || dims[0] === 1) && dims.at(-4) === count;
  if (!isForAll || (mask && (mask.type.dtype !== dtype || dtype === 'bool' || leading(mask) !== 1))) return 'unfit';
  const target = targetOf(dims, dims.slice(-4), patch);
  if (!target) return 'unfit';
  const flat = dims.length === 4 ? own : patch.node('Reshape', [own, patch.integers(target)]);
  const each = mask ? patch.node('Add', [mask, flat]) : flat;
  return pictures === 1 ? each : (repeated(each, pictures, { query, count }, patch) ?? 'unfit');
}

/** The first of four axes. */
function leading({ type: { shape } }: Operand): Dim {
  return shape.length < 4 ? 1 : shape[0]!;
}

/** [pictures · windows, …] of what is [windows, …]. */
function repeated(
  mask: Operand,
  pictures: Dim,
  { query, count }: { readonly query: Value; readonly count: number },
  patch: Patch,
): Operand | undefined {
  const { shape } = mask.type;
  const ones = new Array<number>(shape.length).fill(1);
  const counted = () =>
    patch.node('Div', [patch.node('Shape', [query], { start: 0, end: 1 }), patch.integers([count])]);
  const sizes =
    typeof pictures === 'number'
      ? patch.integers([pictures, ...ones])
      : patch.node('Concat', [counted(), patch.integers(ones)], { axis: 0 });
  const spread = patch.node('Expand', [mask, sizes]);
  const target = targetOf(spread.type.shape, [mul(pictures, count), ...shape.slice(1)], patch);
  return target && patch.node('Reshape', [spread, patch.integers(target)]);
}
