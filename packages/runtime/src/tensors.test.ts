import { describe, expect, it } from 'vitest';
import { checkData, fromStorage, Scratch, type TensorData, type TensorForm, toStorage } from './tensors.ts';

function tensor(dtype: TensorForm['dtype'], storage: TensorForm['storage']): TensorForm {
  return { name: 't', dtype, storage };
}

/** To storage and back. */
function roundTrip(type: TensorForm, data: TensorData): TensorData {
  const stored = toStorage(type, data, new Scratch());
  expect(stored.length % 4).toBe(0);
  return fromStorage(type, stored.slice().buffer, 0, [data.length]);
}

describe('a tensor in storage and back', () => {
  it.each<[TensorForm['dtype'], TensorForm['storage'], TensorData]>([
    ['float32', 'f32', Float32Array.of(1.5, -0, Number.NaN, Number.NEGATIVE_INFINITY)],
    ['float16', 'u16x2', Uint16Array.of(0x3c00, 0x8000, 0x7e01)],
    ['float16', 'u32', Uint16Array.of(0x3c00, 0x8000, 0x0001, 0x7bff, 0x7c00)],
    ['bfloat16', 'u16x2', Uint16Array.of(0x3f80, 0x8000)],
    ['bfloat16', 'u32', Uint16Array.of(0x3f80, 0x8000, 0x0001, 0x7f80)],
    ['int64', 'i32', BigInt64Array.of(0n, -1n, 2n ** 31n - 1n, -(2n ** 31n))],
    ['int32', 'i32', Int32Array.of(0, -1, 2 ** 31 - 1, -(2 ** 31))],
    ['int16', 'u16x2', Int16Array.of(-32768, 32767, 1)],
    ['int16', 'i32', Int16Array.of(-32768, 32767, 1)],
    ['int8', 'u8x4', Int8Array.of(-128, 127, 1, -1, 5)],
    ['int8', 'i32', Int8Array.of(-128, 127, 1)],
    ['uint64', 'u32', BigUint64Array.of(0n, 2n ** 32n - 1n)],
    ['uint32', 'u32', Uint32Array.of(0, 2 ** 32 - 1)],
    ['uint16', 'u16x2', Uint16Array.of(0, 65535, 1)],
    ['uint16', 'u32', Uint16Array.of(0, 65535, 1)],
    ['uint8', 'u8x4', Uint8Array.of(0, 255, 1)],
    ['uint8', 'u32', Uint8Array.of(0, 255, 1)],
    ['bool', 'u8x4', Uint8Array.of(0, 1, 1)],
    ['bool', 'u32', Uint8Array.of(0, 1, 1)],
    ['float8e4m3fn', 'u8x4', Uint8Array.of(0x7f, 0x80, 1, 2, 0xff)],
    ['float8e8m0', 'u32', Uint8Array.of(0, 255)],
    ['float4e2m1', 'u4x8', Uint8Array.of(15, 0, 8, 7, 1, 2, 3, 4, 9)],
    ['int4', 'u4x8', Int8Array.of(-8, 7, -1, 0, 1, -2, 3, -4, 5)],
    ['int4', 'i32', Int8Array.of(-8, 7, -1)],
    ['uint4', 'u4x8', Uint8Array.of(15, 0, 8)],
    ['int2', 'u2x16', Int8Array.of(-2, 1, 0, -1, 1, -2, -1)],
    ['uint2', 'u2x16', Uint8Array.of(3, 0, 2, 1, 1)],
  ])('is unchanged: %s as %s', (dtype, storage, data) => {
    expect(roundTrip(tensor(dtype, storage), data)).toEqual(data);
  });

  it('has the first element in the lowest bits', () => {
    const stored = (type: TensorForm, data: TensorData) => toStorage(type, data, new Scratch());
    expect(stored(tensor('uint4', 'u4x8'), Uint8Array.of(1, 2, 3))).toEqual(Uint8Array.of(0x21, 0x03, 0, 0));
    expect(stored(tensor('int2', 'u2x16'), Int8Array.of(-1, 0, 1, -2, 1))).toEqual(Uint8Array.of(0x93, 1, 0, 0));
    expect(stored(tensor('int8', 'u8x4'), Int8Array.of(-1, 2))).toEqual(Uint8Array.of(255, 2, 0, 0));
  });

  it('takes the bits of a Float16Array', () => {
    const { buffer } = Uint16Array.of(0x3c00, 0x4000, 0x4200);
    const halves = { buffer, byteOffset: 0, byteLength: 6, length: 3, 0: 1, 1: 2, 2: 3 } as unknown as TensorData;
    expect(roundTrip(tensor('float16', 'u16x2'), halves)).toEqual(Uint16Array.of(0x3c00, 0x4000, 0x4200));
  });

  it('reads views at any offset', () => {
    const halves = new Uint16Array(new ArrayBuffer(10), 2, 3);
    halves.set([1, 2, 3]);
    expect(roundTrip(tensor('float16', 'u16x2'), halves)).toEqual(Uint16Array.of(1, 2, 3));
    const longs = new BigInt64Array(new ArrayBuffer(24), 8, 2);
    longs.set([-5n, 6n]);
    expect(roundTrip(tensor('int64', 'i32'), longs)).toEqual(BigInt64Array.of(-5n, 6n));
  });

  it('pads with zeros whatever the scratch memory held before', () => {
    const scratch = new Scratch();
    toStorage(tensor('uint8', 'u32'), new Uint8Array(8).fill(255), scratch);
    expect(toStorage(tensor('float16', 'u16x2'), Uint16Array.of(0xffff), scratch)).toEqual(
      Uint8Array.of(255, 255, 0, 0),
    );
  });

  it.each<[TensorForm['dtype'], TensorForm['storage'], TensorData]>([
    ['int64', 'i32', BigInt64Array.of(1n, 2n ** 31n)],
    ['int64', 'i32', BigInt64Array.of(1n, -(2n ** 31n) - 1n)],
    ['int64', 'i32', BigInt64Array.of(1n, 2n ** 62n)],
    ['uint64', 'u32', BigUint64Array.of(1n, 2n ** 32n)],
  ])('refuses a number that does not fit: %s %s %s', (dtype, storage, data) => {
    expect(() => roundTrip(tensor(dtype, storage), data)).toThrow(
      new RegExp(`TENSOR_RANGE: element 1 is ${data[1]}, .*tensor t`),
    );
  });
});

describe('checkData', () => {
  const code = (type: TensorForm, data: unknown, dims: number[]) => {
    try {
      checkData(type, data as TensorData, dims);
      return 'ok';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  it('wants the type of the tensor', () => {
    expect(code(tensor('float32', 'f32'), new Float32Array(2), [2])).toBe('ok');
    expect(code(tensor('float32', 'f32'), new Float64Array(2), [2])).toBe('TENSOR_TYPE');
    expect(code(tensor('int64', 'i32'), new Int32Array(2), [2])).toBe('TENSOR_TYPE');
    expect(code(tensor('float32', 'f32'), [1, 2], [2])).toBe('TENSOR_TYPE');
    expect(code(tensor('float32', 'f32'), undefined, [2])).toBe('TENSOR_TYPE');
    expect(code(tensor('float16', 'u16x2'), { [Symbol.toStringTag]: 'Float16Array', length: 2 }, [2])).toBe('ok');
  });

  it('wants as many elements as the dims say', () => {
    expect(code(tensor('float32', 'f32'), new Float32Array(1), [])).toBe('ok');
    expect(code(tensor('float32', 'f32'), new Float32Array(5), [2, 3])).toBe('TENSOR_SHAPE');
  });
});
