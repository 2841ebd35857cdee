import { TrtxError } from '@trtx/errors';
import { expect, test } from 'vitest';
import { errorData, errorText, exitStatusOf, FAILED, MISUSED } from './failure.ts';

const error = new TrtxError('UNSUPPORTED_OPS', 'two of them', {
  node: 'a',
  details: ['Foo', 'Bar'],
  hint: 'Leave them out.',
  cause: new Error('the cause'),
});

test('an error as data does not repeat itself', () => {
  expect(errorData(error, false)).toEqual({
    code: 'UNSUPPORTED_OPS',
    message: 'two of them',
    node: 'a',
    details: ['Foo', 'Bar'],
    hint: 'Leave them out.',
  });
  expect(errorData(new TrtxError('USAGE', 'plain'), false)).toEqual({ code: 'USAGE', message: 'plain' });
});

test('an error as text is its block; stacks only where they are asked for', () => {
  expect(errorText(error, false)).toBe(
    'UNSUPPORTED_OPS: two of them (node a)\n  - Foo\n  - Bar\n  hint: Leave them out.',
  );
  expect(errorText(error, true)).toMatch(/^TrtxError: UNSUPPORTED_OPS.*\n +at .*caused by: Error: the cause\n +at /s);
  expect(errorData(error, true).stack).toMatch(/caused by/);
});

test('what is no TrtxError is a fault of the command', () => {
  expect(errorText(new TypeError('oops'), false)).toMatch(/^INTERNAL: oops\n {2}hint: /);
  expect(errorData('oops', false)).toMatchObject({ code: 'INTERNAL', message: 'oops' });
});

test('the exit status tells misuse from failure', () => {
  expect(exitStatusOf(error)).toBe(FAILED);
  expect(exitStatusOf(new TypeError('oops'))).toBe(FAILED);
  for (const code of ['USAGE', 'PROFILE', 'FILE_READ', 'ENGINE_DAMAGED', 'ONNX_PARSE'])
    expect(exitStatusOf(new TrtxError(code, 'x'))).toBe(MISUSED);
});
