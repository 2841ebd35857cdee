// In which order the sum of a convolution runs, where it is computed as a product of matrices whose steps are read some at
// once: neighbours in the sum are then to be neighbours in memory. Those are the channels, where they are many; else the
// taps along the last axis, filled up to whole vectors.

import type { Problem } from '../kernel.ts';
import { geometryOf } from './conv-geometry.ts';

/** How many times the steps of the sum may become by filling up. */
const MOST_FILLING = 8 / 3;

export interface ConvSteps {
  /**
   * `channels`: taps, and within each the channels; `taps`: taps of all axes but the last one, within each the channels, and
   * within each the taps along the last axis.
   */
  readonly order: 'channels' | 'taps';
  /** Length of the sum. */
  readonly depth: number;
  /** Channels of a group, taps of the kernel, those along the last axis, and how many steps these take. */
  readonly channels: number;
  readonly kernel: number;
  readonly taps: number;
  readonly filled: number;
}

/** @param count steps that are read at once */
export function stepsOf(problem: Problem, count: 4 | 8): ConvSteps {
  const { axes, inputChannels, groups } = geometryOf(problem);
  return stepsAlong(axes, inputChannels / groups, count);
}

/** Of windows with such axes over the channels of a group. */
export function stepsAlong(
  axes: readonly { readonly kernel: number; readonly dilation: number }[],
  channels: number,
  count: 4 | 8,
): ConvSteps {
  const last = axes.at(-1)!;
  const filled = Math.ceil(last.kernel / count) * count;
  const isAlong = channels % count !== 0 && last.dilation === 1 && filled <= MOST_FILLING * last.kernel;
  const outer = axes.slice(0, -1).reduce((n, { kernel }) => n * kernel, 1);
  const depth = outer * channels * (isAlong ? filled : last.kernel);
  const kernel = outer * last.kernel;
  return { order: isAlong ? 'taps' : 'channels', depth, channels, kernel, taps: last.kernel, filled };
}

/** The number of the weight of a step among those of an output channel, [channel][tap]; −1 for what only fills up. */
export function weightOf({ order, depth, channels, kernel, taps, filled }: ConvSteps, step: number): number {
  if (step >= depth) return -1;
  if (order === 'channels') return (step % channels) * kernel + Math.floor(step / channels);
  const tap = step % filled;
  const channel = Math.floor(step / filled) % channels;
  const outer = Math.floor(step / (filled * channels));
  return tap < taps ? channel * kernel + outer * taps + tap : -1;
}
