import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bfloatToNumber, halfToNumber, numberToBfloat, numberToHalf } from './half.ts';
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
    ['float64', 'f32', Float64Array.of(1.5, -0, Number.NaN, 2 ** -149)],
    ['float16', 'f16', Uint16Array.of(0x3c00, 0x8000, 0x7e01)],
    ['float16', 'f32', Uint16Array.of(0x3c00, 0x8000, 0x0001, 0x7bff, 0x7c00)],
    ['bfloat16', 'f32', Uint16Array.of(0x3f80, 0x8000, 0x0001, 0x7f80)],
    ['int64', 'i32', BigInt64Array.of(0n, -1n, 2n ** 31n - 1n, -(2n ** 31n))],
    ['int32', 'i32', Int32Array.of(0, -1, 2 ** 31 - 1, -(2 ** 31))],
    ['int16', 'i32', Int16Array.of(-32768, 32767, 1)],
    ['int8', 'i32', Int8Array.of(-128, 127, 1)],
    ['uint64', 'u32', BigUint64Array.of(0n, 2n ** 32n - 1n)],
    ['uint32', 'u32', Uint32Array.of(0, 2 ** 32 - 1)],
    ['uint16', 'u32', Uint16Array.of(0, 65535, 1)],
    ['uint8', 'u32', Uint8Array.of(0, 255, 1)],
    ['bool', 'u32', Uint8Array.of(0, 1, 1)],
  ])('is unchanged: %s as %s', (dtype, storage, data) => {
    expect(roundTrip(tensor(dtype, storage), data)).toEqual(data);
  });

  it('makes every true a 1', () => {
    expect(roundTrip(tensor('bool', 'u32'), Uint8Array.of(0, 255))).toEqual(Uint8Array.of(0, 1));
  });

  it('reads views at any offset', () => {
    const halves = new Uint16Array(new ArrayBuffer(10), 2, 3);
    halves.set([1, 2, 3]);
    expect(roundTrip(tensor('float16', 'f16'), halves)).toEqual(Uint16Array.of(1, 2, 3));
    const longs = new BigInt64Array(new ArrayBuffer(24), 8, 2);
    longs.set([-5n, 6n]);
    expect(roundTrip(tensor('int64', 'i32'), longs)).toEqual(BigInt64Array.of(-5n, 6n));
  });

  it('pads with zeros whatever the scratch memory held before', () => {
    const scratch = new Scratch();
    toStorage(tensor('uint8', 'u32'), new Uint8Array(8).fill(255), scratch);
    expect(toStorage(tensor('float16', 'f16'), Uint16Array.of(0xffff), scratch)).toEqual(Uint8Array.of(255, 255, 0, 0));
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
    expect(code(tensor('float16', 'f16'), { [Symbol.toStringTag]: 'Float16Array', length: 2 }, [2])).toBe('ok');
  });

  it('wants as many elements as the dims say', () => {
    expect(code(tensor('float32', 'f32'), new Float32Array(1), [])).toBe('ok');
    expect(code(tensor('float32', 'f32'), new Float32Array(5), [2, 3])).toBe('TENSOR_SHAPE');
  });
});

describe('float16', () => {
  it('has all its numbers', () => {
    for (let h = 0; h < 0x10000; h++) {
      const x = halfToNumber(h);
      if (Number.isNaN(x)) expect(halfToNumber(numberToHalf(x))).toBeNaN();
      else expect(numberToHalf(x), `bits ${h}`).toBe(h);
    }
  });

  it('rounds to the nearest, ties to even', () => {
    const nearest = fc.nat(0x7bfe).chain((h) => fc.double({ min: 0, max: 1, noNaN: true }).map((t) => [h, t] as const));
    fc.assert(
      fc.property(nearest, fc.boolean(), ([h, t], negative) => {
        const [low, high] = [halfToNumber(h), halfToNumber(h + 1)];
        const x = Math.fround(low + (high - low) * t);
        const middle = (low + high) / 2;
        const want = x < middle ? h : x > middle ? h + 1 : h + (h & 1);
        expect(numberToHalf(negative ? -x : x)).toBe(want | (negative ? 0x8000 : 0));
      }),
      { numRuns: 2000 },
    );
    expect([65519, 65520, 1e30, 2 ** -25, 2 ** -25 * 1.01].map(numberToHalf)).toEqual([0x7bff, 0x7c00, 0x7c00, 0, 1]);
  });
});

describe('bfloat16', () => {
  it('has all its numbers', () => {
    for (let b = 0; b < 0x10000; b++) {
      const x = bfloatToNumber(b);
      if (Number.isNaN(x)) expect(bfloatToNumber(numberToBfloat(x))).toBeNaN();
      else expect(numberToBfloat(x), `bits ${b}`).toBe(b);
    }
  });

  it('rounds ties to even', () => {
    expect([1 + 2 ** -8, 1 + 3 * 2 ** -8, 3.4e38].map(numberToBfloat)).toEqual([0x3f80, 0x3f82, 0x7f80]);
  });
});
