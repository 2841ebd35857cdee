import type { DType } from '@trtx/ir';
import { describe, it } from 'vitest';
import { random, tensor } from '../../../../reference/src/testing/check.ts';
import { checkFormula, checkMicrosoft } from '../../testing/microsoft.ts';

const scale = (value: number) => tensor('float32', [], [value]);
const scales = (count: number) => random([count], { low: 0.02, high: 0.08, seed: 7 });
/** Integers of 7 bits: ONNX Runtime's products of 8 bits saturate where the processor has no better instruction. */
const integers = (dtype: DType, dims: readonly number[], seed = 1) =>
  random(dims, { dtype, low: dtype === 'uint8' ? 64 : -64, high: dtype === 'uint8' ? 128 : 64, seed });
const rows = { dynamic: { 0: ['batch', 'sequence', 8] } };
// Scales whose quotients are no fractions of small numbers: what lies between two codes is rounded either way.
const [first, second, third] = [0.03712913, 0.05138421, 0.11047317].map(scale) as [
  ReturnType<typeof scale>,
  ReturnType<typeof scale>,
  ReturnType<typeof scale>,
];

describe.each<DType>(['uint8', 'int8'])('%s', (dtype) => {
  const zero = (value: number) => tensor(dtype, [], [dtype === 'uint8' ? value + 96 : value]);
  const x = integers(dtype, [2, 3, 8]);
  const image = integers(dtype, [2, 4, 6, 6]);
  const last = integers(dtype, [2, 6, 6, 4]);
  const [za, zb, zc] = [zero(-8), zero(5), zero(12)];
  const weights = integers('int8', [8, 5], 2);

  it.each(['QLinearAdd', 'QLinearMul'])('%s', (op) =>
    checkMicrosoft(op, [x, first, za, integers(dtype, [3, 1], 2), second, zb, third, zc], {}, rows),
  );
  it('QLinearSigmoid', () => checkMicrosoft('QLinearSigmoid', [x, first, za, scale(0.00412), zc], {}, rows));
  it('QLinearLeakyRelu', () => checkMicrosoft('QLinearLeakyRelu', [x, first, za, second, zc], { alpha: 0.1234 }, rows));
  it.each([
    { axis: -1, opset: 13 },
    { axis: 1, opset: 13 },
    { axis: 1, opset: 12 },
  ])('QLinearSoftmax %o', (attributes) => {
    // The only scale that kernels compute with.
    const y = [scale(1 / 256), tensor(dtype, [], [dtype === 'uint8' ? 0 : -128])];
    return checkMicrosoft('QLinearSoftmax', [x, first, za, ...y], attributes, rows);
  });
  it('QLinearReduceMean', () => {
    const formula = [
      { op: 'DequantizeLinear', inputs: ['x0', 'x1', 'x2'], outputs: ['x'] },
      { op: 'ReduceMean', inputs: ['x'], outputs: ['m'], attributes: { axes: [2, -1], keepdims: 0 } },
      { op: 'QuantizeLinear', inputs: ['m', 'x3', 'x4'], outputs: ['y0'] },
    ];
    const inputs = [image, first, za, scale(0.0213), zc];
    return checkFormula('QLinearReduceMean', inputs, { axes: [2, -1], keepdims: 0 }, formula, { opset: 13 });
  });
  it.each([0, 1])('QLinearGlobalAveragePool, channels_last: %i', (channels_last) => {
    const inputs = [channels_last ? last : image, first, za, scale(0.0213), zc];
    return checkMicrosoft('QLinearGlobalAveragePool', inputs, { channels_last });
  });
  it.each([
    { pads: [1, 1, 1, 1] },
    { pads: [1, 1, 1, 1], count_include_pad: 1 },
    { pads: [1, 1, 1, 1], ceil_mode: 1 },
    { channels_last: 1 },
  ])('QLinearAveragePool %o', (own) => {
    const attributes = { kernel_shape: [3, 3], strides: [2, 2], ...own };
    const inputs = [own.channels_last ? last : image, first, za, scale(0.0213), zc];
    return checkMicrosoft('QLinearAveragePool', inputs, attributes);
  });
  it('QLinearConcat', () => {
    const inputs = [third, zc, x, first, za, integers(dtype, [2, 2, 8], 3), second, zb];
    return checkMicrosoft('QLinearConcat', inputs, { axis: 1 });
  });
  it('QLinearWhere', () => {
    const condition = tensor('bool', [3, 1], [1, 0, 1]);
    const inputs = [condition, x, first, za, integers(dtype, [2, 3, 8], 5), second, zb, third, zc];
    return checkMicrosoft('QLinearWhere', inputs);
  });
  it.each([0, 1])('QLinearConv, channels_last: %i', (channels_last) => {
    const bias = random([6], { dtype: 'int32', low: -3000, high: 3000 });
    const w = [integers('int8', [6, 2, 3, 3], 3), scales(6), tensor('int8', [6], new Array(6).fill(0))];
    const inputs = [channels_last ? last : image, first, za, ...w, scale(1.9134), zc, bias];
    return checkMicrosoft('QLinearConv', inputs, { group: 2, pads: [1, 0, 1, 1], channels_last });
  });
  it('NhwcMaxPool', () => {
    const attributes = { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] };
    return checkMicrosoft('NhwcMaxPool', [last], attributes, { dynamic: { 0: ['batch', 'height', 'width', 4] } });
  });
  describe('QGemm', () => {
    const c = random([5], { dtype: 'int32', low: -500, high: 500 });
    const w = [second, tensor('int8', [], [3])];
    it('quantized', () => {
      const inputs = [integers(dtype, [3, 8]), first, za, weights, ...w, c, scale(0.9134), zc];
      return checkMicrosoft('QGemm', inputs, {}, { dynamic: { 0: ['M', 8] } });
    });
    it('to float32, transposed, a scale for each column', () => {
      const columns = [integers('int8', [5, 8], 2), scales(5), tensor('int8', [5], [1, 2, 3, 4, 5])];
      const inputs = [integers(dtype, [8, 3]), first, za, ...columns, c];
      return checkMicrosoft('QGemm', inputs, { transA: 1, transB: 1, alpha: 0.75 }, { absolute: 1e-4 });
    });
  });
  describe('MatMulIntegerToFloat', () => {
    it('one scale', () => {
      const inputs = [x, weights, first, second, za, tensor('int8', [], [3]), random([5])];
      return checkMicrosoft('MatMulIntegerToFloat', inputs, {}, { ...rows, absolute: 1e-4 });
    });
    it('a scale for each column', () => {
      const inputs = [x, weights, first, scales(5), za, tensor('int8', [5], [1, 2, 3, 4, 5])];
      return checkMicrosoft('MatMulIntegerToFloat', inputs, {}, { absolute: 1e-4 });
    });
    it('no zero points', () =>
      checkMicrosoft('MatMulIntegerToFloat', [x, weights, first, second], {}, { absolute: 1e-4 }));
  });
  describe('DynamicQuantizeMatMul', () => {
    const w = integers(dtype, [8, 5], 2);
    it('one scale, a bias', () =>
      checkMicrosoft('DynamicQuantizeMatMul', [random([2, 3, 8]), w, second, za, random([5])], {}, rows));
    it('a scale for each column', () =>
      checkMicrosoft('DynamicQuantizeMatMul', [random([2, 3, 8]), w, scales(5), tensor(dtype, [5], [1, 2, 3, 4, 5])]));
    it('no zero point', () => checkMicrosoft('DynamicQuantizeMatMul', [random([2, 3, 8]), w, second]));
  });
  it('MulInteger', () => {
    const wide = (from: string, to: string) => {
      return { op: 'Cast', inputs: [from], outputs: [to], attributes: { to: 'int32' as const } };
    };
    const formula = [
      ...[0, 1, 2, 3].map((i) => wide(`x${i}`, `w${i}`)),
      { op: 'Sub', inputs: ['w0', 'w1'], outputs: ['a'] },
      { op: 'Sub', inputs: ['w2', 'w3'], outputs: ['b'] },
      { op: 'Mul', inputs: ['a', 'b'], outputs: ['y0'] },
    ];
    return checkFormula('MulInteger', [x, za, integers(dtype, [3, 1], 2), zb], {}, formula, rows);
  });
  it('ReduceSumInteger', () => {
    const to = dtype === 'uint8' ? ('uint32' as const) : ('int32' as const);
    const cast = (from: string, into: string, type: 'int32' | 'uint32') => {
      return { op: 'Cast', inputs: [from], outputs: [into], attributes: { to: type } };
    };
    const formula = [
      cast('x0', 'wide', 'int32'),
      { op: 'ReduceSum', inputs: ['wide', 'axes'], outputs: ['s'], attributes: { keepdims: 0 } },
      cast('s', 'y0', to),
    ];
    const options = { ...rows, more: { axes: tensor('int64', [1], [1]) } };
    return checkFormula('ReduceSumInteger', [x], { axes: [1], keepdims: 0 }, formula, options);
  });
  it.each([false, true])('QuantizeLinear and DequantizeLinear, for each channel: %s', async (each) => {
    const own = each ? [scales(3), tensor(dtype, [3], [1, 2, 3])] : [third, zc];
    const attributes = each ? { axis: 1 } : {};
    const options = each ? {} : rows;
    await checkMicrosoft('QuantizeLinear', [random([2, 3, 8], { low: -9, high: 9 }), ...own], attributes, options);
    await checkMicrosoft('DequantizeLinear', [x, ...own], attributes, options);
  });
});

it('QuantizeLinear and DequantizeLinear of 16 and 32 bits', async () => {
  const x = random([2, 3, 8], { low: -9, high: 9 });
  await checkMicrosoft('QuantizeLinear', [x, scale(0.1123)]);
  await checkMicrosoft('QuantizeLinear', [x, scale(0.001123), tensor('uint16', [], [30000])]);
  const whole = (dtype: DType) => random([2, 3], { dtype, low: -100, high: 100 });
  await checkMicrosoft('DequantizeLinear', [whole('int32'), scale(0.1)]);
  await checkMicrosoft('DequantizeLinear', [whole('int16'), scale(0.1), tensor('int16', [], [3])]);
});

it('MatMulInteger16', () => {
  const [a, b] = [
    random([2, 3], { dtype: 'int16', low: -100, high: 100 }),
    random([3, 4], { dtype: 'int16', low: -100, high: 100, seed: 2 }),
  ];
  return checkMicrosoft('MatMulInteger16', [a!, b!], {}, { dynamic: { 0: ['M', 3] } });
});
