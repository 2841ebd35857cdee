import type { DType, Tensor } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { check, random, runReference, tensor } from '../testing/check.ts';

const X = random([3, 40], { low: -4, high: 4 });
const small = random([3, 40], { low: -0.95, high: 0.95 });
const positive = random([3, 40], { low: 0.1, high: 5 });
const special = tensor('float32', [7], [Number.NaN, Infinity, -Infinity, 0, -0, 1e-40, 3e38]);

describe('functions of one operand', () => {
  it.each(['Abs', 'Neg', 'Exp', 'Tanh', 'Erf', 'Floor', 'Ceil', 'Round', 'Sigmoid', 'Relu', 'HardSwish', 'Softplus',
    'Softsign', 'Mish', 'Elu', 'Celu', 'Selu', 'Gelu', 'Sin', 'Cos', 'Atan', 'Sinh', 'Cosh', 'Asinh', 'Sign',
    'IsNaN', 'IsInf', 'HardSigmoid', 'LeakyRelu', 'ThresholdedRelu', 'Shrink', 'Identity', 'Reciprocal',
  ])('%s', async (op) => {
    await check(op, [X], {}, { opset: 20, dynamic: [0, 1], absolute: 2e-6 });
    const odd = ['Mish', 'Celu', 'Softplus', 'Sin', 'Cos', 'Gelu', 'Shrink', 'Elu', 'Selu', 'Reciprocal', 'HardSwish'];
    // Where these meet infinities and NaN, ONNX Runtime's own kernels differ from their formulas.
    if (!odd.includes(op)) await check(op, [special], {}, { opset: 20 });
  }); // biome-ignore format: a list
  it.each(['Sqrt', 'Log'])('%s', (op) => check(op, [positive]));
  it.each(['Asin', 'Acos', 'Atanh', 'Tan'])('%s', (op) => check(op, [small], {}, { opset: 20, absolute: 1e-5 }));
  it('Acosh', () => check('Acosh', [random([50], { low: 1, high: 9 })], {}, { opset: 20 }));
  it('halves are rounded to even', () =>
    check('Round', [tensor('float32', [8], [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 2.4999998, 8388609])]));
  it('attributes', async () => {
    await check('LeakyRelu', [X], { alpha: 0.3 });
    await check('Elu', [X], { alpha: 2 });
    await check('Selu', [X], { alpha: 1.5, gamma: 2 });
    await check('Celu', [X], { alpha: 0.5 });
    await check('HardSigmoid', [X], { alpha: 0.3, beta: 0.4 });
    await check('Shrink', [X], { lambd: 1, bias: 0.5 });
    await check('Shrink', [random([30], { dtype: 'int32', low: -9, high: 9 })], { lambd: 2.5, bias: 1.75 });
    await check('Gelu', [X], { approximate: 'tanh' });
    await check('IsInf', [special], { detect_negative: 0 });
    await check('IsInf', [special], { detect_positive: 0 });
  });
  it('float16 and float64', async () => {
    await check('Relu', [random([30], { dtype: 'float16' })]);
    await check('Exp', [random([30], { dtype: 'float64' })]);
    await check('Abs', [random([30], { dtype: 'int8', low: -128, high: 127 })]);
    await check('Neg', [random([30], { dtype: 'int64', low: -128, high: 127 })]);
    await check('Sign', [random([30], { dtype: 'uint8', low: 0, high: 3 })]);
  });
});

describe('broadcasting', () => {
  const shapes: [number[], number[]][] = [
    [[2, 3, 4], [2, 3, 4]],
    [[2, 3, 4], []],
    [[1], [2, 3]],
    [[2, 3, 4], [4]],
    [[2, 3, 4], [3, 1]],
    [[2, 1, 4], [3, 1]],
    [[5, 1, 1, 7], [1, 2, 3, 1]],
    [[2, 3, 1, 1], [2, 3, 40, 50]],
    [[2, 3, 0], [1, 1]],
  ]; // biome-ignore format: a table
  it.each(shapes)('%o and %o', async (a, b) => {
    for (const op of ['Add', 'Sub']) await check(op, [random(a), random(b, { seed: 2 })]);
  });
  it('three operands', async () => {
    const test = random([3, 1, 2], { dtype: 'bool', low: 0, high: 2 });
    await check('Where', [test, random([4, 1]), random([], { seed: 2 })]);
    await check('Max', [random([4, 1]), random([3], { seed: 2 }), random([2, 1, 1], { seed: 3 })]);
    await check('Min', [random([4, 1])]);
    await check('Sum', [random([4, 1]), random([3], { seed: 2 }), random([2, 1, 1], { seed: 3 })]);
    await check('Mean', [random([4, 1]), random([3], { seed: 2 })]);
  });
});

