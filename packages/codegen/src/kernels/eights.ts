// Eight neighbouring float16 elements of an operand as they lie in memory, the unit in which subgroup matrices are fed.

import type { Dim, Value } from '@trtx/ir';
import { type Emitter, packHalves } from '../emitter.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Operand } from './contraction.ts';
import { isInStep } from './product.ts';

/** What reads eight elements along an axis, as a vec4<u32>: from the address of its first one, and a place that is a multiple of eight. */
export type Eights = (start: Ix, at: Ix) => string;

/**
 * Reads eight elements of an operand at once where they lie so, else one by one.
 * @param size of the axis
 * @param past what is past the end of the axis: `zeros`, `anything`, or `nothing` where no place is
 */
export function eightsOf(
  e: Emitter,
  value: Value,
  axis: number,
  size: Dim,
  past: 'zeros' | 'anything' | 'nothing' = 'nothing',
): Eights {
  const { shader } = e;
  const operand = new Operand(e, value);
  const end = e.size(size);
  /** A place on the axis from which there are `count` elements. */
  const within = (at: Ix, count: number) => (past === 'nothing' ? at : ix.minIx(at, ix.sub(end, count)));
  const orZero = (zero: string, read: string, at: Ix) => {
    const inside = past !== 'zeros' || ix.less(at, end);
    return inside === true ? read : `select(${zero}, ${read}, ${inside})`;
  };
  if (isInStep(e, value, axis, size, 8)) {
    const halves = e.halves(value);
    return (start, at) => orZero('vec4<u32>()', halves(ix.add(start, within(at, 8))), at);
  }
  const stride = operand.stride(axis);
  return (start, at) => {
    const elements = Array.from({ length: 8 }, (_, i) => {
      const place = shader.index(ix.add(at, i), 's');
      return orZero('0.0', operand.at(ix.add(start, ix.mul(within(place, 1), stride))), place);
    });
    return packHalves(elements);
  };
}
