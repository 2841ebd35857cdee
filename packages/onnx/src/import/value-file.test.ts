import { numbersOf } from '@trtx/ir';
import protobuf from 'protobufjs/minimal.js';
import { expect, it } from 'vitest';
import { type FileValue, readValueFile } from './value-file.ts';

/** A message of fields that are bytes or integers. */
function message(...fields: [number, Uint8Array | number][]): Uint8Array {
  const writer = new protobuf.Writer();
  for (const [id, value] of fields)
    if (typeof value === 'number') writer.uint32(id << 3).uint32(value);
    else writer.uint32((id << 3) | 2).bytes(value);
  return new Uint8Array(writer.finish());
}

const tensor = (...values: number[]) =>
  message([1, values.length], [2, 1], [9, new Uint8Array(Float32Array.from(values).buffer)]);

/** Sequences as arrays, tensors as their numbers in a string. */
function plain(value: FileValue | null): unknown {
  if (value === null) return null;
  if (value.kind === 'tensor') return numbersOf(value.tensor).join(' ');
  return value.kind === 'sequence' ? value.items.map(plain) : { optional: plain(value.value) };
}

it('reads tensors, sequences and optionals', () => {
  expect(plain(readValueFile(tensor(1, 2), 'tensor'))).toBe('1 2');
  const sequence = message([2, 1], [3, tensor(1)], [3, tensor(2, 3)]);
  expect(plain(readValueFile(sequence, 'sequence'))).toEqual(['1', '2 3']);
  expect(plain(readValueFile(message([2, 3], [5, sequence], [5, message([2, 1])]), 'sequence'))).toEqual([
    ['1', '2 3'],
    [],
  ]);
  expect(plain(readValueFile(message(), 'sequence'))).toEqual([]);
  expect(plain(readValueFile(message([2, 1], [3, tensor(4)]), 'optional'))).toEqual({ optional: '4' });
  expect(plain(readValueFile(message([2, 3], [5, sequence]), 'optional'))).toEqual({ optional: ['1', '2 3'] });
  expect(plain(readValueFile(message([2, 0]), 'optional'))).toEqual({ optional: null });
});

it('refuses what there are no values for', () => {
  expect(() => readValueFile(message([2, 4], [6, message()]), 'sequence')).toThrow(
    'UNSUPPORTED: a value that holds maps',
  );
  expect(() => readValueFile(message([2, 2], [4, message()]), 'optional')).toThrow('UNSUPPORTED');
  expect(() => readValueFile(message([3, message([2, 99])]), 'sequence')).toThrow('ONNX_MODEL: a tensor of type 99');
  let nested = message();
  for (let i = 0; i < 200; i++) nested = message([5, nested]);
  expect(() => readValueFile(nested, 'sequence')).toThrow('nested more than');
});
