import type { DataArray, DType, Tensor } from '@trtx/ir';
import { expect, test } from 'vitest';
import { decodeNpy, encodeNpy, isNpy } from './npy.ts';

/** A .npy file as NumPy writes it: version 1.0, the header padded with blanks to a multiple of 64 bytes. */
function npy(descr: string, shape: string, bytes: Uint8Array, fortran = 'False'): Uint8Array<ArrayBuffer> {
  const dict = `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }`;
  const header = `${dict.padEnd(128 - 10 - 1)}\n`;
  return Uint8Array.of(0x93, ...Buffer.from('NUMPY'), 1, 0, header.length, 0, ...Buffer.from(header), ...bytes);
}

const bytesOf = (data: DataArray) => new Uint8Array(data.buffer);
const decode = (bytes: Uint8Array<ArrayBuffer>) => decodeNpy('x.npy', bytes);

test('a file of NumPy', () => {
  const data = Float32Array.of(1, 2, 3, 4, 5, 6);
  expect(decode(npy('<f4', '(2, 3)', bytesOf(data)))).toEqual({ dtype: 'float32', dims: [2, 3], data });
  expect(decode(npy('<i8', '()', bytesOf(BigInt64Array.of(-7n))))).toEqual({
    dtype: 'int64',
    dims: [],
    data: BigInt64Array.of(-7n),
  });
  expect(decode(npy('|b1', '(3,)', Uint8Array.of(1, 0, 1)))).toEqual({
    dtype: 'bool',
    dims: [3],
    data: Uint8Array.of(1, 0, 1),
  });
});

test('an array in the order of columns', () => {
  const columns = Float32Array.of(1, 4, 2, 5, 3, 6);
  expect(decode(npy('<f4', '(2, 3)', bytesOf(columns), 'True')).data).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
});

test('bytes that lie anywhere in a larger array', () => {
  const file = npy('<f8', '(1,)', bytesOf(Float64Array.of(0.5)));
  const shifted = new Uint8Array(file.length + 3);
  shifted.set(file, 3);
  expect(decode(shifted.subarray(3)).data).toEqual(Float64Array.of(0.5));
});

const TENSORS: [DType, DataArray][] = [
  ['float32', Float32Array.of(1.5, -0, Number.NaN, Number.POSITIVE_INFINITY)],
  ['float64', Float64Array.of(1e300, 2, 3, 4)],
  ['float16', Uint16Array.of(0x3c00, 0x7e00, 0, 1)],
  ['int64', BigInt64Array.of(-(2n ** 63n), 1n, 2n, 3n)],
  ['uint64', BigUint64Array.of(2n ** 64n - 1n, 1n, 2n, 3n)],
  ['int32', Int32Array.of(-1, 2, 3, 4)],
  ['uint32', Uint32Array.of(2 ** 32 - 1, 2, 3, 4)],
  ['int16', Int16Array.of(-1, 2, 3, 4)],
  ['uint16', Uint16Array.of(65535, 2, 3, 4)],
  ['int8', Int8Array.of(-1, 2, 3, 4)],
  ['uint8', Uint8Array.of(255, 2, 3, 4)],
  ['bool', Uint8Array.of(1, 0, 0, 1)],
];

test.each(TENSORS)('%s is read as it was written', (dtype, data) => {
  for (const dims of [[4], [2, 2], [1, 4, 1]]) {
    const tensor: Tensor = { dtype, dims, data };
    const bytes = new Uint8Array(encodeNpy(tensor));
    expect(isNpy(bytes)).toBe(true);
    expect(decode(bytes)).toEqual(tensor);
  }
});

test('no elements, and bfloat16', () => {
  const empty: Tensor = { dtype: 'float32', dims: [0, 3], data: new Float32Array(0) };
  expect(decode(new Uint8Array(encodeNpy(empty)))).toEqual(empty);
  const brain: Tensor = { dtype: 'bfloat16', dims: [2], data: Uint16Array.of(0x3f80, 0xc000) };
  expect(decode(new Uint8Array(encodeNpy(brain)))).toEqual({
    dtype: 'float32',
    dims: [2],
    data: Float32Array.of(1, -2),
  });
});

test.each([
  ['cut off', npy('<f4', '(2, 3)', new Uint8Array(20))],
  ['cut off within an element', npy('<f4', '(2, 3)', new Uint8Array(23))],
  ['too long', npy('<f4', '(2, 3)', new Uint8Array(28))],
  ['the other byte order', npy('>f4', '(1,)', new Uint8Array(4))],
  ['complex numbers', npy('<c8', '(1,)', new Uint8Array(8))],
  ['strings', npy('<U4', '(1,)', new Uint8Array(16))],
  ['a shape that is none', npy('<f4', '(2L, 3)', new Uint8Array(24))],
  ['a header that is cut off', npy('<f4', '(1,)', new Uint8Array(4)).slice(0, 40)],
  ['nothing', new Uint8Array(0)],
])('%s is an error that names the file', (_, bytes) => {
  expect(() => decode(bytes)).toThrow(expect.objectContaining({ code: 'TENSOR_FILE', place: { file: 'x.npy' } }));
});
