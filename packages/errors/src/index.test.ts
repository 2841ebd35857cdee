import { expect, it } from 'vitest';
import { errorAt, isTrtxError, quote, TrtxError } from './index.ts';

const error = new TrtxError('SHAPE', 'sizes differ', {
  node: 'Add_1',
  hint: 'Reshape one.',
  details: ['3 and 4'],
  cause: new Error('inner'),
});

it('tells code, message, place, details and hint in one text, and each alone', () => {
  expect(error.message).toBe('SHAPE: sizes differ (node Add_1)\n  - 3 and 4\n  hint: Reshape one.');
  expect(error).toMatchObject({
    code: 'SHAPE',
    summary: 'sizes differ',
    place: { node: 'Add_1' },
    hint: 'Reshape one.',
  });
  expect(error.cause).toBeInstanceOf(Error);
});

it('gets more of its place, and keeps what it has', () => {
  const more = errorAt(error, { node: 'other', file: 'm.onnx' }) as TrtxError;
  expect(more.place).toEqual({ node: 'Add_1', file: 'm.onnx' });
  expect(more).toMatchObject({ summary: 'sizes differ', details: ['3 and 4'], cause: error.cause });
  const other = new Error('x');
  expect(errorAt(other, { node: 'a' })).toBe(other);
});

it('is known by its name, so that a second copy of the package is no stranger', () => {
  expect(isTrtxError(error)).toBe(true);
  expect(isTrtxError(Object.assign(new Error('x'), { name: 'TrtxError', code: 'A' }))).toBe(true);
  expect(isTrtxError(new Error('x'))).toBe(false);
});

it('prints names of models harmlessly', () => {
  expect(quote('a\u001b[31m\nb')).toBe('a\\u001b[31m\\u000ab');
  expect(quote('x'.repeat(300))).toHaveLength(200);
});
