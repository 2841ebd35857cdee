import { expect, test } from 'vitest';
import { parseInputs } from './spec.ts';

test.each([
  ['x=@a.npy', 'x', { kind: 'file', path: 'a.npy' }],
  ['x=@dir/a=b:1.png', 'x', { kind: 'file', path: 'dir/a=b:1.png' }],
  ['input:0=@a.npy', 'input:0', { kind: 'file', path: 'a.npy' }],
  ['x=@a.bin:float32:1x3x224x224', 'x', { kind: 'raw', path: 'a.bin', dtype: 'float32', dims: [1, 3, 224, 224] }],
  ['x=@C:/a.bin:int64:', 'x', { kind: 'raw', path: 'C:/a.bin', dtype: 'int64', dims: [] }],
  ['x=random', 'x', { kind: 'random', seed: 0 }],
  ['x=random:42', 'x', { kind: 'random', seed: 42 }],
])('%s', (arg, name, source) => {
  expect(parseInputs([arg])).toEqual(new Map([[name, source]]));
});

test.each([
  ['x', /cannot read the input "x"/],
  ['x=a.npy', /cannot read/],
  ['=@a.npy', /cannot read/],
  ['x=random:-1', /cannot read/],
  ['x=@a.bin', /needs a type and a shape/],
  ['x=@a.bin:float31:1x2', /float31 is no element type/],
  ['x=@a.bin:string:1x2', /string is no element type/],
])('%s is refused', (arg, message) => {
  expect(() => parseInputs([arg])).toThrow(
    expect.objectContaining({ code: 'USAGE', message: expect.stringMatching(message) }),
  );
});

test('an input that is given twice', () => {
  expect(() => parseInputs(['x=random', 'x=@a.npy'])).toThrow(/twice/);
});