describe('arithmetic', () => {
  const [A, B] = [random([60], { low: -9, high: 9 }), random([60], { low: -9, high: 9, seed: 2 })];
  it.each([
    'Add',
    'Sub',
    'Mul',
    'Div',
    'Less',
    'LessOrEqual',
    'Greater',
    'GreaterOrEqual',
    'Equal',
    'PRelu',
    'Max',
    'Min',
  ])('%s of floats', (op) => check(op, [A, B]));
  it('Pow', async () => {
    await check('Pow', [positive, X]);
    await check('Pow', [A, tensor('int64', [], [3])]);
    await check('Pow', [tensor('int32', [4], [2, 3, 5, -3]), tensor('float32', [4], [2.5, 3, 0.5, 3])]);
    await check('Pow', [random([20], { dtype: 'int32', low: -5, high: 5 }), tensor('int32', [], [3])]);
  });
  it.each(['int32', 'int64', 'uint8', 'uint32'] as DType[])('%s', async (dtype) => {
    const low = dtype.startsWith('u') ? 0 : -50;
    const a = random([60], { dtype, low, high: 99 });
    const b = random([60], { dtype, low: 1, high: 9, seed: 2 });
    const minus = dtype.startsWith('u')
      ? b
      : tensor(
          dtype,
          [60],
          Array.from(b.data as Int32Array, (v) => -Number(v)),
        );
    for (const op of ['Add', 'Sub', 'Mul', 'Div', 'Mod', 'Max', 'Min', 'Less', 'Greater', 'Equal', 'GreaterOrEqual']) {
      if (dtype === 'uint8' && !['Add', 'Sub', 'Mul', 'Mod', 'Div', 'Max', 'Min'].includes(op)) continue;
      await check(op, [a, b]);
      await check(op, [a, minus]);
    }
    await check('Mod', [a, minus], { fmod: 1 });
    for (const op of ['BitwiseAnd', 'BitwiseOr', 'BitwiseXor']) await check(op, [a, b]);
    await check('BitwiseNot', [a]);
  });
  it('fmod of floats', () => check('Mod', [A, B], { fmod: 1 }));
  it('shifts', async () => {
    const dtype = 'uint32';
    for (const direction of ['LEFT', 'RIGHT'])
      await check(
        'BitShift',
        [random([20], { dtype, low: 0, high: 2 ** 32 }), random([20], { dtype, low: 0, high: 31 })],
        { direction },
      );
  });
  it('bools', async () => {
    const [a, b] = [1, 2].map((seed) => random([20], { dtype: 'bool', low: 0, high: 2, seed }));
    for (const op of ['And', 'Or', 'Xor', 'Equal']) await check(op, [a!, b!]);
    await check('Not', [a!]);
  });
  it('Clip', async () => {
    const [low, high] = [tensor('float32', [], [-1]), tensor('float32', [], [2])];
    await check('Clip', [A, low, high]);
    await check('Clip', [A, null, high]);
    await check('Clip', [A, low]);
    await check('Clip', [
      random([9], { dtype: 'int64', low: -9, high: 9 }),
      tensor('int64', [], [-1]),
      tensor('int64', [], [2]),
    ]);
  });
});

it('strings are compared and picked', async () => {
  const strings = (...data: string[]) => ({ dtype: 'string' as const, dims: [data.length], data });
  const [same] = await runReference('Equal', [strings('a', 'b', 'a'), strings('a')]);
  expect(same!.data).toEqual(Uint8Array.of(1, 0, 1));
  const [picked] = await runReference('Where', [same!, strings('x', 'y', 'z'), strings('-')]);
  expect(picked!.data).toEqual(['x', '-', 'z']);
});

