// Sequences and optionals: tensors of no axes whose data are the values that they hold.

import { normalizeAxis, type Tensor } from '@trtx/ir';
import { defineReference, inputOf, type KernelCall } from '../kernel.ts';
import { joinParts, takePart } from './parts.ts';

const sequenceOf = (items: readonly Tensor[]): Tensor => ({ dtype: 'sequence', dims: [], data: items });
const optionalOf = (items: readonly Tensor[]): Tensor => ({ dtype: 'optional', dims: [], data: items });

function itemsOf(call: KernelCall, index = 0): readonly Tensor[] {
  return inputOf(call, index).data as readonly Tensor[];
}

/** A position that counts from the end where it is negative, from 0 to `most`. */
function positionOf(call: KernelCall, index: number, count: number, most: number): number {
  const given = Number(inputOf(call, index).data[0]);
  const position = given < 0 ? given + count : given;
  if (position >= 0 && position <= most) return position;
  throw call.at.fail(`position ${given} of a sequence of ${count}`);
}

const sequenceEmpty = defineReference({ op: 'SequenceEmpty', run: () => [sequenceOf([])] });

const sequenceConstruct = defineReference({
  op: 'SequenceConstruct',
  run: ({ inputs }) => [sequenceOf(inputs as readonly Tensor[])],
});

const sequenceInsert = defineReference({
  op: 'SequenceInsert',
  run(call) {
    const items = [...itemsOf(call)];
    const position = call.inputs[2] ? positionOf(call, 2, items.length, items.length) : items.length;
    items.splice(position, 0, inputOf(call, 1));
    return [sequenceOf(items)];
  },
});

const sequenceErase = defineReference({
  op: 'SequenceErase',
  run(call) {
    const items = [...itemsOf(call)];
    items.splice(call.inputs[1] ? positionOf(call, 1, items.length, items.length - 1) : items.length - 1, 1);
    return [sequenceOf(items)];
  },
});

const sequenceAt = defineReference({
  op: 'SequenceAt',
  run(call) {
    const items = itemsOf(call);
    return [items[positionOf(call, 1, items.length, items.length - 1)]!];
  },
});

const sequenceLength = defineReference({
  op: 'SequenceLength',
  run: (call) => [{ dtype: 'int64', dims: [], data: BigInt64Array.of(BigInt(itemsOf(call).length)) }],
});

const splitToSequence = defineReference({
  op: 'SplitToSequence',
  run(call) {
    const input = inputOf(call, 0);
    const axis = normalizeAxis(call.at, call.at.int('axis'), input.dims.length);
    const squeezes = !call.inputs[1] && call.at.int('keepdims') === 0;
    let start = 0;
    const parts = partSizes(call, input.dims[axis]!).map((size) => {
      const part = takePart(input, axis, start, size);
      start += size;
      return squeezes ? { ...part, dims: part.dims.filter((_, i) => i !== axis) } : part;
    });
    return [sequenceOf(parts)];
  },
});

/** One place each; equal parts, the last one smaller where they do not fit; or the sizes that are given. */
function partSizes(call: KernelCall, size: number): number[] {
  const split = call.inputs[1];
  const each = !split ? 1 : split.dims.length === 0 ? Number(split.data[0]) : undefined;
  if (each !== undefined) {
    if (each <= 0) throw call.at.fail(`parts of ${each} places`);
    return Array.from({ length: Math.ceil(size / each) }, (_, i) => Math.min(each, size - i * each));
  }
  const sizes = Array.from(split!.data as BigInt64Array, Number);
  const total = sizes.reduce((sum, part) => sum + part, 0);
  if (total === size && sizes.every((part) => part >= 0)) return sizes;
  throw call.at.fail(`parts of [${sizes}] places of ${size}`);
}

const concatFromSequence = defineReference({
  op: 'ConcatFromSequence',
  run(call) {
    const items = itemsOf(call);
    if (items.length === 0) throw call.at.fail('an empty sequence cannot be joined');
    const isNew = call.at.int('new_axis') === 1;
    const rank = items[0]!.dims.length + (isNew ? 1 : 0);
    const axis = normalizeAxis(call.at, call.at.int('axis'), rank);
    const parts = isNew
      ? items.map((item) => ({ ...item, dims: [...item.dims.slice(0, axis), 1, ...item.dims.slice(axis)] }))
      : items;
    const alike = (dims: readonly number[]) =>
      dims.length === rank && dims.every((dim, i) => i === axis || dim === parts[0]!.dims[i]);
    const odd = parts.find(({ dims }) => !alike(dims));
    if (odd) throw call.at.fail(`[${odd.dims}] cannot be joined to [${parts[0]!.dims}] along axis ${axis}`);
    return [joinParts(parts, axis)];
  },
});

const optional = defineReference({
  op: 'Optional',
  run: ({ inputs: [input] }) => [optionalOf(input ? [input] : [])],
});

const optionalHasElement = defineReference({
  op: 'OptionalHasElement',
  run: (call) => [{ dtype: 'bool', dims: [], data: Uint8Array.of(itemsOf(call).length) }],
});

const optionalGetElement = defineReference({
  op: 'OptionalGetElement',
  run(call) {
    const [item] = itemsOf(call);
    if (!item) throw call.at.fail('the optional holds nothing');
    return [item];
  },
});

export const sequenceKernels = [
  sequenceEmpty,
  sequenceConstruct,
  sequenceInsert,
  sequenceErase,
  sequenceAt,
  sequenceLength,
  splitToSequence,
  concatFromSequence,
  optional,
  optionalHasElement,
  optionalGetElement,
];
