// Masks: what is added to scores before their softmax, or put in place of those that are hidden, as one operand of Attention.

import type { Dim } from '@trtx/ir';
import { fromFloat64 } from '../../match.ts';
import type { Operand, Patch } from '../../patch.ts';
import { any, type Match, number, oneOf, op, type Pattern } from '../../pattern.ts';

/** Steps between a product and its softmax: a bias of positions, causality, padding. */
const STEPS = [0, 1, 2];

/**
 * Numbers that stand for "hidden" in place of a score: next to them a score is lost in rounding, so that they can be added to
 * it instead. The last is float16's lowest.
 */
const isLow = (value: number) => value <= -1e8 || value === -65504;

/** Scores, or what masks make of them. */
export function masked(scores: Pattern): Pattern {
  return STEPS.reduce<Pattern>((inner, step) => {
    const low = number(`low ${step}`, isLow);
    const steps = [
      op('Where', any(`seen ${step}`), inner, low),
      op('Where', any(`hidden ${step}`), low, inner),
      op('Add', inner, any(`bias ${step}`)),
    ];
    return oneOf(...steps.map((made) => made.as(`step ${step}`)), inner);
  }, scores);
}

/** Numbers to add, or what is seen. */
type Mask = { readonly bias: Operand } | { readonly seen: Operand };

/**
 * The mask of a match for scores of a shape of rank 4; undefined where there is none, 'unfit' where Attention does not take
 * it. `missing` are the axes of the shape that the scores of the match have not.
 */
export function maskOf(
  match: Match,
  shape: readonly Dim[],
  missing: readonly number[],
  patch: Patch,
): Operand | undefined | 'unfit' {
  let mask: Mask | undefined;
  for (const step of STEPS) mask = after(step, mask, match, patch);
  if (!mask) return undefined;
  const operand = 'bias' in mask ? mask.bias : mask.seen;
  const rank = operand.type.shape.length;
  if (rank === 0 || rank > shape.length - missing.length) return 'unfit';
  const lifted = rank > 2 && missing.length > 0 ? patch.node('Unsqueeze', [operand, patch.integers(missing)]) : operand;
  return fits(lifted.type.shape, shape, patch) ? lifted : 'unfit';
}

/** It broadcasts to the scores, but along the keys: one number for all of them is not what Attention takes it for. */
function fits(mask: readonly Dim[], scores: readonly Dim[], patch: Patch): boolean {
  const skip = scores.length - mask.length;
  return mask.every((dim, axis) => (dim === 1 && axis < mask.length - 1) || patch.sameDim(dim, scores[axis + skip]!));
}

/** The mask with one more step, the inner ones being in it. */
function after(step: number, mask: Mask | undefined, match: Match, patch: Patch): Mask | undefined {
  const made = match.find(`step ${step}`);
  if (!made) return mask;
  const splat = (value: number) => patch.constant(fromFloat64(made.type.dtype, [], Float64Array.of(value)));
  const unseen = Number.NEGATIVE_INFINITY;
  const bias = match.find(`bias ${step}`);
  if (bias) {
    if (!mask) return { bias };
    if ('bias' in mask) return { bias: patch.node('Add', [mask.bias, bias]) };
    return { bias: patch.node('Where', [mask.seen, bias, splat(unseen)]) };
  }
  const low = match.number(`low ${step}`);
  const hidden = match.find(`hidden ${step}`);
  const seen = () => match.find(`seen ${step}`) ?? patch.node('Not', [hidden]);
  const either = (x: Operand) =>
    hidden ? patch.node('Where', [hidden, splat(low), x]) : patch.node('Where', [seen(), x, splat(low)]);
  if (low !== unseen) {
    const inner = !mask
      ? splat(0)
      : 'bias' in mask
        ? mask.bias
        : patch.node('Where', [mask.seen, splat(0), splat(unseen)]);
    return { bias: either(inner) };
  }
  if (!mask) return { seen: seen() };
  return 'bias' in mask ? { bias: either(mask.bias) } : { seen: patch.node('And', [mask.seen, seen()]) };
}
