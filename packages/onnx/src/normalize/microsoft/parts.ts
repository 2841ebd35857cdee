// What the spellings of this folder are made of: attributes read with care, and small pieces of graph.

import type { AttributeValue, DType, Value } from '@trtx/ir';
import { type Emitter, type LegacyNode, take, takeInts } from '../node.ts';

/** Takes a number away from the node; it must have one where there is no default. */
export function takeNumber(node: LegacyNode, name: string, emit: Emitter, otherwise?: number): number {
  const value = take(node, name) ?? otherwise;
  if (typeof value !== 'number')
    throw emit.fail(value === undefined ? missing(name) : `attribute ${name} is no number`);
  return value;
}

/** Takes an attribute that is 0 or 1 away from the node; false where it has none. */
export function takeFlag(node: LegacyNode, name: string, emit: Emitter, otherwise = 0): boolean {
  return takeNumber(node, name, emit, otherwise) !== 0;
}

/** Takes a text away from the node. */
export function takeText(node: LegacyNode, name: string, emit: Emitter, otherwise?: string): string {
  const value = take(node, name) ?? otherwise;
  if (typeof value !== 'string') throw emit.fail(value === undefined ? missing(name) : `attribute ${name} is no text`);
  return value;
}

/** Takes a list of integers that must be there. */
export function needInts(node: LegacyNode, name: string, emit: Emitter): readonly number[] {
  const value = takeInts(node, name, emit);
  if (!value) throw emit.fail(missing(name));
  return value;
}

const missing = (name: string) => `attribute ${name} is missing`;

/** Takes those of the attributes that the node has, to be given to another. */
export function takeAll(node: LegacyNode, ...names: string[]): Record<string, AttributeValue> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = take(node, name);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

/** An input that may be absent. */
export function optional(node: LegacyNode, index: number): Value | null {
  return node.inputs[index] ?? null;
}

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
