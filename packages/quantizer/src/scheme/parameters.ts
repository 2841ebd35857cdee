// Scale and zero point from a range. Whatever the range, the scale is a finite, normal number above 0, and 0 is a code.

import { TrtxError } from '@trtx/errors';
import { fromFloat16, toFloat16 } from '@trtx/ir';
import { codesOf, reachOf } from './codes.ts';
import type { ScaleType, Target } from './scheme.ts';

/** Between which numbers elements are, or are taken to be; both ends included. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** A code c stands for (c − zeroPoint) · scale. */
export interface Parameters {
  readonly scale: number;
  readonly zeroPoint: number;
}

interface Limits {
  /** The smallest normal number: GPUs may take smaller ones for 0. */
  readonly least: number;
  readonly largest: number;
  round(value: number): number;
}

const LIMITS: Readonly<Record<ScaleType, Limits>> = {
  float32: { least: 2 ** -126, largest: (2 - 2 ** -23) * 2 ** 127, round: Math.fround },
  float16: { least: 2 ** -14, largest: 65504, round: (value) => fromFloat16(toFloat16(value)) },
};

/**
 * The parameters whose codes cover a range and 0. A range of 0 alone has the scale 1.
 * @throws TrtxError QUANT_RANGE where an end is no finite number, or they are the wrong way round
 */
export function parametersOf(range: Range, target: Target, scaleType: ScaleType = 'float32'): Parameters {
  if (!(Number.isFinite(range.min) && Number.isFinite(range.max) && range.min <= range.max))
    throw new TrtxError('QUANT_RANGE', `a range from ${range.min} to ${range.max}`, {
      hint: 'Ranges have two finite ends, the smaller one first.',
    });
  const [min, max] = [Math.min(range.min, 0), Math.max(range.max, 0)];
  const { low, high, middle } = codesOf(target.type);
  if (target.symmetric) {
    const scale = scaleOf(Math.max(-min, max) / reachOf(target.type), scaleType);
    return { scale, zeroPoint: middle };
  }
  const scale = scaleOf(max / (high - low) - min / (high - low), scaleType);
  // Without −0, which is no other code than 0.
  const zeroPoint = Math.round(low - min / scale) + 0;
  return { scale, zeroPoint: Math.max(low, Math.min(high, zeroPoint)) };
}

/** The number as a scale of the type; undefined where it is too large or too small for it. */
export function asScale(value: number, type: ScaleType): number | undefined {
  const { least, largest, round } = LIMITS[type];
  const scale = round(value);
  return scale >= least && scale <= largest ? scale : undefined;
}

function scaleOf(step: number, type: ScaleType): number {
  if (step === 0) return 1;
  const { least, largest, round } = LIMITS[type];
  return Math.max(least, Math.min(largest, round(step)));
}
