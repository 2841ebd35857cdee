// Cast between types that ONNX Runtime has no tensors for in JavaScript: by the specification's rules.

import { type DType, Graph, standardOps, type Tensor } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { evaluateNode } from '../evaluate.ts';
import { toFloat64 } from '../tensors.ts';
import { standardKernels } from './index.ts';

/** The output of one node. */
function run(
  op: string,
  inputs: readonly Tensor[],
  attributes: Record<string, number | string | number[]> = {},
): Tensor {
  const graph = new Graph('one');
  const values = inputs.map(({ dtype, dims }, i) => graph.addInput(`x${i}`, { dtype, shape: dims }));
  const node = graph.addNode(standardOps.get(op)!, values, attributes);
  return evaluateNode(node, inputs, standardKernels)[0]!;
}

const tensor = (dtype: DType, dims: readonly number[], data: Tensor['data']): Tensor => ({ dtype, dims, data });
const cast = (input: Tensor, to: DType, attributes = {}) => run('Cast', [input], { to, ...attributes });
const floats = (...values: number[]) => tensor('float32', [values.length], Float32Array.from(values));
const texts = (...values: string[]) => tensor('string', [values.length], values);

describe('Cast', () => {
  it('to integers below 8 bits rounds half to even and wraps around', () => {
    const values = floats(-9, -1, 0.5, 1.5, 2.5, 7.4, 15, Number.NaN, Number.POSITIVE_INFINITY);
    expect(cast(values, 'int4').data).toEqual(Int8Array.of(7, -1, 0, 2, 2, 7, -1, 0, 0));
    expect(cast(values, 'uint2').data).toEqual(Uint8Array.of(3, 3, 0, 2, 2, 3, 3, 0, 0));
    const wide = tensor('int64', [2], BigInt64Array.of(2n ** 62n + 9n, -1n));
    expect(cast(wide, 'int4').data).toEqual(Int8Array.of(-7, -1));
  });

  it('from them is exact', () => {
    const input = tensor('int4', [3], Int8Array.of(-8, 0, 7));
    expect([...toFloat64(cast(input, 'float16'))]).toEqual([-8, 0, 7]);
    expect(cast(input, 'int8').data).toEqual(Int8Array.of(-8, 0, 7));
    expect(cast(input, 'uint8').data).toEqual(Uint8Array.of(248, 0, 7));
    expect(cast(input, 'bool').data).toEqual(Uint8Array.of(1, 0, 1));
  });

  it('to float8 saturates, or not', () => {
    const values = floats(1e6, Number.NEGATIVE_INFINITY, 0.1);
    expect([...toFloat64(cast(values, 'float8e5m2'))]).toEqual([57344, -57344, 0.09375]);
    expect([...toFloat64(cast(values, 'float8e5m2', { saturate: 0 }))]).toEqual([Infinity, -Infinity, 0.09375]);
    expect([...toFloat64(cast(floats(1.25), 'float8e8m0'))]).toEqual([2]);
    expect([...toFloat64(cast(floats(1.25), 'float8e8m0', { round_mode: 'down' }))]).toEqual([1]);
  });

  it('reads strings', () => {
    const data = texts('3.14', '1e-5', ' 1E8', 'INF', '+inf', '-Inf', 'nan', 'Hello');
    const expected = [3.14, 1e-5, 1e8, Infinity, Infinity, -Infinity, Number.NaN, Number.NaN];
    expect(cast(data, 'float64').data).toEqual(Float64Array.from(expected));
    expect(cast(data, 'float32').data).toEqual(Float32Array.from(expected));
    const integers = texts('9223372036854775807', '-7', '+5', '100.5', 'x');
    expect(cast(integers, 'int64').data).toEqual(BigInt64Array.of(2n ** 63n - 1n, -7n, 5n, 100n, 0n));
    expect(cast(texts('0', '2', '1'), 'bool').data).toEqual(Uint8Array.of(0, 1, 1));
    expect(cast(texts('3', '300'), 'uint8').data).toEqual(Uint8Array.of(3, 44));
  });

  it('writes strings', () => {
    const values = [0.1, 1, -0, 314.25, 1e-5, 1.5e20, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const written = ['0.1', '1.0', '-0.0', '314.25', '1e-05', '1.5e+20', 'NaN', 'INF', '-INF'];
    expect(cast(floats(...values), 'string').data).toEqual(written);
    expect(cast(tensor('float64', [9], Float64Array.from(values)), 'string').data).toEqual(written);
    expect(cast(cast(floats(0.1), 'float16'), 'string').data).toEqual(['0.1']);
    expect(cast(tensor('int64', [1], BigInt64Array.of(-(2n ** 63n))), 'string').data).toEqual(['-9223372036854775808']);
    expect(cast(texts('a'), 'string').data).toEqual(['a']);
  });
});

describe('complex numbers', () => {
  const complex = tensor('complex64', [2, 2], Float32Array.of(1, -1, 2, -2, 3, -3, 4, -4));

  it('move whole', () => {
    const moved = run('Transpose', [complex], { perm: [1, 0] });
    expect(moved).toEqual(tensor('complex64', [2, 2], Float32Array.of(1, -1, 3, -3, 2, -2, 4, -4)));
    expect(run('Identity', [complex])).toEqual(complex);
    expect(run('Concat', [complex, complex], { axis: 0 }).data).toEqual(
      Float32Array.of(...(complex.data as Float32Array), ...(complex.data as Float32Array)),
    );
  });

  it('are chosen from', () => {
    const test = tensor('bool', [2, 1], Uint8Array.of(1, 0));
    const zero = tensor('complex64', [], new Float32Array(2));
    expect(run('Where', [test, complex, zero]).data).toEqual(Float32Array.of(1, -1, 2, -2, 0, 0, 0, 0));
  });
});

it.each(['float8e4m3fn', 'int4', 'uint2', 'float4e2m1'] as const)('%s moves as it is', (dtype) => {
  const data = dtype === 'int4' ? Int8Array.of(1, 2, 3, 0) : Uint8Array.of(1, 2, 3, 0);
  const moved = run('Transpose', [tensor(dtype, [2, 2], data)], { perm: [1, 0] });
  expect([...(moved.data as Uint8Array)]).toEqual([1, 3, 2, 0]);
});
