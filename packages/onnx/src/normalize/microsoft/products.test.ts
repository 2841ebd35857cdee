import { describe, it } from 'vitest';
import { ints, random } from '../../../../reference/src/testing/check.ts';
import { checkFormula, checkMicrosoft } from '../../testing/microsoft.ts';

describe('FusedMatMul', () => {
  it.each([
    [[2, 3, 4], [2, 4, 5], {}],
    [[2, 3, 4], [4, 5], { alpha: 0.5 }],
    [[2, 4, 3], [2, 4, 5], { transA: 1 }],
    [[2, 3, 4], [5, 4], { transB: 1, alpha: 0.25 }],
    [[4], [4, 5], { transA: 1 }],
    [[3, 2, 4], [2, 4, 5], { transBatchA: 1 }],
    [[4, 2, 3], [2, 4, 5], { transBatchA: 1, transA: 1 }],
    [[2, 7, 3, 4], [4, 2, 7, 5], { transBatchB: 1 }],
    [[2, 7, 3, 4], [5, 2, 7, 4], { transBatchB: 1, transB: 1, alpha: 0.25 }],
  ])('%o × %o, %o', (a, b, attributes) =>
    checkMicrosoft('FusedMatMul', [random(a), random(b, { seed: 2 })], attributes),
  );
  it('with dynamic sizes', () => {
    const dynamic = { 0: ['batch', 7, 'M', 4], 1: ['N', 'batch', 7, 4] };
    const inputs = [random([2, 7, 3, 4]), random([5, 2, 7, 4], { seed: 2 })];
    return checkMicrosoft('FusedMatMul', inputs, { transBatchB: 1, transB: 1 }, { dynamic });
  });
});

it('TransposeMatMul', () => {
  const dynamic = { 0: ['batch', 'M', 4], 1: ['batch', 'N', 4] };
  const inputs = [random([2, 3, 4]), random([2, 5, 4], { seed: 2 })];
  return checkMicrosoft('TransposeMatMul', inputs, { transB: 1, alpha: 0.25 }, { dynamic });
});

it('FusedMatMulActivation', () => {
  const formula = [
    { op: 'FusedMatMul', domain: 'com.microsoft', inputs: ['x0', 'x1'], outputs: ['p'], attributes: { transB: 1 } },
    { op: 'LeakyRelu', inputs: ['p'], outputs: ['y0'], attributes: { alpha: 0.25 } },
  ];
  const attributes = { transB: 1, activation: 'LeakyRelu', activation_alpha: 0.25 };
  return checkFormula('FusedMatMulActivation', [random([3, 4]), random([5, 4])], attributes, formula);
});

describe('FusedGemm', () => {
  it.each([
    { activation: 'LeakyRelu', activation_alpha: 0.25, alpha: 0.5, beta: 0.75 },
    { activation: 'HardSigmoid', activation_alpha: 0.125, activation_beta: 0.75 },
    { activation: 'Relu' },
  ])('%o', (attributes) => {
    const inputs = [random([3, 4]), random([4, 5], { seed: 2 }), random([5], { seed: 3 })];
    return checkMicrosoft('FusedGemm', inputs, attributes, { dynamic: { 0: ['M', 4] } });
  });
});

describe('FusedConv', () => {
  const [x, w, bias] = [random([1, 3, 6, 6]), random([4, 3, 3, 3], { seed: 2 }), random([4], { seed: 3 })];
  const dynamic = { 0: ['batch', 3, 'height', 'width'] };
  it.each([
    { activation: 'Relu', pads: [1, 1, 1, 1] },
    { activation: 'Tanh', strides: [2, 2] },
    { activation: 'HardSigmoid', activation_params: [0.2001, 0.5] },
    {},
  ])('%o', (attributes) => checkMicrosoft('FusedConv', [x, w, bias], attributes, { dynamic }));
  it.each([
    { activation: 'LeakyRelu', activation_params: [0.25] },
    { activation: 'Clip', activation_params: [0.0001, 0.5] },
  ])('with a sum, %o', (own) => {
    const attributes = { ...own, pads: [1, 1, 1, 1], strides: [2, 2] };
    return checkMicrosoft('FusedConv', [x, w, null, random([1, 4, 3, 3], { seed: 4 })], attributes);
  });
});

describe('convolutions with the channels last', () => {
  const inputs = [random([2, 6, 5, 3]), random([4, 3, 3, 3], { seed: 2 }), random([4], { seed: 3 })];
  const dynamic = { 0: ['batch', 'height', 'width', 3] };
  const first = { op: 'Transpose', inputs: ['x0'], outputs: ['first'], attributes: { perm: [0, 3, 1, 2] } };
  const conv = { op: 'Conv', inputs: ['first', 'x1', 'x2'], outputs: ['c'], attributes: { pads: [1, 0, 1, 0] } };
  const last = { op: 'Transpose', inputs: ['c'], attributes: { perm: [0, 2, 3, 1] } };
  it('NhwcConv', () => {
    const formula = [first, conv, { ...last, outputs: ['y0'] }];
    return checkFormula('NhwcConv', inputs, { pads: [1, 0, 1, 0] }, formula, { dynamic });
  });
  it('NhwcFusedConv', () => {
    const formula = [
      first,
      conv,
      { ...last, outputs: ['l'] },
      { op: 'Add', inputs: ['l', 'x3'], outputs: ['a'] },
      { op: 'Relu', inputs: ['a'], outputs: ['y0'] },
    ];
    const all = [...inputs, random([2, 6, 3, 4], { seed: 4 })];
    return checkFormula('NhwcFusedConv', all, { pads: [1, 0, 1, 0], activation: 'Relu' }, formula, { dynamic });
  });
});

it('ConvTransposeWithDynamicPads', () => {
  const inputs = [random([1, 3, 6, 6]), random([3, 4, 3, 3], { seed: 2 }), ints(1, 1, 1, 1), random([4], { seed: 3 })];
  const options = { known: [2], dynamic: { 0: ['batch', 3, 'height', 'width'] } };
  return checkMicrosoft('ConvTransposeWithDynamicPads', inputs, { strides: [2, 2] }, options);
});
