import { expect, it } from 'vitest';
import { fromFloat64, toFloat64 } from './tensors.ts';

const ENDS = [
  0n,
  1n,
  5n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 32n,
  2n ** 53n + 1n,
  2n ** 62n + 2n ** 9n + 1n,
  2n ** 63n - 1n,
];

it('integers of 64 bits are the nearest numbers, and numbers cut off and wrapped around', () => {
  const signed = BigInt64Array.from([...ENDS, ...ENDS.map((x) => -x), -(2n ** 63n)]);
  const unsigned = BigUint64Array.from([...ENDS, 2n ** 64n - 1n, 2n ** 64n - 2n ** 11n]);
  // Of a part of memory too.
  for (const data of [signed, unsigned, signed.subarray(3), unsigned.subarray(2, 5)]) {
    const dtype = data instanceof BigInt64Array ? 'int64' : 'uint64';
    expect([...toFloat64({ dtype, dims: [data.length], data })]).toEqual(Array.from(data as BigInt64Array, Number));
  }
  const numbers = [
    ...Array.from(signed, Number),
    2 ** 63,
    2 ** 64,
    3 * 2 ** 70,
    0.9,
    -0.9,
    2.5,
    -2.5,
    -(2 ** 33) - 0.5,
  ];
  const finite = numbers.map((x) => BigInt(Math.trunc(x)));
  const values = Float64Array.from([...numbers, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  const rest = [0n, 0n, 0n];
  expect(fromFloat64('int64', [values.length], values).data).toEqual(BigInt64Array.from([...finite, ...rest]));
  expect(fromFloat64('uint64', [values.length], values).data).toEqual(BigUint64Array.from([...finite, ...rest]));
});
