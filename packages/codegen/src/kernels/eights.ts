// Neighbouring elements of an operand that are read at once, as vectors of 16 bytes: eight float16 as they lie in memory, the
// unit in which subgroup matrices are fed, or four float32.

import type { Dim, DType, Value } from '@trtx/ir';
import { type Emitter, packHalves } from '../emitter.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Operand } from './contraction.ts';
import { isInStep } from './product.ts';

/** Elements of a vector of 16 bytes. */
export const ELEMENTS: ReadonlyMap<DType, number> = new Map([
  ['float32', 4],
  ['float16', 8],
]);

/** What reads neighbours along an axis, as a vector: from the address of its first one, and a place that is a multiple of their number. */
export type Neighbours = (start: Ix, at: Ix) => string;

/** What is past the end of the axis: `zeros`, `anything`, or `nothing` where no place is. */
type Past = 'zeros' | 'anything' | 'nothing';

/**
 * Reads eight elements of an operand at once where they lie so, else one by one; a vec4<u32>.
 * @param size of the axis
 */
export function eightsOf(e: Emitter, value: Value, axis: number, size: Dim, past: Past = 'nothing'): Neighbours {
  const vector = { count: 8, zeros: 'vec4<u32>()', read: () => e.halves(value), join: packHalves };
  return neighboursOf(e, value, axis, size, past, vector);
}

/** As `eightsOf`, as many elements as a vector has; of float32 a vec4<f32>. */
export function vectorsOf(e: Emitter, value: Value, axis: number, size: Dim, past: Past = 'nothing'): Neighbours {
  if (value.type.dtype === 'float16') return eightsOf(e, value, axis, size, past);
  const join = (elements: readonly string[]) => `vec4<f32>(${elements.join(', ')})`;
  return neighboursOf(e, value, axis, size, past, {
    count: 4,
    zeros: 'vec4<f32>()',
    read: () => e.vectors(value),
    join,
  });
}

/** The elements of a vector of 16 bytes, as one or two vec4<f32>. */
export function foursOf({ shader }: Emitter, { type }: Value, vector: string): string[] {
  if (type.dtype === 'float32') return [vector];
  const pair = (a: string, b: string) => `vec4<f32>(unpack2x16float(${vector}.${a}), unpack2x16float(${vector}.${b}))`;
  return [shader.let(pair('x', 'y'), 'four'), shader.let(pair('z', 'w'), 'four')];
}

interface Vector {
  readonly count: number;
  readonly zeros: string;
  /** How it is read where all of it lies in step. */
  read(): (address: Ix) => string;
  /** What it is of elements that are read one by one. */
  join(elements: readonly string[]): string;
}

function neighboursOf(
  e: Emitter,
  value: Value,
  axis: number,
  size: Dim,
  past: Past,
  { count, zeros, read, join }: Vector,
): Neighbours {
  const { shader } = e;
  const operand = new Operand(e, value);
  const end = e.size(size);
  /** A place on the axis from which there are so many elements. */
  const within = (at: Ix, some: number) => (past === 'nothing' ? at : ix.minIx(at, ix.sub(end, some)));
  const orZero = (zero: string, element: string, at: Ix) => {
    const inside = past !== 'zeros' || ix.less(at, end);
    return inside === true ? element : `select(${zero}, ${element}, ${inside})`;
  };
  if (isInStep(e, value, axis, size, count)) {
    const vector = read();
    return (start, at) => orZero(zeros, vector(ix.add(start, within(at, count))), at);
  }
  const stride = operand.stride(axis);
  return (start, at) => {
    const elements = Array.from({ length: count }, (_, i) => {
      const place = shader.index(ix.add(at, i), 's');
      return orZero('0.0', operand.at(ix.add(start, ix.mul(within(place, 1), stride))), place);
    });
    return join(elements);
  };
}
