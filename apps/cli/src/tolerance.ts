// `--rtol` and `--atol`: how far what is computed may be from what is expected.

import { FLOAT16_TOLERANCE, type Tolerance } from '@trtx/debug';
import type { Command } from 'commander';
import { parsePositive } from './command.ts';

/** Of what computes in float32. */
export const FLOAT32_TOLERANCE: Tolerance = { rtol: 1e-3, atol: 1e-4 };

export interface ToleranceFlags {
  readonly rtol?: number;
  readonly atol?: number;
}

/** Adds the options of `ToleranceFlags`. @param usual what they are where they are not given */
export function addToleranceOptions(
  command: Command,
  usual: { readonly rtol: string; readonly atol: string },
): Command {
  return command
    .option('--rtol <number>', `tolerance, relative to each element (default: ${usual.rtol})`, parsePositive)
    .option('--atol <number>', `tolerance, relative to the largest element (default: ${usual.atol})`, parsePositive);
}

/** What the options are where either float32 or float16 is computed in. */
export const BY_TYPE = { rtol: '1e-3, with --fp16 1e-2', atol: '1e-4, with --fp16 1e-2' };

/** @param isHalf whether something computes in float16 */
export function toleranceFrom({ rtol, atol }: ToleranceFlags, isHalf: boolean): Tolerance {
  const usual = isHalf ? FLOAT16_TOLERANCE : FLOAT32_TOLERANCE;
  return { ...usual, rtol: rtol ?? usual.rtol, atol: atol ?? usual.atol };
}
