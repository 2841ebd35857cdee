import { describe, it } from 'vitest';
import { random } from '../../../../reference/src/testing/check.ts';
import { checkFormula, checkMicrosoft } from '../../testing/microsoft.ts';

const x = random([2, 3, 8], { low: -2, high: 2 });
const skip = random([2, 3, 8], { seed: 2 });
const [gamma, beta, bias] = [3, 4, 5].map((seed) => random([8], { seed })) as [typeof x, typeof x, typeof x];
const rows = ['batch', 'sequence', 8];

describe('SimplifiedLayerNormalization', () => {
  it.each([
    { axis: -1, epsilon: 1e-6, stash_type: 1 },
    { axis: 1, epsilon: 1e-3 },
  ])('%o', (attributes) => {
    const scale = attributes.axis === 1 ? random([3, 8], { seed: 3 }) : gamma;
    const dynamic = { 0: attributes.axis === 1 ? ['batch', 3, 8] : rows };
    const options = { domain: '', outputCount: 2, dynamic };
    return checkMicrosoft('SimplifiedLayerNormalization', [x, scale], attributes, options);
  });
});

it('LayerNormalization of before ONNX had it', () => {
  const options = { domain: '', outputCount: 3, opset: 14, dynamic: { 0: rows } };
  return checkMicrosoft('LayerNormalization', [x, gamma, beta], { axis: -1, epsilon: 1e-3 }, options);
});

describe('SkipLayerNormalization', () => {
  it('with all inputs and the sum', () => {
    const options = { outputCount: 4, without: [1, 2], dynamic: { 0: rows, 1: rows } };
    return checkMicrosoft('SkipLayerNormalization', [x, skip, gamma, beta, bias], { epsilon: 1e-5 }, options);
  });
  it('with what is left out', () => checkMicrosoft('SkipLayerNormalization', [x, skip, gamma], {}, { outputCount: 3 }));
  it.each([[[3, 8]], [[1, 3, 8]]])('with a skip of %o', (dims) =>
    checkMicrosoft('SkipLayerNormalization', [x, random(dims, { seed: 2 }), gamma, beta], {}, { dynamic: { 0: rows } }),
  );
});

describe('SkipSimplifiedLayerNormalization', () => {
  it('with all inputs and the sum', () => {
    const options = { outputCount: 4, without: [1, 2], dynamic: { 0: rows, 1: rows } };
    return checkMicrosoft('SkipSimplifiedLayerNormalization', [x, skip, gamma, bias], { epsilon: 1e-5 }, options);
  });
  it('of rows', () => {
    const [a, b] = [random([5, 8]), random([5, 8], { seed: 2 })];
    const dynamic = { 0: ['tokens', 8], 1: ['tokens', 8] };
    return checkMicrosoft('SkipSimplifiedLayerNormalization', [a, b, gamma], {}, { dynamic });
  });
});

describe('GroupNorm and SkipGroupNorm', () => {
  const image = random([2, 4, 5, 8], { low: -3, high: 3 });
  const first = { op: 'Transpose', outputs: ['first'], attributes: { perm: [0, 3, 1, 2] } };
  const last = (input: string) => {
    return { op: 'Transpose', inputs: [input], outputs: ['y0'], attributes: { perm: [0, 2, 3, 1] } };
  };
  const norm = (input: string, output: string) => {
    const attributes = { num_groups: 4, epsilon: 1e-5 };
    return { op: 'GroupNormalization', inputs: [input, 'x1', 'x2'], outputs: [output], attributes };
  };
  const silu = [
    { op: 'Sigmoid', inputs: ['n'], outputs: ['s'] },
    { op: 'Mul', inputs: ['n', 's'], outputs: ['silu'] },
  ];
  const attributes = { groups: 4, epsilon: 1e-5 };
  const dynamic = { 0: ['batch', 'height', 'width', 8] };

  it('channels last, with SiLU', () => {
    const formula = [{ ...first, inputs: ['x0'] }, norm('first', 'n'), ...silu, last('silu')];
    return checkFormula('GroupNorm', [image, gamma, beta], { ...attributes, activation: 1 }, formula, { dynamic });
  });
  it('channels first', () => {
    const inputs = [random([2, 8, 4, 5]), gamma, beta];
    const options = { dynamic: { 0: ['batch', 8, 'height', 'width'] } };
    const all = { ...attributes, activation: 0, channels_last: 0 };
    return checkFormula('GroupNorm', inputs, all, [norm('x0', 'y0')], options);
  });
  it.each([[[2, 4, 5, 8]], [[2, 1, 1, 8]], [[2, 8]]])('a skip of %o', (dims) => {
    const inputs = [image, gamma, beta, random(dims, { seed: 6 }), bias];
    const axes = { op: 'Constant', inputs: [], outputs: ['axes'], attributes: { value_ints: [1, 2] } };
    const wide = { op: 'Unsqueeze', inputs: ['x3', 'axes'], outputs: ['skip'] };
    const formula = [
      ...(dims.length === 2 ? [axes, wide] : [{ op: 'Identity', inputs: ['x3'], outputs: ['skip'] }]),
      { op: 'Add', inputs: ['x0', 'skip'], outputs: ['t'] },
      { op: 'Add', inputs: ['t', 'x4'], outputs: ['y1'] },
      { ...first, inputs: ['y1'] },
      norm('first', 'n'),
      last('n'),
    ];
    return checkFormula('SkipGroupNorm', inputs, { ...attributes, activation: 0 }, formula, {
      outputCount: 2,
      dynamic,
    });
  });
});

it.each(['SkipLayerNormalization', 'SkipSimplifiedLayerNormalization'])('%s of 16-bit floats', (op) => {
  const half = (dims: readonly number[], seed: number) => random(dims, { dtype: 'float16', seed });
  // The sum is rounded before it is normalized.
  const options = { absolute: 2e-3, dynamic: { 0: rows, 1: rows } };
  return checkMicrosoft(op, [half([2, 3, 8], 1), half([2, 3, 8], 2), half([8], 3)], {}, options);
});
