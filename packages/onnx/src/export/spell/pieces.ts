// Pieces of graph that only the exporter needs: as few nodes as what is known of sizes allows.

import type { Dim, Value } from '@trtx/ir';
import { counted, ints, sizeOf } from '../../normalize/pieces.ts';
import type { ExportEmitter } from './spelling.ts';

/** The size of an axis as int64[1]: a constant where it is known, else read off the first value that has such an axis. */
export function size(value: Value, axis: number, emit: ExportEmitter): Value {
  const { shape } = value.type;
  const index = axis < 0 ? axis + shape.length : axis;
  const dim = shape[index]!;
  if (typeof dim === 'number') return ints(emit, dim);
  return emit.shared(`the size ${dim.key}`, () => sizeOf(value, index, emit));
}

/** Numbers past which counting is left to the run. */
const MAX_COUNTED = 4096;

/** [0, 1, …, size − 1] as int64; `size` is int64[1]. */
export function counting(length: Value, emit: ExportEmitter): Value {
  const known = length.contents?.values[0];
  if (typeof known === 'number' && known <= MAX_COUNTED)
    return ints(emit, ...Array.from({ length: known }, (_, i) => i));
  return counted(length, 'int64', emit);
}

/** One size of a shape: a number, or an axis of a value. */
export type Size = number | readonly [value: Value, axis: number];

/** The elements in the shape that the sizes make; −1 stands for the first that is not known, and the rest is read off values. */
export function reshapeBy(value: Value, sizes: readonly Size[], emit: ExportEmitter): Value {
  const known = sizes.map((one): Size => {
    if (typeof one === 'number') return one;
    const dim = one[0].type.shape.at(one[1])!;
    return typeof dim === 'number' ? dim : one;
  });
  const open = known.findIndex((one) => typeof one !== 'number');
  const rest = known.map((one, i): Size => (i === open ? -1 : copied(value, one, i)));
  if (rest.every((one) => typeof one === 'number')) return emit.node('Reshape', [value, ints(emit, ...rest)]);
  const parts = rest.map((one) => (typeof one === 'number' ? ints(emit, one) : size(...one, emit)));
  return emit.node('Reshape', [value, emit.node('Concat', parts, { axis: 0 })]);
}

/** 0 where the size is that of the value at the same place. */
function copied(value: Value, one: Size, place: number): Size {
  if (typeof one === 'number') return one;
  return one[0] === value && one[1] === place ? 0 : one;
}

/** The elements in the shape of another value. */
export function reshapeTo(value: Value, other: Value, emit: ExportEmitter): Value {
  const { shape } = other.type;
  // The batch is the value's own: Reshape copies it.
  const rest: readonly Dim[] = shape.slice(1);
  const open = rest.filter((dim) => typeof dim !== 'number').length;
  if (open === 0) return emit.node('Reshape', [value, ints(emit, 0, ...(rest as number[]))]);
  if (open === 1)
    return emit.node('Reshape', [value, ints(emit, 0, ...rest.map((dim) => (typeof dim === 'number' ? dim : -1)))]);
  return emit.node('Reshape', [value, emit.node('Shape', [other])]);
}

/** A number for each channel, [C], as [C, 1, …] for an input of the rank. */
export function channelwise(value: Value, rank: number, emit: ExportEmitter): Value {
  return unsqueezed(
    value,
    Array.from({ length: rank - 2 }, (_, i) => i + 1),
    emit,
  );
}

/** The value with axes of size 1 in places of the output, ascending. A constant stays one. */
export function unsqueezed(value: Value, axes: readonly number[], emit: ExportEmitter): Value {
  if (axes.length === 0) return value;
  const { constant } = value;
  if (!constant) return emit.node('Unsqueeze', [value, ints(emit, ...axes)]);
  const dims = [...constant.dims];
  for (const axis of axes) dims.splice(axis, 0, 1);
  return emit.add({ ...constant, dims });
}

/** The value with its axes in another order; where it comes from a Transpose, that and this become one. */
export function transposed(value: Value, perm: readonly number[], emit: ExportEmitter): Value {
  const { producer } = value;
  const isTranspose = producer?.op.name === 'Transpose' && producer.op.domain === '';
  if (!isTranspose) return emit.node('Transpose', [value], { perm });
  const first = producer.view().ints('perm') ?? perm.map((_, i) => perm.length - 1 - i);
  const both = perm.map((axis) => first[axis]!);
  const source = producer.inputs[0]!;
  return both.every((axis, i) => axis === i) ? source : emit.node('Transpose', [source], { perm: both });
}
