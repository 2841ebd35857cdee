// Masks: what is added to scores before their softmax, or put in place of those that are hidden, as one operand of Attention.

import type { Dim, Value } from '@trtx/ir';
import { fromFloat64 } from '../../match.ts';
import type { Operand, Patch } from '../../patch.ts';
import { absent, any, type Match, number, oneOf, op, type Pattern } from '../../pattern.ts';

/** Steps between a product and its softmax: a bias of positions, causality, padding. */
const STEPS = [0, 1, 2];

/**
 * Numbers that stand for "hidden" in place of a score: next to them a score is lost in rounding, so that they can be added to
 * it instead. The last is float16's lowest.
 */
const isLow = (value: number) => value <= -1e8 || value === -65504;

/**
 * Scores, or what masks make of them; each may end with a lowest score, so that a query that sees nothing has numbers.
 * @param of what the names of a match begin with, where scores are masked twice
 */
export function masked(scores: Pattern, of = ''): Pattern {
  return STEPS.reduce<Pattern>((inner, step) => {
    const name = (part: string) => `${of}${part} ${step}`;
    const low = number(name('low'), isLow);
    const made = [
      op('Where', any(name('seen')), inner, low),
      op('Where', any(name('hidden')), low, inner),
      op('Add', inner, any(name('bias'))),
    ].map((one) => one.as(name('step')));
    const least = number(name('least'), (value) => isLow(value) && Number.isFinite(value));
    const steps = oneOf(...made);
    return oneOf(...made, op('Max', steps, least), op('Clip', steps, least, absent), inner);
  }, scores);
}

/** Numbers to add, or what is seen. */
type Mask = { readonly bias: Operand } | { readonly seen: Operand };

/**
 * The mask of a match for scores of a shape; undefined where there is none, 'unfit' where Attention does not take it.
 * `missing` are the axes of the shape that the scores of the match have not, `of` is as for `masked`.
 */
export function maskOf(
  match: Match,
  shape: readonly Dim[],
  missing: readonly number[],
  patch: Patch,
  of = '',
): Operand | undefined | 'unfit' {
  let mask: Mask | undefined;
  for (const number of STEPS) {
    const step = new Step(match, of, number);
    mask = atLeast(after(mask, step, patch), step, patch);
  }
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

/** What a match has of one step. */
class Step {
  constructor(
    private readonly match: Match,
    private readonly of: string,
    private readonly step: number,
  ) {}

  find(part: string): Value | undefined {
    return this.match.find(`${this.of}${part} ${this.step}`);
  }

  number(part: string): number | undefined {
    return this.match.findNumber(`${this.of}${part} ${this.step}`);
  }

  /** A number of the scores' type. */
  splat(value: number, patch: Patch): Operand {
    return patch.constant(fromFloat64(this.find('step')!.type.dtype, [], Float64Array.of(value)));
  }
}

/** The mask with one more step, the inner ones being in it. */
function after(mask: Mask | undefined, step: Step, patch: Patch): Mask | undefined {
  if (!step.find('step')) return mask;
  const splat = (value: number) => step.splat(value, patch);
  const unseen = Number.NEGATIVE_INFINITY;
  const bias = step.find('bias');
  if (bias) {
    if (!mask) return { bias };
    if ('bias' in mask) return { bias: patch.node('Add', [mask.bias, bias]) };
    return { bias: patch.node('Where', [mask.seen, bias, splat(unseen)]) };
  }
  const low = step.number('low')!;
  const hidden = step.find('hidden');
  const seen = () => step.find('seen') ?? patch.node('Not', [hidden]);
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

/** The mask of a step that ends with a lowest score: next to it, what is added to it is lost in rounding too. */
function atLeast(mask: Mask | undefined, step: Step, patch: Patch): Mask | undefined {
  const least = step.number('least');
  if (!mask || least === undefined) return mask;
  const low = step.splat(least, patch);
  if ('bias' in mask) return { bias: patch.node('Max', [mask.bias, low]) };
  return { bias: patch.node('Where', [mask.seen, step.splat(0, patch), low]) };
}