describe('integers wrap, and 64 bits are exact', () => {
  const wide = (...values: bigint[]) => ({
    dtype: 'int64' as const,
    dims: [values.length],
    data: BigInt64Array.from(values),
  });
  const big = wide(2n ** 62n, -(2n ** 63n), 2n ** 53n + 1n, 3n);
  it('int64', async () => {
    for (const op of ['Add', 'Sub', 'Mul', 'Max', 'Min', 'Equal', 'Less'])
      await check(op, [big, wide(2n ** 62n, -1n, 1n, 2n ** 60n + 1n)]);
    await check('Div', [big, wide(3n, 2n, 7n, 2n)]);
    await check('Mod', [big, wide(3n, 7n, -10n, 2n)]);
    expect((await runReference('Pow', [wide(3n, -7n), wide(39n, 21n)]))[0]!.data).toEqual(
      BigInt64Array.of(3n ** 39n, (-7n) ** 21n),
    );
    await check('Abs', [wide(-(2n ** 60n) - 1n, 5n)]);
    expect((await runReference('Div', [wide(5n, -5n), wide(0n, 0n)]))[0]!.data).toEqual(BigInt64Array.of(0n, 0n));
  });
  it('int32 and uint32', async () => {
    const values = (dtype: DType, ...v: number[]) => tensor(dtype, [v.length], v);
    for (const op of ['Add', 'Mul'])
      for (const dtype of ['int32', 'uint32'] as const)
        await check(op, [values(dtype, 2147483647, 65537, 123456789), values(dtype, 2147483647, 65539, 987654321)]);
  });
});

describe('Cast', () => {
  const types: DType[] = [
    'float32',
    'float16',
    'float64',
    'int64',
    'int32',
    'int16',
    'int8',
    'uint8',
    'uint32',
    'uint64',
    'bool',
  ];
  it.each(types)('from %s', async (from) => {
    const x = random([40], {
      dtype: from,
      low: from.startsWith('u') || from === 'bool' ? 0 : -100,
      high: from === 'bool' ? 2 : 100,
    });
    const natural = random([40], { dtype: from, low: 0, high: from === 'bool' ? 2 : 100 });
    for (const to of types) await check('Cast', [to.startsWith('u') ? natural : x], { to });
  });
  it('integers to narrower ones wrap', () =>
    check('Cast', [tensor('int64', [4], [300, -200, 2 ** 32 + 5, -(2 ** 31) - 1])], { to: 'int8' }));
  it('saturates and gives 0 for NaN', async () => {
    const x = tensor('float32', [6], [Number.NaN, 1e20, -1e20, Infinity, -Infinity, -1.9]);
    const cast = async (to: DType) => (await runReference('Cast', [x], { to }))[0]!.data;
    expect(await cast('int32')).toEqual(Int32Array.of(0, 2 ** 31 - 1, -(2 ** 31), 2 ** 31 - 1, -(2 ** 31), -1));
    expect(await cast('uint8')).toEqual(Uint8Array.of(0, 255, 0, 255, 0, 0));
    const [min, max] = [-(2n ** 63n), 2n ** 63n - 1n];
    expect(await cast('int64')).toEqual(BigInt64Array.of(0n, max, min, max, min, -1n));
    expect(await cast('bool')).toEqual(Uint8Array.of(1, 1, 1, 1, 1, 1));
  });
  it('to float16 overflows to infinity', () =>
    check('Cast', [tensor('float32', [5], [65519, 65520, -1e9, 2 ** -25, 1 + 2 ** -11])], { to: 'float16' }));
  it('CastLike', () =>
    check('CastLike', [random([3], { low: 0, high: 9 }), tensor('int32', [2], [0, 0])], {}, { opset: 19 }));
});

it('IsNaN and IsInf of 8-bit floats', async () => {
  // e5m2: +∞, −∞, NaN, 1
  const x: Tensor = { dtype: 'float8e5m2', dims: [4], data: Uint8Array.of(0x7c, 0xfc, 0x7f, 0x3c) };
  expect((await runReference('IsNaN', [x]))[0]!.data).toEqual(Uint8Array.of(0, 0, 1, 0));
  expect((await runReference('IsInf', [x], { detect_negative: 0 }))[0]!.data).toEqual(Uint8Array.of(1, 0, 0, 0));
});
