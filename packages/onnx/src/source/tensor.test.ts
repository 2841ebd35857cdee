import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isTrtxError } from '@trtx/errors';
import { DTYPES, type DType, type ElementDType, elementsOf, isContainer } from '@trtx/ir';
import protobuf from 'protobufjs/minimal.js';
import { describe, expect, it } from 'vitest';
import { tensorProto } from '../export/tensor.ts';
import { numbers, tensor } from '../testing/models.ts';
import type { TensorProto } from '../wire/index.ts';
import { readTensor } from './tensor.ts';

function varintBytes(values: readonly number[]): Uint8Array {
  const writer = new protobuf.Writer();
  for (const value of values) writer.int64(value);
  return new Uint8Array(writer.finish());
}

const rawOf = (array: { buffer: ArrayBufferLike }) => new Uint8Array(array.buffer);

/** Each type's field beside raw_data, with [1, 2] in it; floats below 32 bits as bits. */
const TYPED: Record<ElementDType, Partial<TensorProto>> = {
  float32: { float_data: rawOf(Float32Array.of(1, 2)) },
  float64: { double_data: rawOf(Float64Array.of(1, 2)) },
  int64: { int64_data: varintBytes([1, 2]) },
  uint64: { uint64_data: varintBytes([1, 2]) },
  uint32: { uint64_data: varintBytes([1, 2]) },
  int32: { int32_data: varintBytes([1, 2]) },
  int16: { int32_data: varintBytes([1, 2]) },
  int8: { int32_data: varintBytes([1, 2]) },
  uint16: { int32_data: varintBytes([1, 2]) },
  uint8: { int32_data: varintBytes([1, 2]) },
  bool: { int32_data: varintBytes([1, 0]) },
  float16: { int32_data: varintBytes([0x3c00, 0x4000]) },
  bfloat16: { int32_data: varintBytes([0x3f80, 0x4000]) },
  float8e4m3fn: { int32_data: varintBytes([1, 2]) },
  float8e4m3fnuz: { int32_data: varintBytes([1, 2]) },
  float8e5m2: { int32_data: varintBytes([1, 2]) },
  float8e5m2fnuz: { int32_data: varintBytes([1, 2]) },
  float8e8m0: { int32_data: varintBytes([1, 2]) },
  float4e2m1: { int32_data: varintBytes([0x21]) },
  int4: { int32_data: varintBytes([0x21]) },
  uint4: { int32_data: varintBytes([0x21]) },
  int2: { int32_data: varintBytes([0b1001]) },
  uint2: { int32_data: varintBytes([0b1001]) },
  complex64: { float_data: rawOf(Float32Array.of(1, 0, 2, -1)) },
  complex128: { double_data: rawOf(Float64Array.of(1, 0, 2, -1)) },
  string: { string_data: [new TextEncoder().encode('a'), new TextEncoder().encode('ä')] },
};

function refusal(proto: TensorProto): string {
  try {
    readTensor(proto);
  } catch (error) {
    if (!isTrtxError(error)) throw error;
    expect(error.code).toBe('ONNX_MODEL');
    expect(error.place.tensor).toBe('w');
    return error.message;
  }
  throw new Error('was read');
}

