import { describe, it } from 'vitest';
import { ints, random, tensor } from '../../../../reference/src/testing/check.ts';
import { checkFormula, checkMicrosoft } from '../../testing/microsoft.ts';

const x = random([2, 3, 4]);
const dynamic = { 0: ['A', 'B', 4] };
const number = (value: number) => tensor('float32', [], [value]);
const vector = (...values: number[]) => tensor('float32', [values.length], values);

it('SampleOp', () => checkMicrosoft('SampleOp', [x], {}, { dynamic }));

it.each([0, 1, 3, -1, -2])('ExpandDims at %i', (axis) =>
  checkMicrosoft('ExpandDims', [x, tensor('int32', [], [axis])], {}, { known: [1], dynamic }),
);

it('GatherND', async () => {
  await checkMicrosoft('GatherND', [x, tensor('int64', [2, 2], [0, 1, 1, 2])], {}, { dynamic });
  await checkMicrosoft('GatherND', [x, tensor('int32', [2, 1], [0, 1])], {}, { dynamic });
});

it('TorchEmbedding', () => {
  const formula = [{ op: 'Gather', inputs: ['x0', 'x1'], outputs: ['y0'] }];
  return checkFormula('TorchEmbedding', [random([5, 4]), tensor('int64', [2, 2], [0, 4, 1, 2])], {}, formula);
});

it('Trilu', async () => {
  await checkMicrosoft('Trilu', [x], {}, { dynamic });
  await checkMicrosoft('Trilu', [x, tensor('int64', [], [1])], { upper: 0 }, { dynamic });
});

describe('Pad', () => {
  const pads = [0, 1, 2, 1, 0, 3];
  it('constant', () =>
    checkMicrosoft('Pad', [x, ints(...pads), number(0.5)], { mode: 'constant' }, { known: [1], dynamic }));
  it('with operands of higher rank', () =>
    checkMicrosoft('Pad', [x, tensor('int64', [1, 6], pads), vector(0.5)], { mode: 'constant' }, { known: [1] }));
  it('reflect', () => checkMicrosoft('Pad', [x, ints(...pads)], { mode: 'reflect' }, { known: [1], dynamic }));
});

it.each([
  [[number(1), number(5), number(0.75)]],
  [[vector(1), vector(5)]],
  [[1, 9, 3].map((value) => tensor('int32', [1], [value]))],
  [[1, 9].map((value) => tensor('int64', [], [value]))],
])('Range %#', (inputs) => checkMicrosoft('Range', inputs, {}, { known: inputs.map((_, i) => i) }));

it('Unique', () => checkMicrosoft('Unique', [vector(2, 1, 1, 3, 4, 3)], {}, { outputCount: 3 }));

it('UnfoldTensor', async () => {
  const options = { dynamic: { 0: ['A', 'L', 3] } };
  await checkMicrosoft('UnfoldTensor', [random([2, 9, 3])], { dim: 1, size: 4, step: 2 }, options);
  await checkMicrosoft('UnfoldTensor', [random([2, 9, 3])], { dim: -1, size: 2 }, options);
});

describe.each(['bilinear', 'nearest', 'bicubic'])('GridSample %s', (mode) => {
  it.each(['zeros', 'border', 'reflection'])('%s', (padding_mode) => {
    const inputs = [random([2, 3, 5, 6]), random([2, 4, 3, 2], { low: -1.3, high: 1.3 })];
    const attributes = { mode, padding_mode, align_corners: mode === 'nearest' ? 1 : 0 };
    return checkMicrosoft('GridSample', inputs, attributes, { dynamic: { 0: ['N', 3, 'H', 'W'] } });
  });
});

describe.each(['bilinear', 'nearest'])('CropAndResize %s', (mode) => {
  const boxes = [0, 0, 1, 1, 0.1, 0.2, 0.7, 0.6, -0.2, 0.3, 0.5, 1.3];
  it.each([
    [3, 4],
    [1, 1],
    [5, 2],
  ])('to %i × %i', (height, width) => {
    const crop = tensor('int32', [2], [height, width]);
    const inputs = [random([2, 3, 7, 8]), tensor('float32', [3, 4], boxes), tensor('int32', [3], [0, 1, 1]), crop];
    const options = { known: [3], dynamic: { 0: ['N', 3, 'H', 'W'], 1: ['boxes', 4], 2: ['boxes'] } };
    return checkMicrosoft('CropAndResize', inputs, { mode, extrapolation_value: 0.25 }, options);
  });
});

it('MaxpoolWithMask where the mask hides the ends of rows', async () => {
  const mask = tensor(
    'int32',
    [1, 2, 6, 6],
    Array.from({ length: 72 }, (_, i) => (i % 6 < 4 ? 1 : 0)),
  );
  const attributes = { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] };
  await checkMicrosoft('MaxpoolWithMask', [random([1, 2, 6, 6]), mask], attributes);
  await checkMicrosoft('MaxpoolWithMask', [random([2, 2, 6, 6]), mask], attributes);
});
