// Sliding windows with every number known, always over three spatial axes: missing ones are in front, of size 1.

import type { NodeView, WindowAxis } from '@trtx/ir';

export interface Window {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly begin: number;
  readonly end: number;
  readonly output: number;
}

export type Windows = readonly [Window, Window, Window];

const UNIT: Window = { size: 1, kernel: 1, stride: 1, dilation: 1, begin: 0, end: 0, output: 1 };

/** @throws TrtxError for more than three axes */
export function windowsOf(at: NodeView, axes: readonly WindowAxis[]): Windows {
  if (axes.length > 3) throw at.fail(`a window over ${axes.length} axes`, 'The reference computes up to three.');
  return [...new Array<Window>(3 - axes.length).fill(UNIT), ...(axes as readonly Window[])] as unknown as Windows;
}

/** Elements of the input and of the output for each channel, and taps of the window. */
export function planeSizes([a, b, c]: Windows): { input: number; output: number; taps: number } {
  return {
    input: a.size * b.size * c.size,
    output: a.output * b.output * c.output,
    taps: a.kernel * b.kernel * c.kernel,
  };
}

/** The range of window positions at which tap number `tap` lies on the input. */
export function tapRange({ size, stride, dilation, begin, output }: Window, tap: number): [low: number, high: number] {
  const shift = tap * dilation - begin;
  const low = Math.max(Math.ceil(-shift / stride), 0);
  const high = Math.min(Math.floor((size - 1 - shift) / stride) + 1, output);
  return [low, Math.max(high, low)];
}
