// How weights are laid out for quantization: in blocks along what is summed over, or channel by channel.

import { elementCount } from '@trtx/ir';
import type { QuantizedType, Scheme } from '../scheme/scheme.ts';
import type { Weights } from './operands.ts';

export interface LayoutOptions {
  /** int4 by default. */
  readonly type?: QuantizedType;
  /** Without zero points (the default). */
  readonly symmetric?: boolean;
  /** Weights that share a scale, along what is summed over: 16 to 256, 32 by default; or all of an output channel. */
  readonly block?: number | 'channel';
}

/** Weights as they are laid out for quantization. */
export interface Layout {
  readonly dims: readonly number[];
  readonly scheme: Scheme;
}

/**
 * Blocks lie along the axis that is summed over. Where it is several that lie one behind the other at the end, as in a
 * convolution, they are taken for one: a block of 3 × 3 taps would have nine scales otherwise.
 */
export function layoutOf({ dims, along, operand }: Weights, options: LayoutOptions): Layout {
  const { type = 'int4', symmetric = true, block = 32 } = options;
  if (block === 'channel') {
    const axis = operand ? operand.channel?.axis : rowsOf(dims, along);
    const granularity = axis === undefined ? ({ kind: 'tensor' } as const) : ({ kind: 'channel', axis } as const);
    return { dims, scheme: { type, symmetric, granularity } };
  }
  const longest = along.reduce((best, axis) => (dims[axis]! > dims[best]! ? axis : best));
  const alone = along.every((axis) => axis === longest || dims[axis] === 1);
  const first = dims.length - along.length;
  const joined = !alone && along.every((axis, i) => axis === first + i);
  const axis = joined ? first : longest;
  return {
    dims: joined ? [...dims.slice(0, first), elementCount(dims.slice(first))] : dims,
    scheme: { type, symmetric, granularity: { kind: 'block', axis, size: block } },
  };
}

/** The axis of a table that tells rows apart, where it is one. */
function rowsOf(dims: readonly number[], along: readonly number[]): number | undefined {
  const others = dims.map((_, axis) => axis).filter((axis) => !along.includes(axis));
  return others.length === 1 ? others[0] : undefined;
}
