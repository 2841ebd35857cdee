import { expect, test } from 'vitest';
import { profileFrom } from './shapes.ts';

test('sizes and ranges', () => {
  expect(profileFrom({})).toBeUndefined();
  expect(profileFrom({ shapes: ['x:1x3x{32..960:32}x{1..2..8},y:?', 'z:4'] })).toEqual({
    x: [1, 3, { min: 32, max: 960, multipleOf: 32 }, { min: 1, opt: 2, max: 8 }],
    y: [null],
    z: [4],
  });
});

test('the smallest and largest sizes', () => {
  const minShapes = ['x:1x3x?,y:2'];
  expect(profileFrom({ minShapes, optShapes: ['x:4x3x?'], maxShapes: ['x:8x3x?,y:2'] })).toEqual({
    x: [{ min: 1, opt: 4, max: 8 }, 3, null],
    y: [2],
  });
});

test.each([
  [{ shapes: ['x:1'], minShapes: ['x:1'] }, /two ways/],
  [{ minShapes: ['x:1'] }, /both its ends/],
  [{ optShapes: ['x:1'] }, /both its ends/],
  [{ minShapes: ['x:1'], maxShapes: ['x:1x2'] }, /same axes .*x/],
  [{ minShapes: ['x:1'], maxShapes: ['y:1'] }, /same axes/],
  [{ minShapes: ['x:4'], maxShapes: ['x:2'] }, /axis 0: 4 is above 2/],
  [{ minShapes: ['x:?'], maxShapes: ['x:2'] }, /only one end/],
  [{ minShapes: ['x:{1..2}'], maxShapes: ['x:2'] }, /sizes, not ranges/],
  [{ minShapes: ['x:1'], optShapes: ['x:9'], maxShapes: ['x:2'] }, /axis 0 is 9/],
  [{ minShapes: ['x:1'], optShapes: ['y:1'], maxShapes: ['x:2'] }, /axis 0 is 1/],
  [{ minShapes: ['x:1'], optShapes: ['x:1x1'], maxShapes: ['x:2'] }, /axis 1 is 1/],
  [{ minShapes: ['x:1x?'], optShapes: ['x:1'], maxShapes: ['x:2x?'] }, /other axes/],
  [{ shapes: ['x:{2..9..8}'] }, /not in the range/],
  [{ shapes: ['x:1xNaNx3'] }, /NaN/],
])('%j is refused', (options, message) => {
  expect(() => profileFrom(options)).toThrow(message);
});