describe('readTensor', () => {
  it.each(DTYPES.filter((dtype) => !isContainer(dtype)) as ElementDType[])(
    'reads typed data of %s, and its raw data as a view',
    (dtype) => {
      const typed = readTensor(tensor('w', dtype, [2], TYPED[dtype]));
      expect(typed).toMatchObject({ dtype, dims: [2] });
      if (dtype === 'string') {
        expect(typed.strings).toEqual(['a', 'ä']);
        expect(typed.read().length).toBe(0);
        return;
      }
      const elements: Partial<Record<DType, number[]>> = {
        bool: [1, 0],
        float16: [0x3c00, 0x4000],
        bfloat16: [0x3f80, 0x4000],
        int2: [1, -2],
        complex64: [1, 0, 2, -1],
        complex128: [1, 0, 2, -1],
      };
      expect(Array.from(elementsOf(typed) as ArrayLike<number>, Number)).toEqual(elements[dtype] ?? [1, 2]);
      const raw_data = typed.read().slice();
      const raw = readTensor(tensor('w', dtype, [2], { raw_data }));
      expect(raw.read()).toBe(raw_data);
      expect(readTensor(tensorProto(raw, 'w')).read()).toEqual(raw_data);
    },
  );

  it('reads negative numbers and the ends of ranges', () => {
    const read = (dtype: DType, field: 'int32_data' | 'int64_data', values: number[]) =>
      Array.from(
        elementsOf(
          readTensor(tensor('w', dtype, [values.length], { [field]: varintBytes(values) })),
        ) as ArrayLike<number>,
        Number,
      );
    expect(read('int8', 'int32_data', [-128, 127])).toEqual([-128, 127]);
    expect(read('int32', 'int32_data', [-(2 ** 31), 2 ** 31 - 1])).toEqual([-(2 ** 31), 2 ** 31 - 1]);
    expect(read('int64', 'int64_data', [-1, 2 ** 53])).toEqual([-1, 2 ** 53]);
  });

  it('reads odd numbers of elements that share bytes, and refuses bytes too many or too few', () => {
    const read = (bytes: number[]) =>
      elementsOf(readTensor(tensor('w', 'int4', [3], { raw_data: Uint8Array.from(bytes) })));
    expect(read([0x8f, 0x07])).toEqual(Int8Array.of(-1, -8, 7));
    for (const length of [1, 3])
      expect(refusal(tensor('w', 'int4', [3], { raw_data: new Uint8Array(length) }))).toMatch('where int4[3] has 2');
    expect(refusal(tensor('w', 'uint2', [5], { int32_data: varintBytes([1]) }))).toMatch(
      '1 elements of data where uint2[5] has 2',
    );
  });

  it('converts once', () => {
    const constant = readTensor(tensor('w', 'int64', [2], TYPED.int64));
    expect(constant.read()).toBe(constant.read());
  });

  it('takes tensors without elements, with or without data', () => {
    expect(readTensor(tensor('w', 'float32', [0, 3])).read().length).toBe(0);
    expect(readTensor(tensor('w', 'float32', [0], { raw_data: new Uint8Array(0) })).read().length).toBe(0);
    expect(readTensor(tensor('w', 'string', [0])).strings).toEqual([]);
  });

  const both: Partial<TensorProto> = { raw_data: new Uint8Array(8), float_data: new Uint8Array(8) };
  const cases: [string, TensorProto, string][] = [
    ['both data fields', tensor('w', 'float32', [2], both), 'data in both raw_data and float_data'],
    [
      'two typed fields',
      tensor('w', 'float32', [2], { ...TYPED.float32, ...TYPED.int32 }),
      'both float_data and int32_data',
    ],
    [
      'data inside and outside',
      tensor('w', 'float32', [2], { ...TYPED.float32, data_location: 1 }),
      'both float_data and external_data',
    ],
    [
      'too little raw data',
      tensor('w', 'float32', [3], { raw_data: new Uint8Array(8) }),
      '8 bytes of data where float32[3] has 12',
    ],
    [
      'too much raw data',
      tensor('w', 'int8', [3], { raw_data: new Uint8Array(8) }),
      '8 bytes of data where int8[3] has 3',
    ],
    ['too few elements', tensor('w', 'int64', [3], TYPED.int64), '2 elements of data where int64[3] has 3'],
    ['too few strings', tensor('w', 'string', [3], TYPED.string), '2 strings where [3] has 3'],
    ['no data', tensor('w', 'float32', [3]), '0 bytes of data where float32[3] has 12'],
    [
      'data in a field of another type',
      tensor('w', 'float32', [2], TYPED.int32),
      'float32 with data in int32_data, not in float_data',
    ],
    [
      'strings as raw data',
      tensor('w', 'string', [2], { raw_data: new Uint8Array(2) }),
      'strings with data in raw_data',
    ],
    ['a negative dimension', tensor('w', 'float32', [-1]), 'negative dimension -1'],
    ['dims of 2^62', tensor('w', 'float32', [2n ** 62n, 0]), 'too large'],
    ['dims whose product is too large', tensor('w', 'float32', [2 ** 30, 2 ** 30]), 'too large'],
    ['a rank of 10,000', tensor('w', 'float32', new Array(10_000).fill(1)), 'rank 10000'],
    ['no type', { ...tensor('w', 'float32', [1]), data_type: undefined }, 'a tensor of undefined'],
    ['a type from the future', { ...tensor('w', 'float32', [1]), data_type: 99 }, 'a tensor of type 99'],
    ['an unknown type', { ...tensor('w', 'float32', [1]), data_type: 99 }, 'a tensor of type 99'],
    ['segments', tensor('w', 'float32', [2], { ...TYPED.float32, segment: {} }), 'a tensor in segments'],
  ];
  it.each(cases)('refuses %s', (_, proto, message) => {
    expect(refusal(proto)).toContain(message);
  });

  it('is the only code that reads data fields', () => {
    const source = fileURLToPath(new URL('..', import.meta.url));
    const doors = readdirSync(source, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !/\.test\.ts$|^testing/.test(file))
      .filter((file) =>
        /\b(raw|float|int32|int64|double|uint64|string)_data\b/.test(readFileSync(join(source, file), 'utf8')),
      );
    // The tables of the format, and the exporter, which writes.
    expect(doors.sort()).toEqual(['export/tensor.ts', 'source/tensor.ts', 'wire/schema.ts']);
  });

  it('is what numbers() makes', () => {
    expect([...elementsOf(readTensor(numbers('w', 'int64', [2], [5, -5])))]).toEqual([5n, -5n]);
  });
});
