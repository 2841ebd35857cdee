// Errors about a model whose bytes could be read, but that is no valid model, or not one for us.

import { type ErrorOptions, TrtxError } from '@trtx/errors';

const INVALID = 'The model is not valid ONNX; export it again, and check it with onnx.checker.';

/** A TrtxError ONNX_MODEL. */
export function modelError(message: string, options: ErrorOptions = {}): TrtxError {
  return new TrtxError('ONNX_MODEL', message, { hint: INVALID, ...options });
}

/** The name as it is; none where it is absent. */
export function checkedName(name: string | undefined, what: string): string {
  if (name?.includes('\0')) throw modelError(`the name of ${what} has a NUL character in it`, { tensor: name });
  return name ?? '';
}
