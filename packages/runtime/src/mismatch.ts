import { TrtxError } from '@trtx/errors';
import type { RuntimeErrorCode } from './codes.ts';

/** The error for a tensor of a caller that is not what the engine takes. */
export function mismatch(
  code: RuntimeErrorCode,
  why: string,
  tensor: string,
  hint = 'engine.plan.inputs has the types and shapes of the inputs',
): TrtxError {
  return new TrtxError(code, why, { tensor, hint });
}
