// Small pieces of graph that spellings are made of, of the importer and of the exporter alike.

import type { DType, Value } from '@trtx/ir';
import type { Emitter } from './node.ts';

/** int64 numbers. */
export function ints(emit: Emitter, ...values: number[]): Value {
  const odd = values.find((value) => !Number.isSafeInteger(value));
  if (odd !== undefined) throw emit.fail(`a size or axis of ${odd}`, 'The numbers of heads and blocks must divide it.');
  return emit.constant('int64', [values.length], values);
}

/** A number of a value's type. */
export function like(value: Value, number: number, emit: Emitter): Value {
  return emit.scalar(value.type.dtype, number);
}

/** The sum of what is there. */
export function sum(emit: Emitter, first: Value, ...others: readonly (Value | null)[]): Value {
  return others.reduce<Value>((total, value) => (value ? emit.node('Add', [total, value]) : total), first);
}

/** The size of an axis, as int64[1]. */
export function sizeOf(value: Value, axis: number, emit: Emitter): Value {
  return emit.node('Shape', [value], { start: axis, end: axis + 1 });
}

/** The elements in another shape: 0 copies a size, −1 is what is left. */
export function reshape(value: Value, dims: readonly number[], emit: Emitter): Value {
  return emit.node('Reshape', [value, ints(emit, ...dims)]);
}

export function unsqueeze(value: Value, axes: readonly number[], emit: Emitter): Value {
  return emit.node('Unsqueeze', [value, ints(emit, ...axes)]);
}

export function transpose(value: Value, perm: readonly number[], emit: Emitter): Value {
  return emit.node('Transpose', [value], { perm });
}

/** [0, 1, …, size − 1] of a type. `size` is int64[1]. */
export function counted(size: Value, dtype: DType, emit: Emitter): Value {
  const limit = emit.node('Squeeze', [size]);
  const range = emit.node('Range', [emit.scalar('int64', 0), limit, emit.scalar('int64', 1)]);
  return dtype === 'int64' ? range : emit.node('Cast', [range], { to: dtype });
}

/** A size that must be known at build. */
export function knownSize(value: Value, axis: number, emit: Emitter): number {
  const dim = value.type.shape.at(axis);
  if (typeof dim !== 'number')
    throw emit.fail(`axis ${axis} of ${value.name} has the size ${dim}, not one known at build`);
  return dim;
}
