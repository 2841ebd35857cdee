// Eight neighbouring float16 elements of an operand as they lie in memory, the unit in which subgroup matrices are fed.

import type { Value } from '@trtx/ir';
import { type Emitter, packHalves } from '../emitter.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Operand } from './contraction.ts';
import { isInStep } from './product.ts';

/**
 * What finds elements of an operand, and reads eight of them along an axis, as a vec4<u32>, from the address of one whose
 * place on the axis is a multiple of eight: at once where they lie so, else one by one. The size of the axis is a multiple
 * of eight.
 */
export function eightsOf(
  e: Emitter,
  value: Value,
  axis: number,
): { address(coords: readonly Ix[]): Ix; read(address: Ix): string } {
  const operand = new Operand(e, value);
  const address = (coords: readonly Ix[]) => operand.address(coords);
  // The axis of a packed tensor has the features of all heads, of which each begins at a multiple of eight.
  if (isInStep(e, value, axis, 8, 8)) return { address, read: e.halves(value) };
  const stride = operand.stride(axis);
  const read = (from: Ix) =>
    packHalves(Array.from({ length: 8 }, (_, i) => operand.at(ix.add(from, ix.mul(stride, i)))));
  return { address, read };
}
