import { describe, it } from 'vitest';
import { random, tensor } from '../../../../reference/src/testing/check.ts';
import { checkFormula, checkMicrosoft } from '../../testing/microsoft.ts';

const x = random([2, 3, 8], { low: -4, high: 4 });
const bias = random([8], { seed: 2 });
const dynamic = { 0: ['batch', 'sequence', 8] };

describe('against ONNX Runtime', () => {
  it('Gelu', () => checkMicrosoft('Gelu', [x], {}, { dynamic }));
  it('BiasGelu', () => checkMicrosoft('BiasGelu', [x, bias], {}, { dynamic }));
  it.each([{}, { alpha: 0.75 }])('QuickGelu %o', (a) => checkMicrosoft('QuickGelu', [x], a, { dynamic }));
  it('FastGelu', async () => {
    await checkMicrosoft('FastGelu', [x], {}, { dynamic });
    await checkMicrosoft('FastGelu', [x, bias], {}, { dynamic });
  });
});

const add = { op: 'Add', inputs: ['x0', 'x1'], outputs: ['a'] };
const gelu = (input: string, output: string, approximate = 'none') => {
  return { op: 'Gelu', inputs: [input], outputs: [output], attributes: { approximate } };
};

describe('against the formula', () => {
  const residual = random([2, 3, 8], { seed: 3 });
  it('BiasAdd', () => {
    const formula = [add, { op: 'Add', inputs: ['a', 'x2'], outputs: ['y0'] }];
    return checkFormula('BiasAdd', [x, bias, residual], {}, formula, { dynamic });
  });
  it('BiasSplitGelu', () => {
    const split = { op: 'Split', inputs: ['a'], outputs: ['left', 'right'], attributes: { axis: -1, num_outputs: 2 } };
    const formula = [add, split, gelu('right', 'g'), { op: 'Mul', inputs: ['left', 'g'], outputs: ['y0'] }];
    return checkFormula('BiasSplitGelu', [x, bias], {}, formula, { dynamic });
  });
  it('GemmFastGelu', () => {
    const product = { op: 'MatMul', inputs: ['x0', 'x1'], outputs: ['p'] };
    const formula = [product, { op: 'Add', inputs: ['p', 'x2'], outputs: ['a'] }, gelu('a', 'y0', 'tanh')];
    return checkFormula('GemmFastGelu', [x, random([8, 4]), random([4])], {}, formula, { dynamic });
  });
  it.each([1, 2])('BiasSoftmax from axis %i on', (axis) => {
    const softmax = { op: 'Softmax', inputs: ['a'], outputs: ['y0'], attributes: { axis } };
    const inputs = [x, random([1, 1, 8], { seed: 4 })];
    return checkFormula('BiasSoftmax', inputs, { axis, is_inner_broadcast: 1 }, [add, softmax], { dynamic, opset: 11 });
  });
  it('BiasDropout', () => {
    const all = { op: 'Expand', inputs: ['true', 'shape'], outputs: ['y1'] };
    const shape = { op: 'Shape', inputs: ['x0'], outputs: ['shape'] };
    const formula = [add, { op: 'Add', inputs: ['a', 'x2'], outputs: ['y0'] }, shape, all];
    const yes = tensor('bool', [1], [1]);
    const options = { dynamic, outputCount: 2, more: { true: yes } };
    return checkFormula('BiasDropout', [x, bias, residual], { seed: 7 }, formula, options);
  });
});
